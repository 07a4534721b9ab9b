// RNN and SVDF: one step, and what it leaves in the state.
#include "tests/ops/op_cases.h"

namespace baton::test {
namespace {

std::vector<float> floats(const Reals& reals) { return {reals.begin(), reals.end()}; }

double activated(double x, int32_t activation) {
  switch (activation) {
    case BATON_ACTIVATION_RELU:
      return std::max(x, 0.0);
    case BATON_ACTIVATION_RELU6:
      return std::clamp(x, 0.0, 6.0);
    case BATON_ACTIVATION_RELU_N1_TO_1:
      return std::clamp(x, -1.0, 1.0);
    case BATON_ACTIVATION_TANH:
      return std::tanh(x);
    default:
      return x;
  }
}

const int32_t kActivations[] = {BATON_ACTIVATION_NONE, BATON_ACTIVATION_RELU,
                                BATON_ACTIVATION_RELU_N1_TO_1, BATON_ACTIVATION_RELU6,
                                BATON_ACTIVATION_TANH};

TEST(Rnn, Step) {
  for (const int32_t activation : kActivations) {
    const int32_t batch = 2, inputs = 5, units = 7;
    const auto x = scattered(batch * inputs, -1, 1, 1);
    const auto w = scattered(units * inputs, -1, 1, 2);
    const auto r = scattered(units * units, -1, 1, 3);
    const auto bias = scattered(units, -1, 1, 4);
    const auto state = scattered(batch * units, -1, 1, 5);
    OpHarness op(BATON_OP_RNN);
    op.input({batch, inputs}, floats(x)).input({units, inputs}, floats(w));
    op.input({units, units}, floats(r)).input({units}, floats(bias));
    op.variable({batch, units}, floats(state)).output(BATON_FLOAT32).threads(3);
    baton_rnn_attributes attributes = BATON_RNN_ATTRIBUTES_INIT;
    attributes.fused_activation_function = activation;
    op.attributes(attributes);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), (Dims{batch, units}));
    const auto result = op.result<float>();
    for (int b = 0; b < batch; ++b) {
      for (int u = 0; u < units; ++u) {
        double sum = bias[static_cast<size_t>(u)];
        for (int i = 0; i < inputs; ++i) {
          sum += w[static_cast<size_t>(u * inputs + i)] * x[static_cast<size_t>(b * inputs + i)];
        }
        for (int k = 0; k < units; ++k) {
          sum += r[static_cast<size_t>(u * units + k)] * state[static_cast<size_t>(b * units + k)];
        }
        EXPECT_NEAR(result[static_cast<size_t>(b * units + u)], activated(sum, activation), 2e-6);
      }
    }
    EXPECT_EQ(op.state<float>(4), result);
  }
}

TEST(Rnn, Refusals) {
  const std::vector<float> four(4, 1);
  for (const bool variable : {true, false}) {
    OpHarness op(BATON_OP_RNN);
    op.input({1, 2}, std::vector<float>(2)).input({2, 2}, four).input({2, 2}, four);
    op.input({2}, std::vector<float>(2));
    if (variable) {
      op.variable({1, 3}, std::vector<float>(3));  // not the number of units
    } else {
      op.input({1, 2}, std::vector<float>(2));
    }
    op.output(BATON_FLOAT32).attributes(baton_rnn_attributes(BATON_RNN_ATTRIBUTES_INIT));
    EXPECT_FALSE(op.prepare().ok());
  }
}

TEST(Svdf, Step) {
  for (const int32_t activation : kActivations) {
    for (const bool with_bias : {true, false}) {
      for (const int32_t rank : {1, 2}) {
        const int32_t batch = 2, inputs = 3, units = 4, memory = 5;
        const int32_t filters = units * rank;
        const auto x = scattered(static_cast<size_t>(batch * inputs), -1, 1, 1);
        const auto features = scattered(static_cast<size_t>(filters * inputs), -1, 1, 2);
        const auto times = scattered(static_cast<size_t>(filters * memory), -1, 1, 3);
        const auto bias = scattered(static_cast<size_t>(units), -1, 1, 4);
        const auto state = scattered(static_cast<size_t>(batch * filters * memory), -1, 1, 5);
        OpHarness op(BATON_OP_SVDF);
        op.input({batch, inputs}, floats(x)).input({filters, inputs}, floats(features));
        op.input({filters, memory}, floats(times));
        if (with_bias) {
          op.input({units}, floats(bias));
        } else {
          op.absent_input();
        }
        op.variable({batch, filters * memory}, floats(state)).output(BATON_FLOAT32).threads(2);
        baton_svdf_attributes attributes = BATON_SVDF_ATTRIBUTES_INIT;
        attributes.rank = rank;
        attributes.fused_activation_function = activation;
        op.attributes(attributes);
        ASSERT_TRUE(op.run()) << op.message();
        EXPECT_EQ(op.dims(), (Dims{batch, units}));
        const auto result = op.result<float>();
        const auto left = op.state<float>(4);
        for (int b = 0; b < batch; ++b) {
          for (int u = 0; u < units; ++u) {
            double sum = with_bias ? bias[static_cast<size_t>(u)] : 0;
            for (int f = u * rank; f < (u + 1) * rank; ++f) {
              double feature = 0;
              for (int i = 0; i < inputs; ++i) {
                feature += features[static_cast<size_t>(f * inputs + i)] *
                           x[static_cast<size_t>(b * inputs + i)];
              }
              for (int t = 0; t < memory; ++t) {
                const auto at = static_cast<size_t>((b * filters + f) * memory + t);
                const double past = t + 1 < memory ? state[at + 1] : feature;
                EXPECT_NEAR(left[at], past, 1e-6);
                sum += past * times[static_cast<size_t>(f * memory + t)];
              }
            }
            EXPECT_NEAR(result[static_cast<size_t>(b * units + u)], activated(sum, activation),
                        2e-6);
          }
        }
      }
    }
  }
}

TEST(Svdf, Refusals) {
  for (const int32_t rank : {0, 3, -1}) {
    OpHarness op(BATON_OP_SVDF);
    op.input({1, 2}, std::vector<float>(2)).input({2, 2}, std::vector<float>(4));
    op.input({2, 3}, std::vector<float>(6)).absent_input();
    op.variable({1, 6}, std::vector<float>(6)).output(BATON_FLOAT32);
    baton_svdf_attributes attributes = BATON_SVDF_ATTRIBUTES_INIT;
    attributes.rank = rank;
    EXPECT_FALSE(op.attributes(attributes).infer().ok()) << rank;
  }
}

}  // namespace
}  // namespace baton::test
