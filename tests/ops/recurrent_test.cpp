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

// int8 with an int16 state: each feature is within a unit of the exact one, and each output within
// a unit of what the state gives.
TEST(Svdf, Int8) {
  for (const bool with_bias : {true, false}) {
    for (const int32_t rank : {1, 2}) {
      const int32_t batch = 2, inputs = 7, units = 3, memory = 5;
      const int32_t filters = units * rank;
      const ElementType x_type{BATON_INT8, 0.02f, -5}, feature_type{BATON_INT8, 0.01f, 0},
          time_type{BATON_INT16, 0.0001f, 0}, state_type{BATON_INT16, 0.0005f, 0},
          y_type{BATON_INT8, 0.05f, -100};
      Reals x = scattered(static_cast<size_t>(batch * inputs), -2, 2, 1);
      Reals features = scattered(static_cast<size_t>(filters * inputs), -1, 1, 2);
      Reals times = scattered(static_cast<size_t>(filters * memory), -1, 1, 3);
      Reals state = scattered(static_cast<size_t>(batch * filters * memory), -5, 5, 4);
      const float bias_scale = state_type.scale * time_type.scale;
      const std::vector<int32_t> bias{10000000, -20000000, 5};
      OpHarness op(BATON_OP_SVDF);
      add_input(op, {batch, inputs}, x, x_type);
      add_input(op, {filters, inputs}, features, feature_type);
      add_input(op, {filters, memory}, times, time_type);
      if (with_bias) {
        op.input({units}, bias, Quantization::per_tensor(bias_scale, 0));
      } else {
        op.absent_input();
      }
      op.variable({batch, filters * memory}, stored<int16_t>(state, state_type),
                  state_type.quantization());
      op.output(BATON_INT8, y_type.quantization()).threads(2);
      baton_svdf_attributes attributes = BATON_SVDF_ATTRIBUTES_INIT;
      attributes.rank = rank;
      attributes.fused_activation_function = BATON_ACTIVATION_RELU;
      op.attributes(attributes);
      ASSERT_TRUE(op.run()) << op.message();
      const auto before = stored<int16_t>(state, state_type);
      const auto left = op.state<int16_t>(4);
      Reals expected;
      for (int b = 0; b < batch; ++b) {
        for (int u = 0; u < units; ++u) {
          double sum = with_bias ? 1.0 * bias[static_cast<size_t>(u)] * bias_scale : 0;
          for (int f = u * rank; f < (u + 1) * rank; ++f) {
            double feature = 0;
            for (int i = 0; i < inputs; ++i) {
              feature += features[static_cast<size_t>(f * inputs + i)] *
                         x[static_cast<size_t>(b * inputs + i)];
            }
            for (int t = 0; t < memory; ++t) {
              const auto at = static_cast<size_t>((b * filters + f) * memory + t);
              if (t + 1 < memory) {
                EXPECT_EQ(left[at], before[at + 1]);
              } else {
                EXPECT_NEAR(left[at], feature / state_type.scale, 1.0);
              }
              sum += left[at] * 1.0 * state_type.scale * times[static_cast<size_t>(f * memory + t)];
            }
          }
          expected.push_back(sum);
        }
      }
      expect_close(op, expected, y_type);
    }
  }
}

