// A packed panel of 8-bit weights: what the epilogue needs of its columns, then the weights. Shared
// by the kernels of all instruction sets; nothing here is compiled for one of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "delegates/kernels/int8_gemm.h"

namespace baton::kernels {

// What weights of one column exceed bytes by, see PanelLayout.
struct ExtraBytes {
  int32_t at;      // of their step: tap * depth rounded up to `deep`, + depth
  int32_t column;  // of the panel
  int8_t bytes[4];
};

// The first 64 bytes of a panel.
struct PanelHead {
  int32_t input_zero;    // of the rows as they come
  int32_t weights_zero;  // of the weights as bytes, see PanelLayout
  int32_t short_form;    // kFixed: all columns' scalings have a short form
  int32_t extras;        // that there are
  ExtraBytes extra[4];
};
static_assert(sizeof(PanelHead) == 64);

// Then arrays with a word for each of the panel's `width` columns. kStart is what sums begin with.
// The others, by Requantize:
//   kFixed   FixedScale's members in its order, and kStart is greater by 2^31; without the short
//            form: multiplier, -, shift, as given
//   kDouble  scales (double: the first two arrays)
//   kFloat   scales (float), bias (float), sums over all (w - w_zero)
enum PanelWord : size_t { kStart, kWord0, kWord1, kWord2, kPanelWords };

// `width` is a multiple of 4.
constexpr size_t panel_columns_bytes(size_t width) {
  return sizeof(PanelHead) + kPanelWords * sizeof(int32_t) * width;
}

template <typename T = int32_t>
const T* panel_words(const void* panel, size_t width, PanelWord word) {
  return reinterpret_cast<const T*>(static_cast<const uint8_t*>(panel) + sizeof(PanelHead) +
                                    sizeof(int32_t) * width * word);
}
template <typename T = int32_t>
T* panel_words(void* panel, size_t width, PanelWord word) {
  return const_cast<T*>(panel_words<T>(static_cast<const void*>(panel), width, word));
}

inline const PanelHead& panel_head(const void* panel) {
  return *static_cast<const PanelHead*>(panel);
}

// baton_multiply_by_quantized_multiplier(x, m, -e), 0 <= e <= 31, 0 <= m, |x| < 2^30, as one 64-bit
// product. With a floor for each of its two roundings, ties of the second away from zero:
//
//   high   = floor((x * m + 2^30) / 2^31) = floor((2 * m * x + 2^31) / 2^32)
//   result = floor((high + 2^(e - 1) - (x < 0)) / 2^e),  or high where e is 0
//
// (x < 0 while high is not means high = 0, for which both signs give 0.) So, with the unsigned
// u = x + 2^31, `twice` = 2 * m, and `summand` = 2^(e - 1) - 1 - m, or -m where e is 0, modulo
// 2^32:
//
//   result = (high word of (u * twice + 2^31) + summand + (e == 0 ? 0 : u >> 31)) >> e
struct FixedScale {
  uint32_t twice = 0;
  int32_t summand = 0;
  int32_t shift = 0;  // e
};

// Nothing where there is no such form. Shifts by more than 31 bits give 0, as they do in full.
std::optional<FixedScale> make_fixed_scale(int32_t multiplier, int32_t shift);

// The three scalings of a residual addition; false where some have no such form, or its values may
// exceed the bound.
bool make_add_scales(const Int8Residual& add, FixedScale scales[3]);

constexpr int64_t kFixedScaleBound = int64_t{1} << 30;

// How a kernel wants its weights.
//   wide   int16_t less their zero point; the kernel subtracts that of the rows as well
//   else   signed bytes; the kernel multiplies them with unsigned rows, signed ones plus 128, whose
//          zero point is in the start of the sums.
//
// Bytes are less their zero point in panels where this is possible, so that nothing is left to do.
// Of trained weights hardly any, if then, exceed a byte: such a panel has the nearest byte, and the
// excess in its head, for the kernel to multiply with the rows' bytes from there on. In panels
// where there are too many, bytes are as given, or less 128 if unsigned; what remains is
// weights_zero of the head times the sum of each row.
struct PanelLayout {
  size_t width;  // columns
  size_t deep;   // neighbours in depth that lie together: a step; 4 unless wide
  bool wide;
};

// Of one panel; a multiple of 64.
size_t panel_bytes(const PanelLayout& layout, size_t taps, size_t depth);

// Packs one panel, columns [first, first + width). Weights follow the columns' words as
// [taps][depth / deep, rounded up][width][deep], with zeros where there are none.
void pack_panel(const Int8GemmWeights& weights, const PanelLayout& layout, size_t first,
                void* panel);

}  // namespace baton::kernels
