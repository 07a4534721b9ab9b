// What the quantisation table of a tensor means.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/status.h"
#include "core/model/reader.h"

namespace baton {

// Values as baton_quantization has them.
struct Quantization {
  int32_t kind = BATON_QUANTIZATION_NONE;
  int32_t axis = 0;
  uint32_t block_size = 0;
  std::vector<float> scales;
  std::vector<int64_t> zero_points;  // as many as scales
  // What was passed over, for `inspect`; empty: nothing.
  std::string oddity;
};

// Parameters of float tensors that make no sense are passed over: nothing reads them. Those of
// integer tensors must be usable: scales finite and not negative, zero points that the element type
// can hold, as many of them as the axis is long.
Result<Quantization> read_quantization(const schema::Model& model, std::span<const uint8_t> file,
                                       const schema::SubGraph& subgraph,
                                       const schema::Tensor& tensor);

}  // namespace baton