// Rows that quantise without loss: what is left is rounding in float.
TEST(Svdf, Hybrid) {
  for (const bool asymmetric : {false, true}) {
    const int32_t batch = 2, inputs = 4, units = 3, memory = 3;
    const std::vector<float> x = asymmetric ? std::vector<float>{0, 255, 3, 100, -128, 127, 5, 5}
                                            : std::vector<float>{127, -3, 50, 2, -254, 2, 0, 8};
    const auto features = stored<int8_t>(scattered(12, -127, 127, 2), {BATON_INT8});
    const auto times = stored<int8_t>(scattered(9, -127, 127, 3), {BATON_INT8});
    const auto state = scattered(static_cast<size_t>(batch * units * memory), -1, 1, 4);
    OpHarness op(BATON_OP_SVDF);
    op.input({batch, inputs}, x);
    op.input({units, inputs}, features, Quantization::per_tensor(0.01f, 0));
    op.input({units, memory}, times, Quantization::per_tensor(0.02f, 0)).absent_input();
    op.variable({batch, units * memory}, floats(state)).output(BATON_FLOAT32).threads(2);
    baton_svdf_attributes attributes = BATON_SVDF_ATTRIBUTES_INIT;
    attributes.rank = 1;
    attributes.asymmetric_quantize_inputs = asymmetric;
    op.attributes(attributes);
    ASSERT_TRUE(op.run()) << op.message();
    for (size_t b = 0; b < 2; ++b) {
      for (size_t u = 0; u < 3; ++u) {
        double feature = 0;
        for (size_t i = 0; i < 4; ++i) feature += 0.01 * features[u * 4 + i] * x[b * 4 + i];
        const size_t at = (b * 3 + u) * 3;
        const double sum = 0.02 * (times[u * 3] * state[at + 1] + times[u * 3 + 1] * state[at + 2] +
                                   times[u * 3 + 2] * feature);
        EXPECT_NEAR(op.result<float>()[b * 3 + u], sum, 1e-4 * (1 + std::abs(sum)));
        EXPECT_NEAR(op.state<float>(4)[at + 2], feature, 1e-4 * (1 + std::abs(feature)));
      }
    }
  }
}

TEST(Svdf, WorkOfLargeSizes) {
  OpHarness op(BATON_OP_SVDF);
  const std::vector<float> none;  // is not read
  op.input({1, INT32_MAX}, none).input({1, INT32_MAX}, none).input({1, 1}, none).absent_input();
  op.variable({1, 1}, none).output(BATON_FLOAT32);
  baton_svdf_attributes attributes = BATON_SVDF_ATTRIBUTES_INIT;
  attributes.rank = 1;
  ASSERT_TRUE(op.attributes(attributes).infer().ok());
  EXPECT_EQ(op.op()->work(op.context()), uint64_t{1} << 31);
}

TEST(Svdf, Types) {
  const auto q = Quantization::per_tensor(0.1f, 0);
  const auto prepare = [&](int32_t activation, bool variable, const Quantization& state) {
    OpHarness op(BATON_OP_SVDF);
    op.input({1, 2}, std::vector<int8_t>(2), q).input({2, 2}, std::vector<int8_t>(4), q);
    op.input({2, 3}, std::vector<int16_t>(6), q).absent_input();
    if (variable) {
      op.variable({1, 6}, std::vector<int16_t>(6), state);
    } else {
      op.input({1, 6}, std::vector<int16_t>(6), state);
    }
    op.output(BATON_INT8, q);
    baton_svdf_attributes attributes = BATON_SVDF_ATTRIBUTES_INIT;
    attributes.rank = 1;
    attributes.fused_activation_function = activation;
    return op.attributes(attributes).prepare().code();
  };
  EXPECT_EQ(prepare(BATON_ACTIVATION_RELU, true, q), BATON_OK);
  EXPECT_EQ(prepare(BATON_ACTIVATION_NONE, true, q), BATON_UNSUPPORTED);
  EXPECT_EQ(prepare(BATON_ACTIVATION_RELU, false, q), BATON_INVALID_MODEL);
  EXPECT_EQ(prepare(BATON_ACTIVATION_RELU, true, {}), BATON_INVALID_MODEL);
  OpHarness mixed(BATON_OP_SVDF);
  mixed.input({1, 2}, std::vector<int8_t>(2), q).input({2, 2}, std::vector<float>(4));
  mixed.input({2, 3}, std::vector<float>(6)).absent_input();
  mixed.variable({1, 6}, std::vector<float>(6)).output(BATON_INT8, q);
  baton_svdf_attributes attributes = BATON_SVDF_ATTRIBUTES_INIT;
  attributes.rank = 1;
  EXPECT_EQ(mixed.attributes(attributes).prepare().code(), BATON_UNSUPPORTED);
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
