// The gates of LSTM cells in 16-bit fixed point: the bits of <baton/fixed_point.h>.
#include <numeric>

#include "baton/fixed_point.h"
#include "delegates/kernels/lstm.h"
#include "tests/kernels/slack.h"

namespace baton::kernels {
namespace {

constexpr size_t kCounts[] = {1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 1000};
constexpr LstmFactor kFactors[] = {
    {1 << 30, 0},   {INT32_MAX, 1},  {1518500250, -4}, {1 << 30, -9},     {1518500250, -8},
    {1 << 30, -31}, {1900000000, 8}, {1 << 30, 31},    {1518500250, -40}, {0, 0}};

int32_t apply(const LstmFactor& factor, int32_t x) {
  return baton_multiply_by_quantized_multiplier(x, factor.multiplier, factor.shift);
}

// Small and large numbers, and the ends.
template <typename T>
std::vector<T> mixed_values(size_t count, uint32_t seed) {
  std::vector<T> values = random_values<T>(count, seed);
  for (size_t i = 0; i < count; ++i) values[i] = static_cast<T>(values[i] >> (i * 7 % 20 / 2));
  constexpr T kEnds[] = {std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), 0, -1, 1};
  for (size_t i = 0; i < count / 3 && i < std::size(kEnds); ++i) values[3 * i] = kEnds[i];
  return values;
}

template <typename Visit>
void for_each_lstm(const Visit& visit) {
  for_each_row<const Int16Lstm*>("lstm", "int16", visit);
}

TEST(Int16Lstm, FunctionsOfAllNumbers) {
  std::vector<int16_t> all(65536);
  std::iota(all.begin(), all.end(), static_cast<int16_t>(INT16_MIN));
  for_each_lstm([&](const Int16Lstm* lstm) {
    Input<int16_t> logistic(all), tanh(all);
    lstm->logistic(logistic.data(), all.size());
    lstm->tanh(tanh.data(), all.size());
    size_t wrong = 0;
    for (size_t i = 0; i < all.size(); ++i) {
      wrong += logistic.data()[i] != baton_fixed16_logistic(all[i], 3);
      wrong += tanh.data()[i] != baton_fixed16_tanh(all[i], 3);
    }
    EXPECT_EQ(wrong, 0u);
  });
}

TEST(Int16Lstm, FunctionsOfShortRows) {
  for_each_lstm([&](const Int16Lstm* lstm) {
    for (const size_t count : kCounts) {
      SCOPED_TRACE(count);
      const auto values = mixed_values<int16_t>(count, static_cast<uint32_t>(count));
      const Output<int16_t> out(count);
      std::copy(values.begin(), values.end(), out.data());
      lstm->logistic(out.data(), count);
      out.expect_untouched_around();
      for (size_t i = 0; i < count; ++i) EXPECT_EQ(out[i], baton_fixed16_logistic(values[i], 3));
    }
  });
}

TEST(Int16Lstm, SumsOfGates) {
  for_each_lstm([&](const Int16Lstm* lstm) {
    for (const size_t count : kCounts) {
      const auto x = mixed_values<int32_t>(count, 1), y = mixed_values<int32_t>(count, 2);
      const Input<int32_t> from_input(x), from_state(y);
      for (const LstmFactor& input : kFactors) {
        for (const LstmFactor& recurrent : kFactors) {
          SCOPED_TRACE(testing::PrintToString(input.shift) + " " +
                       testing::PrintToString(recurrent.shift));
          const Output<int16_t> gate(count);
          lstm->sum_gate(
              {from_input.data(), from_state.data(), input, recurrent, gate.data(), count});
          gate.expect_untouched_around();
          for (size_t i = 0; i < count; ++i) {
            const int32_t first = baton_clamp(apply(input, x[i]), INT16_MIN, INT16_MAX);
            const int32_t sum = baton_saturating_add(apply(recurrent, y[i]), first);
            EXPECT_EQ(gate[i], baton_clamp(sum, INT16_MIN, INT16_MAX)) << i;
          }
        }
      }
    }
  });
}

// Gates as they come: [0, 32767] from logistic, [-32767, 32767] from tanh, and any state.
struct Gates {
  explicit Gates(size_t count)
      : input(mixed_values<int16_t>(count, 3)),
        forget(mixed_values<int16_t>(count, 4)),
        cell(mixed_values<int16_t>(count, 5)),
        output(mixed_values<int16_t>(count, 6)),
        state(mixed_values<int16_t>(count, 7)) {
    for (auto* values : {&input, &forget, &output}) {
      for (int16_t& value : *values) value = static_cast<int16_t>(value & INT16_MAX);
    }
    for (int16_t& value : cell) value = std::max<int16_t>(value, -INT16_MAX);
  }
  std::vector<int16_t> input, forget, cell, output, state;
};

TEST(Int16Lstm, States) {
  for_each_lstm([&](const Int16Lstm* lstm) {
    for (const size_t count : kCounts) {
      const Gates gates(count);
      const Input<int16_t> input(gates.input), forget(gates.forget), cell(gates.cell);
      for (const int32_t bits : {0, 3, 4, 6}) {
        for (const bool coupled : {false, true}) {
          for (const int32_t clip : {0, 5000}) {
            SCOPED_TRACE(testing::PrintToString(std::vector<int32_t>{bits, coupled, clip}));
            const Output<int16_t> state(count);
            std::copy(gates.state.begin(), gates.state.end(), state.data());
            Int16LstmRow row;
            row.input = coupled ? nullptr : input.data();
            row.forget = forget.data();
            row.cell = cell.data();
            row.state = state.data();
            row.count = count;
            row.state_integer_bits = bits;
            row.clip = clip;
            lstm->update_state(row);
            state.expect_untouched_around();
            for (size_t i = 0; i < count; ++i) {
              const int32_t open = coupled ? INT16_MAX - gates.forget[i] : gates.input[i];
              const int32_t kept = baton_fixed16_wrap(
                  baton_rounding_shift_right(gates.forget[i] * gates.state[i], 15));
              const int32_t added =
                  baton_fixed16_wrap(baton_rounding_shift_right(open * gates.cell[i], 15 + bits));
              int32_t sum = baton_clamp(kept + added, INT16_MIN, INT16_MAX);
              if (clip > 0) sum = baton_clamp(sum, -clip, clip);
              EXPECT_EQ(state[i], sum) << i;
            }
          }
        }
      }
    }
  });
}

TEST(Int16Lstm, Hidden) {
  for_each_lstm([&](const Int16Lstm* lstm) {
    for (const size_t count : kCounts) {
      Gates gates(count);
      const Input<int16_t> output(gates.output), state(gates.state);
      for (int32_t bits = 0; bits <= 6; ++bits) {
        for (const LstmFactor& factor : kFactors) {
          for (const int32_t zero : {0, -128, 128, 7}) {
            SCOPED_TRACE(testing::PrintToString(std::vector<int32_t>{bits, factor.shift, zero}));
            const Output<int16_t> scratch(count);
            const Output<int8_t> hidden(count);
            Int16LstmRow row;
            row.output = output.data();
            row.state = state.data();
            row.count = count;
            row.state_integer_bits = bits;
            row.state_tanh = scratch.data();
            row.hidden = hidden.data();
            row.hidden_factor = factor;
            row.hidden_zero = zero;
            lstm->write_hidden(row);
            scratch.expect_untouched_around();
            hidden.expect_untouched_around();
            for (size_t i = 0; i < count; ++i) {
              const int32_t value = gates.output[i] * baton_fixed16_tanh(gates.state[i], bits);
              const int32_t sum = baton_saturating_add(apply(factor, value), zero);
              EXPECT_EQ(int{hidden[i]}, baton_clamp(sum, INT8_MIN, INT8_MAX)) << i;
            }
          }
        }
      }
    }
  });
}

}  // namespace
}  // namespace baton::kernels
