// One case of an operator in the making: a model of one node, with the choices that make it this
// case, and what its inputs are fed.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "converter/tflite/builder.h"
#include "core/ops/operator.h"
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
  // Reals, and integers that are not quantised: in [low, high]. Quantised: the whole type ...
  double low = -2;
  double high = 2;
  // ... or, when this is set, what the scale makes of these reals. At least one element's width.
  bool bounded = false;
  // No element is zero; of quantised types, the zero point.
  bool without_zero = false;
};

// Real values.
struct Range {
  double low = 0;
  double high = 0;
  // Of numbers that are spread evenly.
  double mean() const { return (low + high) / 2; }
  double root_mean_square() const;
};

// An option of the operator's table by its name; a real where it is one.
struct Attribute {
  const char* name;
  double value;
};

// Whether tensors of this type mostly have a scale and a zero point: 8 and 16 bits.
bool has_scale(baton_dtype dtype);

class Draft {
 public:
  // `number` counts the cases of one operator and variant.
  Draft(const Operator& op, uint64_t seed, uint32_t number, const Variant& variant);

  tflite::GraphBuilder b;

  const Operator& op() const { return *op_; }

  uint32_t number() const { return number_; }
  baton_dtype dtype() const { return variant_.dtype; }
  bool hybrid() const { return variant_.hybrid; }
  // 8 or 16 bits with scale and zero point.
  bool quantised() const { return has_scale(dtype()); }
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
  // Each of them in turn.
  int32_t channels();
  Shape shape(uint32_t rank);
  // Now and then a shape without elements.
  Shape shape_or_empty(uint32_t rank);
  // `shape` with some sizes made 1, and now and then without its first dimensions: broadcast gives
  // `shape` again.
  Shape broadcast_to(const Shape& shape);

  // Two shapes of which each may have sizes 1, or lack first dimensions, where the other has those
  // of `shape`: all patterns in turn, on either side.
  std::pair<Shape, Shape> broadcast_pair(const Shape& shape);

  // Scale and zero point of an activation; empty for types that have none. Usual ones, and now and
  // then extreme ones. int16 has zero point 0.
  Quantization quantization();
  // An activation with values up to about `spread`; the zero point may be at an end of the type.
  Quantization quantization(double spread) { return quantization(dtype(), spread); }
  Quantization quantization(baton_dtype dtype, double spread);
  // Of results in this range: all of it, somewhat more, or so that some of them saturate.
  Quantization covering(const Range& range) { return covering(dtype(), range); }
  Quantization covering(baton_dtype dtype, const Range& range);
  // What an element of the tensor can be. Of tensors that input, constant and operand made.
  Range range_of(TensorId tensor) const { return ranges_.at(tensor); }

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
  // State, zero at first.
  TensorId variable(const Shape& shape) { return variable(dtype(), shape, quantization()); }
  TensorId variable(baton_dtype dtype, const Shape& shape, const Quantization& quantization = {});
  const Quantization& quantization_of(TensorId tensor) const { return b.at(tensor).quantization; }

  // The defaults of the operator's table, but for these.
  AttributeSet attributes(std::initializer_list<Attribute> changes) const;

  // Adds the node and makes its outputs those of the graph. Their shapes follow from the operator.
  void node(int32_t code, const std::vector<TensorId>& inputs, const Quantization& output,
            const AttributeSet& attributes = {});
  struct OutputSpec {
    baton_dtype dtype;
    Quantization quantization;
    Shape shape = {};  // only said where the quantisation is per axis
  };
  void node(int32_t code, const std::vector<TensorId>& inputs,
            const std::vector<OutputSpec>& outputs, const AttributeSet& attributes = {});

  // A custom operator, with these bytes as its options.
  void custom_node(const std::vector<TensorId>& inputs, const std::vector<OutputSpec>& outputs,
                   tflite::Bytes options);

  // Content of the graph's inputs in a run.
  Fill fill() const;
  // How the case is tried; operators with state ask for more runs.
  TrialOptions options;

 private:
  struct Fed {
    Content content;
    Quantization quantization;
  };
  void set_range(TensorId tensor, const Content& content);
  std::vector<TensorId> add_outputs(const std::vector<OutputSpec>& outputs);

  const Operator* op_;
  uint64_t seed_;
  uint32_t number_;
  Variant variant_;
  Random random_;
  uint32_t picks_ = 0;
  std::vector<Fed> fed_;  // by input of the graph
  std::map<TensorId, Range> ranges_;
};

// Scalars only.
void set_attribute(const AttributeField& field, double value, uint8_t* content);

// The least and the largest element of a type that has scales and zero points.
Range quantised_limits(baton_dtype dtype);

// Elements of this content, as a tensor of this type holds them.
void fill_content(Random& random, baton_dtype dtype, const Quantization& quantization,
                  const Content& content, std::span<uint8_t> bytes);

}  // namespace baton::conformance
