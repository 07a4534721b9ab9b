// The gates of LSTM cells, against the same in double.
#include <cmath>
#include <limits>

#include "delegates/kernels/lstm.h"
#include "tests/kernels/slack.h"

namespace baton::kernels {
namespace {

constexpr size_t kCounts[] = {1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 64, 65, 100};
constexpr LstmActivation kActivations[] = {LstmActivation::kNone, LstmActivation::kRelu,
                                           LstmActivation::kReluN1To1, LstmActivation::kRelu6,
                                           LstmActivation::kTanh};

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

double activate(LstmActivation activation, double x) {
  switch (activation) {
    case LstmActivation::kRelu:
      return std::max(0.0, x);
    case LstmActivation::kReluN1To1:
      return std::max(-1.0, std::min(x, 1.0));
    case LstmActivation::kRelu6:
      return std::max(0.0, std::min(x, 6.0));
    case LstmActivation::kTanh:
      return std::tanh(x);
    default:
      return x;
  }
}

struct Cell {
  Cell(size_t count, float scale) {
    uint32_t seed = static_cast<uint32_t>(count);
    for (std::vector<float>* values : {&input, &forget, &cell, &output, &state}) {
      *values = random_values<float>(count, ++seed);
      for (float& value : *values) value *= scale;
    }
  }
  std::vector<float> input, forget, cell, output, state;
};

void check_cell(const F32Lstm& lstm, size_t count, LstmActivation activation, bool coupled,
                float clip, float scale) {
  const Cell cell(count, scale);
  const Input<float> input(cell.input), forget(cell.forget), gate(cell.cell), output(cell.output);
  // The state is read and written.
  const Output<float> state(count), hidden(count);
  std::copy(cell.state.begin(), cell.state.end(), state.data());
  F32LstmRow row;
  row.input = coupled ? nullptr : input.data();
  row.forget = forget.data();
  row.cell = gate.data();
  row.output = output.data();
  row.state = state.data();
  row.hidden = hidden.data();
  row.count = count;
  row.clip = clip;
  row.activation = activation;
  lstm.update_state(row);
  lstm.write_hidden(row);
  state.expect_untouched_around();
  hidden.expect_untouched_around();
  for (size_t i = 0; i < count; ++i) {
    const double open = coupled ? 1 - logistic(cell.forget[i]) : logistic(cell.input[i]);
    double want = logistic(cell.forget[i]) * double{cell.state[i]} +
                  open * activate(activation, cell.cell[i]);
    if (clip > 0) want = std::max(-double{clip}, std::min(want, double{clip}));
    const double bound = 2e-6 * std::max(1e-3, std::abs(want) + std::abs(double{cell.state[i]}));
    EXPECT_NEAR(state[i], want, bound) << "state " << i;
    const double out = logistic(cell.output[i]) * activate(activation, state[i]);
    EXPECT_NEAR(hidden[i], out, 1e-6 * std::max(1e-3, std::abs(out))) << "hidden " << i;
  }
}

TEST(Lstm, Cells) {
  for_each_row<const F32Lstm*>("lstm", "f32", [](const F32Lstm* lstm) {
    for (const size_t count : kCounts) {
      for (const LstmActivation activation : kActivations) {
        for (const float scale : {0.01f, 1.0f, 30.0f}) {
          SCOPED_TRACE(testing::PrintToString(count) + " cells, activation " +
                       testing::PrintToString(static_cast<int>(activation)) + ", scale " +
                       testing::PrintToString(scale));
          check_cell(*lstm, count, activation, false, 0, scale);
          check_cell(*lstm, count, activation, true, 0, scale);
          check_cell(*lstm, count, activation, false, 0.75f, scale);
        }
      }
    }
  });
}

// NaN counts as in the reference kernels' std::max and std::min.
TEST(Lstm, NotANumber) {
  static constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  static constexpr size_t kCells = 9;
  for_each_row<const F32Lstm*>("lstm", "f32", [](const F32Lstm* lstm) {
    const Input<float> zeros(std::vector<float>(kCells, 0)), nans(std::vector<float>(kCells, kNan));
    const auto run = [&](LstmActivation activation, float clip, const float* cell) {
      const Output<float> state(kCells), hidden(kCells);
      std::fill_n(state.data(), kCells, 0.0f);
      F32LstmRow row;
      row.input = row.forget = row.output = zeros.data();
      row.cell = cell;
      row.state = state.data();
      row.hidden = hidden.data();
      row.count = kCells;
      row.clip = clip;
      row.activation = activation;
      lstm->update_state(row);
      return state[kCells - 1];
    };
    EXPECT_TRUE(std::isnan(run(LstmActivation::kTanh, 0, nans.data())));
    EXPECT_EQ(run(LstmActivation::kRelu, 0, nans.data()), 0);
    EXPECT_EQ(run(LstmActivation::kRelu6, 0, nans.data()), 0);
    EXPECT_EQ(run(LstmActivation::kReluN1To1, 0, nans.data()), -0.5f);
    EXPECT_EQ(run(LstmActivation::kTanh, 2, nans.data()), 2);
  });
}

}  // namespace
}  // namespace baton::kernels
