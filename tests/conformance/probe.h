// What small models are made of that any delegate shall run: one node at a time with one tensor
// shape, so that each fits to each, and of these the ones that the delegate takes.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "converter/tflite/builder.h"
#include "tests/conformance/random.h"
#include "tests/conformance/subject.h"
#include "tests/conformance/suite.h"
#include "tests/conformance/trial.h"

namespace baton::conformance {

struct Material;

// Of element types.
enum Kinds : uint32_t { kReal = 1, kQuantised = 2, kInteger = 4 };

// A node whose output has the type, shape and quantisation of its inputs.
struct Brick {
  const char* name;  // "MUL by a scalar"
  int32_t op;
  uint32_t kinds;  // that it goes with
  // With which a graph of many makes neither large numbers of small ones, nor large errors.
  uint32_t steady = kReal | kQuantised | kInteger;
  uint32_t inputs = 1;    // tensors that it joins
  bool any_shape = true;  // false: it fits the material's own shape only
  bool has_bias = false;  // the last constant, which may be left out
  size_t min_rank = 0;    // of the shape
  tflite::AttributeSet attributes = {};
  // Constants behind the inputs.
  std::vector<tflite::TensorId> (*constants)(tflite::SubgraphBuilder& b, const Material& material,
                                             Random& random) = nullptr;
};

std::span<const Brick> all_bricks();

// What graphs of one element type are made of, for one delegate.
struct Material {
  baton_dtype dtype = BATON_FLOAT32;
  tflite::Shape shape;
  tflite::Quantization quantization;
  std::vector<const Brick*> taken;    // at least one
  std::vector<const Brick*> refused;  // only the reference kernels have them

  uint32_t kind() const;
  // One that is taken, and joins so many tensors (0: one or two); a steady one where there is one.
  // nullptr: there is none.
  const Brick* pick(Random& random, uint32_t inputs, bool any_shape = false) const;
  const Brick* pick_refused(Random& random, uint32_t inputs, bool any_shape = false) const;
};

struct Probe {
  std::vector<Material> materials;  // float32 first; empty: nothing is taken
  std::string refusals;             // the first reasons
};

// Asks the delegate about every brick.
Result<Probe> probe(const Delegate& delegate);

// A graph in the making.
class Sketch {
 public:
  Sketch(const Material& material, uint64_t seed) : b("main"), material(material), random(seed) {}

  tflite::GraphBuilder b;
  const Material& material;
  Random random;
  bool any_shape = false;  // only bricks that do not fix sizes

  tflite::TensorId input() { return input(material.shape); }
  // Sizes of -1 may vary.
  tflite::TensorId input(tflite::Shape shape);
  // A constant like an input.
  tflite::TensorId constant();
  // A node, with constants of its own unless some are given.
  tflite::TensorId node(const Brick& brick, const std::vector<tflite::TensorId>& x);
  tflite::TensorId node(const Brick& brick, const std::vector<tflite::TensorId>& x,
                        const std::vector<tflite::TensorId>& constants);
  std::vector<tflite::TensorId> constants(const Brick& brick);
  // `length` nodes that are taken, one after the other.
  tflite::TensorId chain(tflite::TensorId x, int length);
  // One tensor that all of these go into, by nodes that are taken where any of two inputs is.
  tflite::TensorId join(const std::vector<tflite::TensorId>& x);
};

// Random inputs, others in each run.
Fill fill_random(uint64_t seed);

// Calls `run` with each material of the subject's, at most `most`; the first mismatch
// or error counts, with the element type in front. Unsupported when it is with each.
Verdict for_each_material(Subject& subject, const std::function<Verdict(const Material&)>& run,
                          size_t most = SIZE_MAX);

// With one of the materials.
Verdict for_one_material(Subject& subject, uint64_t number,
                         const std::function<Verdict(const Material&)>& run);

// ---- Models -------------------------------------------------------------------------------------

using ModelFile = std::vector<uint8_t>;

// y = f(... f(x)), of nodes that are taken.
ModelFile chain_model(const Material& material, uint64_t seed, int length);
// Two ways from one node to another.
ModelFile diamond_model(const Material& material, uint64_t seed);
// `branches` chains with an input and two outputs each, whose results are joined besides.
ModelFile branches_model(const Material& material, uint64_t seed, int branches);
// Five nodes in a chain, of which all but the third use the same constants. Empty: no node that is
// taken has one.
ModelFile shared_constants_model(const Material& material, uint64_t seed);
// As chain_model, whose first size (or all but the last, `spatial`) may vary.
ModelFile resizable_model(const Material& material, uint64_t seed, int length, bool spatial);

// A graph of so many nodes, also of ones that it does not take; every tensor that nobody reads is
// an output, and some others.
ModelFile random_model(const Material& material, uint64_t seed, int nodes);

// A node with state. `add` makes its own input (for a batch of two), and returns the output.
struct StateNode {
  const char* name;
  tflite::TensorId (*add)(tflite::SubgraphBuilder& b);
};
std::span<const StateNode> state_nodes();
ModelFile state_model(const StateNode& node);

}  // namespace baton::conformance
