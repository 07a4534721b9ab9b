#include "delegates/cpu/winograd_choice.h"

#include <algorithm>

#include "delegates/kernels/kernel.h"

namespace baton::cpu {
namespace {

// Times in those that a product takes. The constants reproduce the times of ResNet-50's layers on
// Zen 4 with AVX-512 within a tenth.
constexpr double kTransform = 10;     // of an element of a tile, for a channel
constexpr double kWeight = 4;         // of a weight, beside its products
constexpr double kLeastProducts = 8;  // memory gives weights no faster than so many products
constexpr double kGain = 0.9;         // what the estimate says must be worth the memory

double whole_vectors(int32_t channels) { return static_cast<double>((channels + 15) / 16 * 16); }

// `rows` of outputs or tiles times a matrix.
double product_time(const ConvShape& shape, double rows) {
  return static_cast<double>(shape.depth) * whole_vectors(shape.channels) *
         (std::max(rows, kLeastProducts) + kWeight);
}

double direct_time(const ConvShape& shape, const WinogradOutputs& outputs) {
  constexpr double kAllTaps = 9;
  return kAllTaps *
         product_time(shape, static_cast<double>(outputs.images * outputs.height * outputs.width));
}

double winograd_time(const kernels::Winograd& transforms, const ConvShape& shape,
                     const WinogradOutputs& outputs) {
  const auto m = static_cast<int64_t>(transforms.outputs);
  const auto tiles = static_cast<double>(outputs.images * ((outputs.height + m - 1) / m) *
                                         ((outputs.width + m - 1) / m));
  const double channels = whole_vectors(shape.depth) + whole_vectors(shape.channels);
  return static_cast<double>(transforms.inputs * transforms.inputs) *
         (product_time(shape, tiles) + kTransform * tiles * channels);
}

}  // namespace

const kernels::Winograd* best_winograd(const ConvShape& shape, const WinogradOutputs& outputs,
                                       kernels::Isa isa) {
  const kernels::Winograd* best = nullptr;
  double least = kGain * direct_time(shape, outputs);
  for (const char* operation : {"winograd_2x2", "winograd_4x4"}) {
    const auto* transforms = kernels::find<const kernels::Winograd*>(operation, "f32", isa);
    if (transforms == nullptr) continue;
    const double time = winograd_time(*transforms, shape, outputs);
    if (time >= least) continue;
    least = time;
    best = transforms;
  }
  return best;
}

}  // namespace baton::cpu
