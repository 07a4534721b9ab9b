// Builds .tflite models:
//
//   GraphBuilder b("main");
//   const TensorId x = b.input("x", BATON_FLOAT32, {1, 8, 8, 3});
//   const TensorId y = b.tensor("y", BATON_FLOAT32, {1, 8, 8, 3});
//   b.op(BATON_OP_RELU, {x}, {y});
//   b.output(y);
//   const std::vector<uint8_t> file = b.finish();
//
// layers.h has functions on top that make the output tensors too. Nothing is checked: with raw
// indices, and through at(), operator_at() and model(), every malformed model can be made as well.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "converter/tflite/constants.h"
#include "converter/tflite/model.h"
#include "converter/tflite/serialize.h"
#include "core/base/dtype.h"
#include "core/base/status.h"

namespace baton::tflite {

// Adds to one subgraph. A handle: copies add to the same subgraph of the same model.
class SubgraphBuilder {
 public:
  // A size of -1 may vary: it is written as 1, with -1 in the shape signature.
  TensorId tensor(std::string name, baton_dtype dtype, Shape shape, Quantization quantization = {});
  TensorId tensor(Tensor tensor);
  // A tensor that is also the next input of the subgraph.
  TensorId input(std::string name, baton_dtype dtype, Shape shape, Quantization quantization = {});
  // State that is carried from run to run, zero at first.
  TensorId variable(std::string name, baton_dtype dtype, Shape shape,
                    Quantization quantization = {});
  // Makes a tensor the next output of the subgraph.
  void output(TensorId tensor);
  void outputs(std::span<const TensorId> tensors);

  // Constants. Equal bytes are kept once in the file. The element type follows from T ...
  template <typename T>
  TensorId constant(std::string name, Shape shape, const std::vector<T>& values,
                    Quantization quantization = {}) {
    return constant_bytes(std::move(name), dtype_of<T>(), std::move(shape), bytes_of(values),
                          std::move(quantization));
  }
  // ... or is given, and the values are converted to it (float16, 4-bit, ...).
  TensorId constant(std::string name, baton_dtype dtype, Shape shape,
                    std::span<const double> values, Quantization quantization = {});
  // The bytes as they are.
  TensorId constant_bytes(std::string name, baton_dtype dtype, Shape shape, Bytes bytes,
                          Quantization quantization = {});
  TensorId strings(std::string name, Shape shape, std::span<const std::string> values);
  // A vector or a scalar of int32, as many operators take for axes, sizes and paddings.
  TensorId int32s(std::string name, const std::vector<int32_t>& values);
  TensorId int32(std::string name, int32_t value);

  // Adds an operator and returns its index. Without attributes it gets the defaults of its options
  // table, if it has one. Version 0 means: the lowest that fits (version_rules.h).
  size_t op(int32_t code, std::vector<TensorId> inputs, std::vector<TensorId> outputs,
            AttributeSet attributes = {}, int32_t version = 0);
  size_t custom(std::string name, std::vector<TensorId> inputs, std::vector<TensorId> outputs,
                Bytes options = {}, int32_t version = 1);

  // What was built so far, to look at and to change. References hold until the next addition.
  Tensor& at(TensorId tensor) const;
  Operator& operator_at(size_t index) const;
  Subgraph& graph() const;
  Model& model() const;
  // The number of this subgraph, for attributes that name one.
  int32_t index() const { return static_cast<int32_t>(index_); }
  // `prefix`, or `prefix_1`, `prefix_2` ... if a tensor of the subgraph has that name.
  std::string unique_name(const std::string& prefix) const;

 protected:
  struct State;

  uint32_t add_buffer(Bytes bytes) const;

  std::shared_ptr<State> state_;

 private:
  friend class GraphBuilder;

  SubgraphBuilder(std::shared_ptr<State> state, size_t index);
  uint32_t code_index(OperatorCode code) const;
  size_t add_operator(Operator op, OperatorCode code);

  size_t index_ = 0;
};

// A model, and at once the builder of its first subgraph.
class GraphBuilder : public SubgraphBuilder {
 public:
  explicit GraphBuilder(std::string name = "main");
  GraphBuilder(GraphBuilder&&) = default;
  GraphBuilder& operator=(GraphBuilder&&) = default;

  SubgraphBuilder subgraph(std::string name);
  void signature(std::string key, std::vector<SignatureTensor> inputs,
                 std::vector<SignatureTensor> outputs, uint32_t subgraph = 0);
  void metadata(std::string name, Bytes bytes);
  void description(std::string text);
  // Adds constant data and returns the number of its buffer.
  uint32_t buffer(Bytes bytes);

  // The bytes of the file; the builder can go on afterwards.
  std::vector<uint8_t> finish(BufferPlace place = BufferPlace::kAutomatic) const;
  // Writes the file; one that is there already is replaced only when everything went well.
  Status write_file(const std::string& path) const;
};

}  // namespace baton::tflite
