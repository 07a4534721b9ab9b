// Sums of products with weights, as convolutions and dense layers have them: tensors whose scales
// fit each other, so that few results saturate, a fused activation meets its limits, and the ratio
// of scales is now and then above 1 or below 2^-20.
#pragma once

#include "tests/conformance/operators/draft.h"

namespace baton::conformance {

class WeightedCase {
 public:
  explicit WeightedCase(Draft& d);

  double activation() const { return activation_; }
  TensorId input(const Shape& shape);

  struct Weights {
    Shape shape;
    int32_t axis = 0;          // with one index for each of the output's channels
    int64_t depth = 1;         // products that make one sum
    bool zero_point = false;   // also of int8 weights with one scale
    bool maybe_input = false;  // now and then an input of the graph
  };
  TensorId weights(const Weights& weights);
  // After weights. Now and then absent.
  TensorId bias(bool int32_for_int16);
  Quantization output() { return d_.covering({-spread_, spread_}); }

 private:
  enum class Ratio { kUsual, kLarge, kTiny };

  Quantization scales(const Weights& weights, int32_t count, double limit);
  int64_t zero_point(const Weights& weights);

  Draft& d_;
  int32_t activation_;
  double spread_;  // of the results: three standard deviations
  Ratio ratio_;
  Range input_range_;
  float input_scale_ = 0;
  int32_t channels_ = 0;
  Quantization weight_scales_;
};

// Where sums of `depth` products of numbers in these ranges lie: three standard deviations.
Range sum_range(const Range& x, const Range& y, int64_t depth);

}  // namespace baton::conformance
