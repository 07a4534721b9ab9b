// 8-bit depthwise convolutions.
#include "baton/fixed_point.h"
#include "delegates/kernels/depthwise.h"
#include "delegates/kernels/depthwise/int8_weights.h"
#include "delegates/kernels/depthwise/window.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/depthwise/int8.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "delegates/kernels/depthwise/int8_wide-inl.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace depthwise {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr size_t kWidest = HWY_LANES(int16_t);
constexpr size_t kLeast = HWY_MIN(kWidest, 8);

using KernelWords = Int8Kernel<Words, kWidest, kLeast>;
constexpr Int8Depthwise kDepthwise{KernelWords::packed_bytes, KernelWords::pack, KernelWords::run};

#if HWY_TARGET == HWY_AVX3
// With VNNI. Many weights that are wider than 8 bits without their zero point, and inputs shared by
// several channels, are left to the kernel without.
constexpr size_t kWidestQuads = 64, kLeastQuads = 16;
using KernelVnni = Int8Kernel<Quads, kWidestQuads, kLeastQuads>;

size_t packed_bytes_vnni(const DepthwiseShape& shape) {
  return std::max(KernelVnni::packed_bytes(shape), KernelWords::packed_bytes(shape));
}

bool has_form_vnni(const DepthwiseShape& shape, const Int8DepthwiseWeights& weights) {
  bool has_form = shape.multiplier == 1;
  for_blocks<kWidestQuads, kLeastQuads>(shape.channels, [&](auto n, size_t first) {
    ExtraRows extra;
    has_form = has_form && find_extra_rows(shape, weights, Quads<n>::kRows, first,
                                           std::min<size_t>(first + n, shape.channels), &extra);
  });
  return has_form;
}

void pack_vnni(const DepthwiseShape& shape, const Int8DepthwiseWeights& weights, void* packed) {
  const bool foreign = !has_form_vnni(shape, weights);
  if (foreign) {
    kDepthwise.pack(shape, weights, packed);
  } else {
    KernelVnni::pack(shape, weights, packed);
  }
  static_cast<Int8DepthwiseHeader*>(packed)->foreign = foreign;
}

void run_vnni(const Int8DepthwiseTile& tile) {
  if (static_cast<const Int8DepthwiseHeader*>(tile.packed)->foreign) {
    kDepthwise.run(tile);
  } else {
    KernelVnni::run(tile);
  }
}

constexpr Int8Depthwise kDepthwiseVnni{packed_bytes_vnni, pack_vnni, run_vnni};
#endif

}  // namespace
}  // namespace depthwise

namespace {
static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  rows->push_back({"depthwise", "int8", isa, "", &depthwise::kDepthwise});
#if HWY_TARGET == HWY_AVX3
  rows->push_back({"depthwise", "int8", Isa::kAvx512Vnni, "", &depthwise::kDepthwiseVnni});
#endif
}
}  // namespace

}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(depthwise_int8_rows)
}
#endif
