// One case of an operator in the making: a model of one node, with the choices that make it this
// case, and what its inputs are fed.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "converter/tflite/builder.h"
#include "tests/conformance/random.h"
#include "tests/conformance/trial.h"

namespace baton::conformance {

using tflite::AttributeSet;
using tflite::kNoTensor;
using tflite::Quantization;
using tflite::Shape;
using tflite::TensorId;

// A column of the table of results: what the activations are, and the weights.
struct Variant {
  const char* label = "float32";
  baton_dtype dtype = BATON_FLOAT32;
  bool hybrid = false;  // float32 activations, int8 weights
};

// What a tensor holds.
struct Content {
  // Reals, and integers that are not quantised: in [low, high]. Quantised: the whole type.
  double low = -2;
  double high = 2;
};

class Draft {
 public:
  // `number` counts the cases of one operator and variant.
  Draft(uint64_t seed, uint32_t number, const Variant& variant);

  tflite::GraphBuilder b;

  uint32_t number() const { return number_; }
  baton_dtype dtype() const { return variant_.dtype; }
  bool hybrid() const { return variant_.hybrid; }
  // 8 or 16 bits with scale and zero point.
  bool quantised() const;
  Random& random() { return random_; }

  // One of the options. Among any options.size() cases in a row each comes up once, independently
  // of the other picks of a case: a few dozen cases see every value, and most pairs.
  template <typename T>
  T pick(std::initializer_list<T> options) {
    return options.begin()[pick_index(static_cast<uint32_t>(options.size()))];
  }
  uint32_t pick_index(uint32_t count);
  bool pick_bool() { return pick_index(2) == 1; }

  // Sizes around those that vector code goes wrong at; now and then 1.
  int32_t size();
  Shape shape(uint32_t rank);
  // Now and then a shape without elements.
  Shape shape_or_empty(uint32_t rank);
  // `shape` with some sizes made 1, and now and then without its first dimensions: broadcast gives
  // `shape` again.
  Shape broadcast_to(const Shape& shape);

  // Scale and zero point of an activation; empty for types that have none. Usual ones, and now and
  // then extreme ones. int16 has zero point 0.
  Quantization quantization();
  // Of the sum of `depth` products of these two: so that few results saturate.
  Quantization sum_quantization(const Quantization& x, const Quantization& weights, int64_t depth);

  // Tensors of the variant's type unless one is given. An input of the graph ...
  TensorId input(const Shape& shape, const Content& content = {});
  TensorId input(baton_dtype dtype, const Shape& shape, const Quantization& quantization,
                 const Content& content = {});
  // ... a constant ...
  TensorId constant(const Shape& shape, const Content& content = {});
  TensorId constant(baton_dtype dtype, const Shape& shape, const Quantization& quantization,
                    const Content& content = {});
  // ... or the one or the other.
  TensorId operand(const Shape& shape, const Content& content = {});
  // Constant weights that go with the variant: float32; int8 per channel along `axis` (or per
  // tensor) for int8, int16 and hybrid; uint8 with a zero point.
  TensorId weights(const Shape& shape, int32_t axis);
  // For weights made before; now and then absent. int32, for int16 int64.
  TensorId bias(TensorId x, TensorId weights, int32_t count);
  const Quantization& quantization_of(TensorId tensor) const { return b.at(tensor).quantization; }

  // Adds the node and makes its outputs those of the graph. Their shapes follow from the operator.
  void node(int32_t code, const std::vector<TensorId>& inputs, const Quantization& output,
            const AttributeSet& attributes = {});
  struct OutputSpec {
    baton_dtype dtype;
    Quantization quantization;
  };
  void node(int32_t code, const std::vector<TensorId>& inputs,
            const std::vector<OutputSpec>& outputs, const AttributeSet& attributes = {});

  // Content of the graph's inputs in a run.
  Fill fill() const;

 private:
  struct Fed {
    Content content;
    bool quantised;
  };
  uint64_t seed_;
  uint32_t number_;
  Variant variant_;
  Random random_;
  uint32_t picks_ = 0;
  std::vector<Fed> fed_;  // by input of the graph
};

// Elements of this content, as a tensor of this type holds them.
void fill_content(Random& random, baton_dtype dtype, bool quantised, const Content& content,
                  std::span<uint8_t> bytes);

}  // namespace baton::conformance
