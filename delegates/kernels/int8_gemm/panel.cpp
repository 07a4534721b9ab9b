#include "delegates/kernels/int8_gemm/panel.h"

#include <baton/fixed_point.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <optional>

#include "delegates/kernels/round_up.h"

namespace baton::kernels {
namespace {

int32_t centre(bool is_unsigned) { return is_unsigned ? 128 : 0; }

int32_t wrapped(int64_t x) { return baton_wrap_int32(static_cast<uint32_t>(x)); }

struct ColumnSums {
  int64_t sum = 0;         // of (w - w_zero)
  int64_t magnitudes = 0;  // of |w - w_zero|
  bool exceed = false;     // whether some weights exceed what is stored of them
};

// Calls use(value less its zero point, step, place in the step) for one column's weights.
template <typename Use>
void for_weights(const Int8GemmWeights& weights, size_t deep, size_t column, const Use& use) {
  const auto* data = static_cast<const uint8_t*>(weights.data) +
                     static_cast<int64_t>(column) * weights.column_stride;
  const auto flip = static_cast<uint8_t>(centre(weights.unsigned_weights));
  const int32_t zero = weights.weights_zero - centre(weights.unsigned_weights);
  size_t step = 0;
  for (size_t t = 0; t < weights.taps; ++t, data += weights.tap_stride) {
    const uint8_t* at = data;
    for (size_t k = 0; k < weights.depth; k += deep, ++step) {
      const size_t here = std::min(deep, weights.depth - k);
      for (size_t i = 0; i < here; ++i, at += weights.depth_stride) {
        use(static_cast<int8_t>(*at ^ flip) - zero, step, i);
      }
    }
  }
}

int32_t nearest_byte(int32_t weight) { return std::clamp(weight, INT8_MIN, INT8_MAX); }

// Finds what columns [first, end) exceed bytes by; false where the head has no room for it.
bool find_extras(const Int8GemmWeights& weights, size_t deep, size_t first, size_t end,
                 PanelHead* head) {
  bool found = true;
  for (size_t column = first; column < end && found; ++column) {
    const auto n = static_cast<int32_t>(column - first);
    for_weights(weights, deep, column, [&](int32_t weight, size_t step, size_t i) {
      const int32_t excess = weight - nearest_byte(weight);
      if (excess == 0 || !found) return;
      const auto at = static_cast<int32_t>(step * deep);
      // A column's steps come in order.
      const ExtraBytes* last = head->extras == 0 ? nullptr : &head->extra[head->extras - 1];
      const bool is_new = !last || last->column != n || last->at != at;
      const bool has_room = static_cast<size_t>(head->extras) < std::size(head->extra);
      found = excess <= INT8_MAX && (has_room || !is_new);
      if (!found) return;
      if (is_new) head->extra[head->extras++] = {at, n, {}};
      head->extra[head->extras - 1].bytes[i] = static_cast<int8_t>(excess);
    });
  }
  if (!found) head->extras = 0;
  return found;
}

// Zero points are bytes; others may come.
constexpr int32_t kFarthestZero = 383;

// Weights side by side, as the bytes that they are but for the sign bit `flip`. In 16 bits as far
// as they go: compilers make most of that with few instructions.
void add_bytes(const uint8_t* bytes, size_t count, uint8_t flip, int32_t zero, ColumnSums* sums) {
  constexpr size_t kChunk = INT16_MAX / (kFarthestZero + 128);
  for (size_t first = 0; first < count; first += kChunk) {
    const size_t end = std::min(count, first + kChunk);
    int16_t sum = 0, magnitudes = 0;
    for (size_t i = first; i < end; ++i) {
      const auto weight = static_cast<int16_t>(static_cast<int8_t>(bytes[i] ^ flip) - zero);
      const auto negated = static_cast<int16_t>(-weight);
      sum = static_cast<int16_t>(sum + weight);
      magnitudes = static_cast<int16_t>(magnitudes + std::max(weight, negated));
    }
    sums->sum += sum;
    sums->magnitudes += magnitudes;
  }
}

// Whether some bytes plus the summand are none.
bool exceed_bytes(const uint8_t* bytes, size_t count, uint8_t flip, int32_t summand) {
  int32_t lowest = INT8_MAX, highest = INT8_MIN;
  for (size_t i = 0; i < count; ++i) {
    lowest = std::min<int32_t>(lowest, static_cast<int8_t>(bytes[i] ^ flip));
    highest = std::max<int32_t>(highest, static_cast<int8_t>(bytes[i] ^ flip));
  }
  return count != 0 && (lowest + summand < INT8_MIN || highest + summand > INT8_MAX);
}

// Each of the four bytes plus that of `summands`, modulo 256.
uint32_t add_four(uint32_t bytes, uint32_t summands) {
  constexpr uint32_t kLow = 0x7f7f7f7f;
  return ((bytes & kLow) + (summands & kLow)) ^ ((bytes ^ summands) & ~kLow);
}

// pack_column for weights that lie side by side and of which none exceeds what is stored, four at a
// time. Where there are others, nothing: they have to be packed one by one, all of them.
std::optional<ColumnSums> pack_fours(const Int8GemmWeights& weights, const PanelLayout& layout,
                                     size_t column, int32_t offset, int8_t* out) {
  if (weights.depth_stride != 1 || layout.deep != 4) return std::nullopt;
  const auto* data = static_cast<const uint8_t*>(weights.data) +
                     static_cast<int64_t>(column) * weights.column_stride;
  const auto flip = static_cast<uint8_t>(centre(weights.unsigned_weights));
  const int32_t zero = weights.weights_zero - centre(weights.unsigned_weights);
  if (std::abs(int64_t{zero}) > kFarthestZero) return std::nullopt;
  constexpr uint32_t kEach = 0x01010101;
  const int32_t summand = offset - zero;
  const uint32_t flips = flip * kEach, summands = static_cast<uint8_t>(summand) * kEach;
  const size_t step_size = layout.width * layout.deep;
  ColumnSums sums;
  for (size_t t = 0; t < weights.taps; ++t, data += weights.tap_stride) {
    if (summand != 0 && exceed_bytes(data, weights.depth, flip, summand)) return std::nullopt;
    add_bytes(data, weights.depth, flip, zero, &sums);
    const auto store = [&](size_t k, size_t count) {
      uint32_t four = 0;
      std::memcpy(&four, data + k, count);
      four = add_four(four ^ flips, summands);
      std::memcpy(out, &four, count);
      out += step_size;
    };
    size_t k = 0;
    for (; k + 4 <= weights.depth; k += 4) store(k, 4);
    if (k < weights.depth) store(k, weights.depth - k);
  }
  return sums;
}

// One column's weights plus `offset`, written `width` * `deep` apart for each step in depth.
template <typename Stored>
ColumnSums pack_column(const Int8GemmWeights& weights, const PanelLayout& layout, size_t column,
                       int32_t offset, Stored* out) {
  if constexpr (sizeof(Stored) == 1) {
    if (const auto sums = pack_fours(weights, layout, column, offset, out)) return *sums;
  }
  ColumnSums sums;
  const size_t step_size = layout.width * layout.deep;
  for_weights(weights, layout.deep, column, [&](int32_t weight, size_t step, size_t i) {
    sums.sum += weight;
    sums.magnitudes += std::abs(weight);
    const int32_t value = weight + offset;
    const int32_t stored = sizeof(Stored) == 1 ? nearest_byte(value) : value;
    sums.exceed |= stored != value;
    out[step * step_size + i] = static_cast<Stored>(stored);
  });
  return sums;
}

// The words of one column, but for those of kFixed.
void write_column(const Int8GemmWeights& weights, const PanelLayout& layout, size_t first, size_t n,
                  const ColumnSums& sums, void* panel) {
  const size_t column = first + n;
  const size_t i = weights.one_scale ? 0 : column;
  const int64_t rows_zero =
      layout.wide ? 0 : int64_t{weights.input_zero} + centre(!weights.unsigned_input);
  const bool floats = weights.requantize == Requantize::kFloat;
  const int64_t bias = weights.bias && !floats ? weights.bias[column] : 0;
  panel_words(panel, layout.width, kStart)[n] = wrapped(bias - rows_zero * sums.sum);
  if (weights.requantize == Requantize::kDouble) {
    panel_words<double>(panel, layout.width, kWord0)[n] = weights.scales[i];
  } else if (floats) {
    panel_words<float>(panel, layout.width, kWord0)[n] = static_cast<float>(weights.scales[i]);
    panel_words<float>(panel, layout.width, kWord1)[n] =
        weights.float_bias ? weights.float_bias[column] : 0.0f;
    panel_words(panel, layout.width, kWord2)[n] = wrapped(sums.sum);
  }
}

constexpr size_t kWidest = 64;

// The words of kFixed: the short form where all columns have it.
void write_fixed(const Int8GemmWeights& weights, size_t width, size_t first, size_t columns,
                 const int64_t* bounds, void* panel) {
  FixedScale scales[kWidest];
  bool short_form = true;
  for (size_t n = 0; n < columns; ++n) {
    const size_t i = weights.one_scale ? 0 : first + n;
    const auto scale = make_fixed_scale(weights.multipliers[i], weights.shifts[i]);
    short_form = short_form && scale && bounds[n] < kFixedScaleBound;
    if (scale) scales[n] = *scale;
  }
  static_cast<PanelHead*>(panel)->short_form = short_form;
  for (size_t n = 0; n < columns; ++n) {
    const size_t i = weights.one_scale ? 0 : first + n;
    if (short_form) {
      int32_t& start = panel_words(panel, width, kStart)[n];
      start = wrapped(int64_t{start} + INT32_MIN);
    } else {
      scales[n] = {static_cast<uint32_t>(weights.multipliers[i]), 0, weights.shifts[i]};
    }
    panel_words<uint32_t>(panel, width, kWord0)[n] = scales[n].twice;
    panel_words(panel, width, kWord1)[n] = scales[n].summand;
    panel_words(panel, width, kWord2)[n] = scales[n].shift;
  }
}

// All columns of a panel, stored plus the head's weights_zero. False where some weights exceed what
// is stored of them.
bool pack_columns(const Int8GemmWeights& weights, const PanelLayout& layout, size_t first,
                  void* panel) {
  const int32_t offset = panel_head(panel).weights_zero;
  auto* data = static_cast<uint8_t*>(panel) + panel_columns_bytes(layout.width);
  const int64_t lowest = weights.unsigned_input ? 0 : -128;
  const int64_t largest = std::max(weights.input_zero - lowest, lowest + 255 - weights.input_zero);
  int64_t bounds[kWidest];
  bool exceed = false;
  const size_t columns = std::min(layout.width, weights.columns - first);
  for (size_t n = 0; n < columns; ++n) {
    const size_t at = n * layout.deep;
    const ColumnSums sums =
        layout.wide
            ? pack_column(weights, layout, first + n, offset, reinterpret_cast<int16_t*>(data) + at)
            : pack_column(weights, layout, first + n, offset, reinterpret_cast<int8_t*>(data) + at);
    exceed |= sums.exceed;
    write_column(weights, layout, first, n, sums, panel);
    const int64_t bias = weights.bias ? weights.bias[first + n] : 0;
    bounds[n] = std::abs(bias) + sums.magnitudes * largest;
  }
  if (weights.requantize == Requantize::kFixed) {
    write_fixed(weights, layout.width, first, columns, bounds, panel);
  }
  return !exceed;
}

}  // namespace

std::optional<FixedScale> make_fixed_scale(int32_t multiplier, int32_t shift) {
  if (multiplier < 0 || shift > 0) return std::nullopt;
  if (shift < -31) multiplier = shift = 0;
  const int32_t half = shift == 0 ? 0 : static_cast<int32_t>((uint32_t{1} << (-shift - 1)) - 1);
  return FixedScale{static_cast<uint32_t>(multiplier) * 2, wrapped(int64_t{half} - multiplier),
                    -shift};
}

bool make_add_scales(const Int8Residual& add, FixedScale scales[3]) {
  // Two differences of bytes, shifted, add up to less than 2^30.
  if (add.left_shift < 0 || add.left_shift > 20) return false;
  for (const int32_t zero : {add.zero0, add.zero1, add.sum_zero}) {
    if (zero < -128 || zero > 255) return false;
  }
  const int32_t pairs[3][2] = {{add.multiplier0, add.shift0},
                               {add.multiplier1, add.shift1},
                               {add.multiplier_sum, add.shift_sum}};
  for (size_t i = 0; i < 3; ++i) {
    const auto scale = make_fixed_scale(pairs[i][0], std::min(pairs[i][1], 0));
    if (!scale) return false;
    scales[i] = *scale;
  }
  return true;
}

size_t panel_bytes(const PanelLayout& layout, size_t taps, size_t depth) {
  const size_t elements = taps * round_up(depth, layout.deep) * layout.width;
  return round_up(panel_columns_bytes(layout.width) + elements * (layout.wide ? 2 : 1), 64);
}

void pack_panel(const Int8GemmWeights& weights, const PanelLayout& layout, size_t first,
                void* panel) {
  std::memset(panel, 0, panel_bytes(layout, weights.taps, weights.depth));
  auto& head = *static_cast<PanelHead*>(panel);
  head.input_zero = weights.input_zero;
  if (pack_columns(weights, layout, first, panel)) return;
  const size_t end = std::min(first + layout.width, weights.columns);
  if (find_extras(weights, layout.deep, first, end, &head)) return;
  head.weights_zero = weights.weights_zero - centre(weights.unsigned_weights);
  pack_columns(weights, layout, first, panel);
}

}  // namespace baton::kernels
