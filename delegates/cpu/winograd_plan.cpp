#include "delegates/cpu/winograd_plan.h"

#include <algorithm>
#include <vector>

#include "delegates/kernels/kernel.h"

namespace baton::cpu {
namespace {

constexpr size_t kTaps = 3;
constexpr size_t kMostInputs = 6;

using Generator = double[kMostInputs][kTaps];  // G
constexpr Generator kTwo = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
constexpr Generator kFour = {{1.0 / 4, 0, 0},
                             {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                             {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                             {1.0 / 24, 1.0 / 12, 1.0 / 6},
                             {1.0 / 24, -1.0 / 12, 1.0 / 6},
                             {0, 0, 1}};

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
  constexpr double kAllTaps = kTaps * kTaps;
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

// One panel's columns, transformed: [element][column][depth].
class PanelWeights {
 public:
  PanelWeights(const kernels::Winograd& transforms, size_t columns, size_t depth)
      : size_(transforms.inputs),
        generator_(transforms.outputs == 2 ? kTwo : kFour),
        depth_(depth),
        element_(columns * depth),
        values_(size_ * size_ * element_) {}

  const float* element(size_t index) const { return values_.data() + index * element_; }

  // `filter`: [3][3][depth].
  void transform(const float* filter, size_t column) {
    for (size_t k = 0; k < depth_; ++k) {
      float* to = values_.data() + column * depth_ + k;
      for (size_t y = 0; y < size_; ++y) {
        double row[kTaps] = {};  // of G g
        for (size_t tap = 0; tap < kTaps * kTaps; ++tap) {
          row[tap % kTaps] += generator_[y][tap / kTaps] * double{filter[tap * depth_ + k]};
        }
        for (size_t x = 0; x < size_; ++x, to += element_) {
          const double* g = generator_[x];
          *to = static_cast<float>(row[0] * g[0] + row[1] * g[1] + row[2] * g[2]);
        }
      }
    }
  }

 private:
  const size_t size_;
  const Generator& generator_;
  const size_t depth_, element_;
  std::vector<float> values_;
};

}  // namespace

WinogradPlan make_winograd_plan(const kernels::Winograd& transforms, const kernels::F32Gemm& gemm,
                                const ConvShape& shape, const Operand& filter, const Operand& bias,
                                const Compiler& compiler) {
  WinogradPlan plan;
  plan.transforms = &transforms;
  plan.gemm = &gemm;
  const auto channels = static_cast<size_t>(shape.channels);
  const auto depth = static_cast<size_t>(shape.depth);
  plan.packing = Packing(plan.elements(), channels, gemm.columns, gemm.panel_bytes(1, depth));
  plan.packed = compiler.allocate(plan.packing.bytes());
  if (bias) {
    plan.bias = compiler.allocate(channels * sizeof(float));
    std::copy_n(bias.data<float>(), channels, reinterpret_cast<float*>(plan.bias.get()));
  }
  PanelWeights panel(transforms, gemm.columns, depth);
  for (size_t i = 0; i < plan.packing.panels; ++i) {
    const size_t first = i * gemm.columns;
    kernels::F32GemmWeights weights;
    weights.column_stride = static_cast<int64_t>(depth);
    weights.columns = std::min(gemm.columns, channels - first);
    weights.depth = depth;
    for (size_t n = 0; n < weights.columns; ++n) {
      panel.transform(filter.data<float>() + (first + n) * kTaps * kTaps * depth, n);
    }
    for (size_t element = 0; element < plan.elements(); ++element) {
      weights.data = panel.element(element);
      gemm.pack(
          weights, 0, 1,
          plan.packed.get() + element * plan.packing.group_bytes() + i * plan.packing.panel_bytes);
    }
  }
  return plan;
}

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

bool is_winograd_faster(const kernels::Winograd& transforms, const ConvShape& shape,
                        const WinogradOutputs& outputs) {
  return winograd_time(transforms, shape, outputs) < kGain * direct_time(shape, outputs);
}

}  // namespace baton::cpu
