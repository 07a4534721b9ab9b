// A tensor in a session: the graph's description, the shape now, and where the content is.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "baton/types.h"
#include "core/base/checked.h"
#include "core/base/dtype.h"
#include "core/base/status.h"

namespace baton {

class Value {
 public:
  Value() = default;
  // Takes type, name, quantisation, flags and shape from the graph's tensor, and its constant data.
  // `tensor` must outlive the value.
  explicit Value(const baton_tensor& tensor)
      : info_(tensor), dims_(tensor.dims, tensor.dims + tensor.rank) {
    if (tensor.flags & BATON_TENSOR_CONSTANT) {
      data_ = const_cast<void*>(tensor.data);
      known_ = true;
    }
    sync();
  }
  Value(const Value& other) { *this = other; }
  Value& operator=(const Value& other) {
    info_ = other.info_;
    dims_ = other.dims_;
    data_ = other.data_;
    known_ = other.known_;
    sync();
    return *this;
  }

  // The ABI's view; dims, rank, bytes and data follow this value. data is set only when known.
  const baton_tensor& info() const { return info_; }
  const char* name() const { return info_.name; }
  baton_dtype dtype() const { return info_.dtype; }
  const baton_quantization& quantization() const { return *info_.quantization; }
  bool quantized() const { return info_.quantization->kind != BATON_QUANTIZATION_NONE; }
  // Per-tensor parameters (the first ones); 0 and 0 when there are none.
  float scale() const { return quantized() ? info_.quantization->scales[0] : 0.0f; }
  int32_t zero_point() const {
    return quantized() && info_.quantization->zero_points
               ? static_cast<int32_t>(info_.quantization->zero_points[0])
               : 0;
  }

  bool constant() const { return (info_.flags & BATON_TENSOR_CONSTANT) != 0; }
  bool variable() const { return (info_.flags & BATON_TENSOR_VARIABLE) != 0; }
  bool shape_known() const { return (info_.flags & BATON_TENSOR_UNKNOWN_SHAPE) == 0; }

  int rank() const { return static_cast<int>(dims_.size()); }
  int32_t dim(int i) const { return dims_[static_cast<size_t>(i)]; }
  std::span<const int32_t> dims() const { return dims_; }
  uint64_t bytes() const { return info_.bytes; }
  // Number of elements; the shape was checked when it was set.
  int64_t count() const { return static_cast<int64_t>(*element_count(dims_)); }

  // The content's address. const because a kernel may read any input and write any output.
  template <typename T>
  T* as() const {
    return static_cast<T*>(data_);
  }
  void* data() const { return data_; }
  // Content is there before the run: a constant, or folded.
  bool known() const { return known_; }

  // Checks sizes and their product.
  Status set_dims(std::span<const int32_t> dims) {
    const auto bytes = tensor_bytes(info_.dtype, dims);
    if (!bytes || *bytes > (uint64_t{1} << 46)) {
      return error(BATON_INVALID_MODEL, "the shape of tensor '%s' is negative or too large",
                   name());
    }
    if (dims.data() != dims_.data()) dims_.assign(dims.begin(), dims.end());
    info_.flags &= ~static_cast<uint32_t>(BATON_TENSOR_UNKNOWN_SHAPE);
    sync();
    return {};
  }
  void set_dtype(baton_dtype dtype) {
    info_.dtype = dtype;
    info_.bits = dtype_bits(dtype);
    sync();
  }
  void set_shape_unknown() { info_.flags |= BATON_TENSOR_UNKNOWN_SHAPE; }
  void set_data(void* data) { data_ = data; }
  // Marks the content as known (after folding), or not.
  void set_known(bool known) {
    known_ = known;
    info_.data = known ? data_ : nullptr;
  }
  // Strings and resources: bytes do not follow from the shape.
  void set_bytes(uint64_t bytes) { info_.bytes = bytes; }

 private:
  void sync() {
    info_.dims = dims_.data();
    info_.rank = static_cast<uint32_t>(dims_.size());
    if (info_.bits != 0) info_.bytes = tensor_bytes(info_.dtype, dims_).value_or(0);
    // A handle is one number.
    if (info_.dtype == BATON_RESOURCE) info_.bytes = sizeof(int32_t);
    info_.data = known_ ? data_ : nullptr;
  }

  baton_tensor info_{};
  std::vector<int32_t> dims_;
  void* data_ = nullptr;
  bool known_ = false;
};

}  // namespace baton
