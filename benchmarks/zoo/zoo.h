// The model zoo: well-known architectures with made-up weights, the same from a name and a seed
// everywhere. This header includes none of the core's or the converter's, so that what uses
// <baton/baton.hpp> can use it, too.
//
//   for (const zoo::Entry& entry : zoo::entries()) ...
//   zoo::write("mobilenet_v2_1.0_224", zoo::Type::kFloat32, 0, "m.tflite");
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace baton::zoo {

// What somebody published, in millions, as exact as its last digit.
struct Figure {
  double millions = 0;
  double unit = 0;   // of the last digit; 0: nothing was published
  bool cut = false;  // further digits are cut off instead of rounded
  bool known() const { return unit != 0; }
  // Within 1 %, or within what the missing digits hide.
  bool fits(uint64_t count) const;
};

struct Entry {
  std::string_view name;
  std::string_view family;
  Figure multiply_adds;
  Figure parameters;
  std::string_view source;  // of the figures
  // Multiply-adds that the published figure leaves out.
  uint64_t not_counted = 0;
};

// In the order of families, large ones of a family first.
std::vector<Entry> entries();
// Also of the short names: "mobilenet_v1" and "mobilenet_v2" (1.0_224), "squeezenet".
bool has(std::string_view name);

struct Input {
  std::string name;
  std::string type;
  std::vector<int32_t> shape;
  // What its elements are in: pictures of floats from `low` to `high`, whole numbers from 0 and
  // below `high`.
  double low = 0;
  double high = 0;
};

struct Facts {
  std::vector<Input> inputs;
  uint64_t multiply_adds = 0;  // of convolutions, fully connected layers, matrices, cells
  uint64_t parameters = 0;     // elements of weights and biases
};

// Without making the weights: quick.
Facts facts(std::string_view name);

// Of the file. Inputs and outputs of kFloat16 and kDynamic remain float32.
enum class Type { kFloat32, kFloat16, kInt8, kUint8, kDynamic };

// "float32", "float16" ...
const std::vector<std::string>& type_names();
std::optional<Type> type_of(std::string_view name);

// What is being done, for people who wait.
using Progress = std::function<void(const std::string&)>;

// These throw std::runtime_error with one sentence. `name` must be one that the zoo has().
std::vector<uint8_t> build(std::string_view name, Type type = Type::kFloat32, uint64_t seed = 0,
                           const Progress& progress = {});
// A file that is there is replaced only when everything went well.
void write(std::string_view name, Type type, uint64_t seed, const std::string& path,
           const Progress& progress = {});

// The contents of the inputs of one run, in the ranges that the network expects; another one for
// each `number`.
std::vector<std::vector<uint8_t>> made_up_inputs(std::string_view name, uint64_t number);

}  // namespace baton::zoo
