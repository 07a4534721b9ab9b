// A .tflite model as plain data, the way the writer wants it. Nothing here is checked: a test can
// say whatever it likes, also nonsense.
#pragma once

#include <baton/builtin_ops.h>
#include <baton/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "converter/tflite/attribute_set.h"

namespace baton::tflite {

using Shape = std::vector<int32_t>;

// The index of a tensor in its subgraph.
using TensorId = int32_t;
inline constexpr TensorId kNoTensor = -1;  // an optional input that is not there

// Scales and zero points in tensors of the same subgraph, one per block of values.
struct BlockQuantization {
  TensorId scales = kNoTensor;
  TensorId zero_points = kNoTensor;
  int32_t block_size = 0;
};

// real = scale * (quantised - zero_point); more than one scale: per index of dimension `axis`.
struct Quantization {
  std::vector<float> scale;
  std::vector<int64_t> zero_point;
  int32_t axis = 0;
  std::vector<float> min;  // of real values, as seen in training; information only
  std::vector<float> max;
  std::optional<BlockQuantization> block;

  bool operator==(const Quantization& other) const {
    return scale == other.scale && zero_point == other.zero_point && axis == other.axis &&
           min == other.min && max == other.max && !block && !other.block;
  }
  bool empty() const { return *this == Quantization{}; }
};

inline Quantization per_tensor(float scale, int64_t zero_point = 0) {
  return {.scale = {scale}, .zero_point = {zero_point}, .min = {}, .max = {}, .block = {}};
}

// Zero points are all 0 unless given.
inline Quantization per_axis(std::vector<float> scale, int32_t axis,
                             std::vector<int64_t> zero_point = {}) {
  if (zero_point.empty()) zero_point.resize(scale.size());
  return {.scale = std::move(scale),
          .zero_point = std::move(zero_point),
          .axis = axis,
          .min = {},
          .max = {},
          .block = {}};
}

// One dimension of a sparse constant, in the order of traversal.
struct SparseDimension {
  bool compressed = false;  // false: dense, with dense_size
  int32_t dense_size = 0;
  int index_bits = 32;  // 8, 16 or 32: how segments and indices are stored
  std::vector<int32_t> segments;
  std::vector<int32_t> indices;
};

struct Sparsity {
  std::vector<int32_t> traversal_order;
  std::vector<int32_t> block_map;
  std::vector<SparseDimension> dimensions;
};

struct Tensor {
  std::string name;
  baton_dtype dtype = BATON_FLOAT32;
  Shape shape;
  Shape shape_signature;  // as shape, -1 for sizes that may vary; empty: not written
  bool has_rank = true;   // tells a scalar from an unknown shape
  bool is_variable = false;
  uint32_t buffer = 0;           // index in Model::buffers; 0: no constant
  uint32_t external_buffer = 0;  // id; 0: none
  Quantization quantization;
  std::optional<Sparsity> sparsity;
};

struct OperatorCode {
  int32_t code = BATON_OP_CUSTOM;
  std::string custom_name;
  int32_t version = 1;

  bool operator==(const OperatorCode&) const = default;
};

struct Operator {
  uint32_t code_index = 0;  // in Model::operator_codes
  std::vector<TensorId> inputs;
  std::vector<TensorId> outputs;
  std::vector<TensorId> intermediates;
  AttributeSet attributes;
  std::vector<uint8_t> custom_options;            // empty: not written
  std::vector<uint8_t> mutating_variable_inputs;  // booleans; empty: not written
};

struct Subgraph {
  std::string name;
  std::vector<Tensor> tensors;
  std::vector<TensorId> inputs;
  std::vector<TensorId> outputs;
  std::vector<Operator> operators;
};

struct SignatureTensor {
  std::string name;
  TensorId tensor = kNoTensor;
};

struct Signature {
  std::string key;
  std::vector<SignatureTensor> inputs;
  std::vector<SignatureTensor> outputs;
  uint32_t subgraph = 0;
};

struct Metadata {
  std::string name;
  uint32_t buffer = 0;
};

struct ExternalBuffer {
  uint32_t id = 0;
  uint32_t group = 0;  // in Model::external_buffer_groups
  uint64_t offset = 0;
  uint64_t length = 0;
  std::string packing;
};

struct Model {
  uint32_t version = 3;
  std::string description;
  std::vector<OperatorCode> operator_codes;
  std::vector<Subgraph> subgraphs;                   // the first is the main one
  std::vector<std::vector<uint8_t>> buffers = {{}};  // number 0 is empty by convention
  std::vector<Metadata> metadata;
  std::vector<Signature> signatures;
  std::vector<std::string> external_buffer_groups;
  std::vector<ExternalBuffer> external_buffers;
};

}  // namespace baton::tflite
