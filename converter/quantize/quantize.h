// Post-training quantisation: from a model in float32 to one with smaller numbers.
//
//   BATON_ASSIGN_OR_RETURN(const Ranges ranges, calibrate(model, runs));   // calibrate.h
//   BATON_ASSIGN_OR_RETURN(const tflite::Model small, quantize(model, Scheme::kInt8, ranges));
//
// The main subgraph is quantised; those that control flow calls stay as they are. An operator that
// has no quantised form stays float, with DEQUANTIZE and QUANTIZE around it (its weights become
// int8 where its kernel takes them so). Tensors keep their names, inserted ones get a suffix;
// signatures and metadata are carried over; operators get the lowest version that fits; constants
// that nobody needs any more are dropped.
#pragma once

#include <optional>
#include <vector>

#include "converter/tflite/model.h"
#include "core/base/status.h"

namespace baton::quantize {

enum class Scheme {
  kFloat16,  // float16 constants, each behind a DEQUANTIZE
  kDynamic,  // int8 weights where the kernel takes them beside float activations
  kInt8,     // int8 throughout, weights per channel
  kUint8,    // the scheme of 2018: uint8 throughout, one scale per tensor
};

// Of the real values of a tensor.
struct Range {
  float min = 0;
  float max = 0;

  bool operator==(const Range&) const = default;
};

// By tensor index of the main subgraph; empty: not seen, or not float32.
using Ranges = std::vector<std::optional<Range>>;

// kInt8 and kUint8 need the ranges of all float32 tensors but constants; they turn the graph's
// inputs and outputs into 8 bits too, except for outputs of custom operators.
Result<tflite::Model> quantize(const tflite::Model& float_model, Scheme scheme,
                               const Ranges& ranges = {});

}  // namespace baton::quantize
