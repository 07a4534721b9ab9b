#include "delegates/kernels/amx/finish.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "delegates/kernels/int8_gemm/panel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/amx/finish.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "hwy/highway.h"

#if HWY_TARGET == HWY_AVX3
#include "delegates/kernels/int8_gemm/finish-inl.h"

namespace baton::kernels {
namespace HWY_NAMESPACE {
void finish(const PanelSums& sums) { finish_panel(sums); }
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
#endif

#if HWY_ONCE && defined(__x86_64__)
namespace baton::kernels {
void finish_panel_avx512(const PanelSums& sums) { N_AVX3::finish(sums); }
}  // namespace baton::kernels
#endif
