#include "tests/conformance/operators/weighted.h"

#include <algorithm>
#include <cmath>

#include "tests/conformance/operators/activation.h"

namespace baton::conformance {
namespace {

// In quantised units, from the zero point: inputs and weights of a large ratio, other weights.
constexpr double kFewUnits = 3;
constexpr int32_t kFewSteps = 2;
constexpr int32_t kAllSteps = 127;

}  // namespace

Range sum_range(const Range& x, const Range& y, int64_t depth) {
  const double mean = x.mean() * y.mean();
  const double square = x.root_mean_square() * y.root_mean_square();
  const auto count = static_cast<double>(std::max<int64_t>(depth, 1));
  const double sigma = std::sqrt(count * std::max(square * square - mean * mean, 0.0));
  return {count * mean - 3 * sigma, count * mean + 3 * sigma};
}

WeightedCase::WeightedCase(Draft& d)
    : d_(d), activation_(d.pick(kClamps)), spread_(clamp_spread(d, activation_)) {
  const uint32_t ratio = d.pick_index(6);
  ratio_ = !d.quantised() || ratio < 4 ? Ratio::kUsual : ratio == 4 ? Ratio::kLarge : Ratio::kTiny;
}

TensorId WeightedCase::input(const Shape& shape) {
  const double spread = d_.pick({1.0, 6.0, 0.08});
  const Quantization q = d_.quantization(spread);
  Content content{.low = -spread, .high = spread};
  if (ratio_ == Ratio::kLarge) {
    const double few = kFewUnits * static_cast<double>(q.scale[0]);
    content = {.low = -few, .high = few, .bounded = true};
  }
  const TensorId x = d_.input(d_.dtype(), shape, q, content);
  input_range_ = d_.range_of(x);
  if (!q.empty()) input_scale_ = q.scale[0];
  return x;
}

int64_t WeightedCase::zero_point(const Weights& weights) {
  if (d_.dtype() == BATON_INT8 ? !weights.zero_point : d_.dtype() != BATON_UINT8) return 0;
  const int64_t low = d_.dtype() == BATON_UINT8 ? 0 : -128;
  // Where inputs are of one sign, weights are of both.
  const bool centred = std::abs(input_range_.mean()) < 0.3 * input_range_.root_mean_square();
  const uint32_t pick = d_.random().below(centred ? 4 : 2);
  return low + (pick == 0 ? 128 : pick == 1 ? d_.random().between(90, 160) : pick == 2 ? 0 : 255);
}

Quantization WeightedCase::scales(const Weights& weights, int32_t count, double limit) {
  const bool per_axis = d_.dtype() != BATON_UINT8 && count > 0 && d_.pick_bool();
  const double output_steps = d_.dtype() == BATON_INT16 ? 65535 : 255;
  const auto scale = [&](Ratio ratio) {
    switch (ratio) {
      case Ratio::kLarge:
        return limit / kFewSteps;
      case Ratio::kTiny:
        return std::ldexp(2 * spread_ / output_steps, -22) / static_cast<double>(input_scale_);
      default:
        return limit / kAllSteps;
    }
  };
  if (!per_axis) {
    return tflite::per_tensor(static_cast<float>(scale(ratio_)), zero_point(weights));
  }
  std::vector<float> each(static_cast<size_t>(count));
  for (float& one : each) {
    // Of tiny ones only some.
    const bool usual = ratio_ == Ratio::kTiny && !d_.random().one_in(3);
    const double factor = std::exp2(d_.random().real(-2, 0.5));
    one = static_cast<float>(scale(usual ? Ratio::kUsual : ratio_) * factor);
  }
  return tflite::per_axis(std::move(each), weights.axis);
}

TensorId WeightedCase::weights(const Weights& weights) {
  channels_ = weights.shape[static_cast<size_t>(weights.axis)];
  const auto depth = static_cast<double>(std::max<int64_t>(weights.depth, 1));
  const double size = spread_ / 3 / (std::sqrt(depth) * input_range_.root_mean_square());
  const double limit = size * std::sqrt(3.0);
  const Content content{.low = -limit, .high = limit};
  const bool fed = weights.maybe_input && ratio_ == Ratio::kUsual && d_.random().one_in(8);
  if (!d_.quantised() && !d_.hybrid()) {
    return fed ? d_.input(BATON_FLOAT32, weights.shape, {}, content)
               : d_.constant(BATON_FLOAT32, weights.shape, {}, content);
  }
  const baton_dtype dtype = d_.dtype() == BATON_UINT8 ? BATON_UINT8 : BATON_INT8;
  weight_scales_ = scales(weights, channels_, limit);
  // Elements are within so many steps of the zero point.
  const int32_t steps = ratio_ == Ratio::kLarge ? kFewSteps : kAllSteps;
  const Quantization& q = weight_scales_;
  if (q.scale.size() > 1 || q.zero_point.empty()) {
    // With scales of many sizes the steps are what counts.
    tflite::Bytes bytes(static_cast<size_t>(tensor_bytes(dtype, weights.shape).value_or(0)));
    for (uint8_t& byte : bytes) {
      byte = static_cast<uint8_t>(d_.random().one_in(16) ? (d_.random().one_in(2) ? steps : -steps)
                                                         : d_.random().between(-steps, steps));
    }
    return d_.b.constant_bytes(d_.b.unique_name("w"), dtype, weights.shape, std::move(bytes), q);
  }
  const double reach = steps * static_cast<double>(q.scale[0]);
  const Content few{.low = -reach, .high = reach, .bounded = true};
  return fed && !d_.hybrid() ? d_.input(dtype, weights.shape, q, few)
                             : d_.constant(dtype, weights.shape, q, few);
}

TensorId WeightedCase::bias(bool int32_for_int16) {
  const double limit = spread_ / 2;
  if (d_.pick_index(4) == 3) return kNoTensor;
  if (!d_.quantised()) {
    return d_.constant(BATON_FLOAT32, {channels_}, {}, {.low = -limit, .high = limit});
  }
  Quantization q = weight_scales_;
  for (float& scale : q.scale) scale *= input_scale_;
  q.zero_point.assign(q.scale.size(), 0);
  q.axis = 0;
  const bool wide = d_.dtype() == BATON_INT16 && !(int32_for_int16 && d_.random().one_in(3));
  std::vector<int64_t> units;
  for (int32_t i = 0; i < channels_; ++i) {
    const float scale = q.scale[q.scale.size() == 1 ? 0 : static_cast<size_t>(i)];
    const double most = std::ldexp(1.0, wide ? 38 : 30);
    const double real = d_.random().real(-limit, limit) / static_cast<double>(scale);
    units.push_back(static_cast<int64_t>(std::clamp(real, -most, most)));
  }
  const std::string name = d_.b.unique_name("bias");
  if (wide) return d_.b.constant(name, {channels_}, units, q);
  return d_.b.constant(name, {channels_}, std::vector<int32_t>(units.begin(), units.end()), q);
}

}  // namespace baton::conformance
