// LSTM and UNIDIRECTIONAL_SEQUENCE_LSTM against their definition in double.
#include "tests/ops/lstm_cases.h"

namespace baton::test {
namespace {

baton_unidirectional_sequence_lstm_attributes sequence_attributes(const LstmSpec& s) {
  baton_unidirectional_sequence_lstm_attributes attributes =
      BATON_UNIDIRECTIONAL_SEQUENCE_LSTM_ATTRIBUTES_INIT;
  attributes.fused_activation_function = s.activation;
  attributes.cell_clip = static_cast<float>(s.cell_clip);
  attributes.proj_clip = static_cast<float>(s.proj_clip);
  attributes.time_major = s.time_major;
  attributes.diagonal_recurrent_tensors = s.diagonal;
  return attributes;
}

baton_lstm_attributes step_attributes(const LstmSpec& s) {
  baton_lstm_attributes attributes = BATON_LSTM_ATTRIBUTES_INIT;
  attributes.fused_activation_function = s.activation;
  attributes.cell_clip = static_cast<float>(s.cell_clip);
  attributes.proj_clip = static_cast<float>(s.proj_clip);
  return attributes;
}

void expect_near(const Reals& actual, const Reals& expected, double tolerance, const char* what) {
  ASSERT_EQ(actual.size(), expected.size());
  double worst = 0;
  for (size_t i = 0; i < actual.size(); ++i) {
    worst = std::max(worst, std::abs(actual[i] - expected[i]));
  }
  EXPECT_LE(worst, tolerance) << what;
}

Reals reals(const std::vector<float>& values) { return {values.begin(), values.end()}; }

// Every make-up of a cell.
std::vector<LstmSpec> make_ups() {
  std::vector<LstmSpec> specs;
  for (int bits = 0; bits < 64; ++bits) {
    LstmSpec s;
    s.cifg = bits & 1;
    s.peephole = bits & 2;
    s.projection = bits & 4;
    s.layer_norm = bits & 8;
    s.time_major = bits & 16;
    if (bits & 32) {
      s.cell_clip = 0.4;
      s.proj_clip = 0.3;
      s.projection_bias = s.projection;
    }
    specs.push_back(s);
  }
  return specs;
}

std::vector<LstmSpec> sizes_and_activations() {
  std::vector<LstmSpec> specs;
  for (const auto& [batch, time, inputs, cells] :
       {std::array{1, 1, 1, 1}, std::array{3, 1, 2, 4}, std::array{1, 7, 3, 5},
        std::array{0, 2, 3, 4}, std::array{2, 0, 3, 4}, std::array{3, 2, 1, 2},
        std::array{4, 5, 9, 13}}) {
    for (const bool projection : {false, true}) {
      LstmSpec s;
      s.batch = batch, s.time = time, s.inputs = inputs, s.cells = cells;
      s.projection = projection;
      specs.push_back(s);
      s.time_major = true;
      specs.push_back(s);
    }
  }
  for (const int32_t activation : {BATON_ACTIVATION_NONE, BATON_ACTIVATION_RELU,
                                   BATON_ACTIVATION_RELU_N1_TO_1, BATON_ACTIVATION_RELU6}) {
    LstmSpec s;
    s.activation = activation;
    specs.push_back(s);
  }
  LstmSpec s;
  s.diagonal = true;
  specs.push_back(s);
  s.cifg = s.peephole = true;
  specs.push_back(s);
  return specs;
}

// Two runs, the second from the states that the first has left.
void check_float_sequence(const LstmSpec& s) {
  SCOPED_TRACE(s.text());
  LstmNumbers numbers(s);
  for (int run = 0; run < 2; ++run) {
    OpHarness op(BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM);
    LstmNode(op, {}).add(s, numbers);
    op.output(BATON_FLOAT32).attributes(sequence_attributes(s)).threads(run + 1u);
    ASSERT_TRUE(op.run()) << op.message();
    const Reals expected = lstm_oracle(s, numbers);
    EXPECT_EQ(op.dims(), (s.time_major ? Dims{s.time, s.batch, s.outputs()}
                                       : Dims{s.batch, s.time, s.outputs()}));
    expect_near(reals(op.result<float>()), expected, 5e-6, "output");
    expect_near(reals(op.state<float>(18)), numbers.output_state, 5e-6, "output state");
    expect_near(reals(op.state<float>(19)), numbers.cell_state, 5e-6, "cell state");
    numbers.input = scattered(numbers.input.size(), -1, 1, 99);
  }
}

TEST(SequenceLstm, FloatOfEveryMakeUp) {
  for (const LstmSpec& s : make_ups()) check_float_sequence(s);
}

TEST(SequenceLstm, FloatOfOddSizesAndActivations) {
  for (const LstmSpec& s : sizes_and_activations()) check_float_sequence(s);
}

TEST(Lstm, FloatSteps) {
  for (LstmSpec s : make_ups()) {
    if (s.time_major) continue;
    s.time = 1;
    SCOPED_TRACE(s.text());
    LstmNumbers numbers(s, 50);
    for (int run = 0; run < 3; ++run) {
      OpHarness op(BATON_OP_LSTM);
      LstmNode(op, {}).single_step().add(s, numbers);
      op.output(BATON_FLOAT32).attributes(step_attributes(s)).threads(3);
      ASSERT_TRUE(op.run()) << op.message();
      const Reals expected = lstm_oracle(s, numbers);
      EXPECT_EQ(op.dims(), (Dims{s.batch, s.outputs()}));
      expect_near(reals(op.result<float>()), expected, 5e-6, "output");
      expect_near(reals(op.state<float>(19)), numbers.cell_state, 5e-6, "cell state");
    }
  }
}

// The older form has no places for layer normalisation.
TEST(Lstm, TwentyInputs) {
  LstmSpec s;
  s.time = 1;
  LstmNumbers numbers(s);
  OpHarness op(BATON_OP_LSTM);
  LstmNode(op, {}).single_step().add(s, numbers);
  op.drop_inputs(4).output(BATON_FLOAT32).attributes(step_attributes(s));
  ASSERT_TRUE(op.run()) << op.message();
  expect_near(reals(op.result<float>()), lstm_oracle(s, numbers), 5e-6, "output");
}

// 8-bit weights: vectors are rounded to 1/127 of their largest element on the way.
TEST(SequenceLstm, Hybrid) {
  for (const baton_dtype dtype : {BATON_INT8, BATON_UINT8}) {
    for (const bool asymmetric : {false, true}) {
      for (const LstmSpec& s : make_ups()) {
        SCOPED_TRACE(s.text());
        LstmNumbers numbers(s);
        OpHarness op(BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM);
        LstmFormat format;
        format.weights = format.peephole = {dtype, 0, 0};
        LstmNode(op, format).add(s, numbers);
        auto attributes = sequence_attributes(s);
        attributes.asymmetric_quantize_inputs = asymmetric;
        op.output(BATON_FLOAT32).attributes(attributes).threads(2);
        ASSERT_TRUE(op.run()) << op.message();
        // Layer normalisation magnifies: the sums of few cells lie close together.
        const double tolerance = s.layer_norm ? 0.05 : 0.015;
        expect_near(reals(op.result<float>()), lstm_oracle(s, numbers), tolerance, "output");
        expect_near(reals(op.state<float>(19)), numbers.cell_state, tolerance, "cell state");
      }
    }
  }
}

// Weights and inputs that are exact in 8 bits: nothing is rounded but by the float step itself.
TEST(SequenceLstm, HybridOfExactNumbers) {
  for (const bool asymmetric : {false, true}) {
    LstmSpec s;
    s.time = 1;
    s.projection = false;
    LstmNumbers numbers(s);
    for (double& x : numbers.input) x = std::round(x * 100);
    // Each row spans the whole range, which makes the step 1.
    for (int b = 0; b < s.batch; ++b) {
      numbers.input[static_cast<size_t>(b * s.inputs)] = 127;
      numbers.input[static_cast<size_t>(b * s.inputs + 1)] = asymmetric ? -128 : -127;
    }
    for (auto* matrices : {&numbers.weights, &numbers.recurrent}) {
      for (Reals& matrix : *matrices) {
        for (double& w : matrix) w = std::round(w * 127) / 4096;
        matrix[0] = 127.0 / 4096;
      }
    }
    std::fill(numbers.output_state.begin(), numbers.output_state.end(), 0.0);
    OpHarness op(BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM);
    LstmFormat format;
    format.weights = {BATON_INT8, 1.0f / 4096, 0};
    LstmNode(op, format).add(s, numbers);
    auto attributes = sequence_attributes(s);
    attributes.asymmetric_quantize_inputs = asymmetric;
    op.output(BATON_FLOAT32).attributes(attributes);
    ASSERT_TRUE(op.run()) << op.message();
    expect_near(reals(op.result<float>()), lstm_oracle(s, numbers), 1e-5, "output");
  }
}

// ---- int8 activations, int16 cell state --------------------------------------------------------

struct IntegerRun {
  LstmFormat format;
  float hidden_scale = 1.0f / 128;
  int64_t hidden_zero = 3;

  IntegerRun() {
    format.input = {BATON_INT8, 1.0f / 127, -5};
    format.weights = {BATON_INT8, 0, 0};
    format.peephole = {BATON_INT16, 0, 0};
    format.bias.dtype = BATON_INT32;
    format.norm = {BATON_INT16, 1.5f / 32767, 0};
    format.output_state = {BATON_INT8, 1.0f / 100, 3};
    format.cell_state = {BATON_INT16, 1.0f / 2048, 0};
  }
  void finish(OpHarness& op) const {
    op.output(BATON_INT8, format.output_state.quantization());
    for (int i = 0; i < 4; ++i) {
      op.intermediate(BATON_INT16, Quantization::per_tensor(1.0f / 4096, 0));
    }
    op.intermediate(BATON_INT8, Quantization::per_tensor(hidden_scale, hidden_zero));
  }
};

void check_integer(const LstmSpec& s, IntegerRun run, double units) {
  SCOPED_TRACE(s.text());
  if (!s.projection) {
    run.hidden_scale = run.format.output_state.scale;
    run.hidden_zero = run.format.output_state.zero_point;
  }
  LstmNumbers numbers(s);
  OpHarness op(BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM);
  LstmNode(op, run.format).hidden_scale(run.hidden_scale).add(s, numbers);
  run.finish(op);
  op.attributes(sequence_attributes(s)).threads(2);
  ASSERT_TRUE(op.run()) << op.message();
  const Reals expected = lstm_oracle(s, numbers);
  const auto unit = static_cast<double>(run.format.output_state.scale);
  expect_near(result_reals(op, run.format.output_state), expected, units * unit, "output");
  expect_near(reals_of(op.state<int16_t>(19), run.format.cell_state), numbers.cell_state,
              units * unit, "cell state");
}

TEST(SequenceLstm, IntegerOfEveryMakeUp) {
  for (const LstmSpec& s : make_ups()) {
    // With a projection TensorFlow Lite's peephole leaves cells out: see the next test.
    if (s.layer_norm || (s.peephole && s.projection)) continue;
    check_integer(s, {}, 3.5);
  }
}

TEST(SequenceLstm, IntegerLayerNormalization) {
  for (LstmSpec s : make_ups()) {
    if (!s.layer_norm || (s.peephole && s.projection)) continue;
    s.cells = 8;  // the kernel's variance is exact for powers of two
    check_integer(s, {}, 6);
  }
}

// A projection to fewer outputs than cells: the peephole counts outputs where it should count
// cells, row by row, or over the whole batch when time comes first.
TEST(SequenceLstm, IntegerPeepholeBeforeProjection) {
  for (const bool time_major : {false, true}) {
    LstmSpec s;
    s.peephole = s.projection = true;
    s.time_major = time_major;
    s.time = 1;
    LstmNumbers numbers(s);
    for (auto* group : {&numbers.weights, &numbers.recurrent}) {
      for (Reals& matrix : *group) std::fill(matrix.begin(), matrix.end(), 0.0);
    }
    std::fill(numbers.bias[2].begin(), numbers.bias[2].end(), 0.0);
    // The new state is the forget gate of bias and peephole times the old one.
    LstmNumbers all = numbers;
    IntegerRun run;
    OpHarness op(BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM);
    run.format.weights.scale = 0.01f;
    LstmNode(op, run.format).hidden_scale(run.hidden_scale).add(s, all);
    run.finish(op);
    op.attributes(sequence_attributes(s));
    ASSERT_TRUE(op.run()) << op.message();
    const Reals left = reals_of(op.state<int16_t>(19), run.format.cell_state);
    for (int b = 0; b < s.batch; ++b) {
      for (int u = 0; u < s.cells; ++u) {
        const int flat_index = b * s.cells + u;
        const int reached = s.time_major ? flat_index : u;
        const int limit = s.time_major ? s.batch * s.outputs() : s.outputs();
        const double old = all.cell_state[static_cast<size_t>(flat_index)];
        double sum = all.bias[1][static_cast<size_t>(u)];
        if (reached < limit) {
          sum += all.peephole[1][static_cast<size_t>(reached % s.outputs())] * old;
        }
        EXPECT_NEAR(left[static_cast<size_t>(flat_index)], old / (1 + std::exp(-sum)), 2e-3)
            << b << " " << u;
      }
    }
  }
}

// One cell, by hand: weights 0 but for the cell gate's.
TEST(Lstm, IntegerByHand) {
  OpHarness op(BATON_OP_LSTM);
  const Quantization one = Quantization::per_tensor(1.0f / 4096, 0);
  op.input<int8_t>({1, 1}, {100}, Quantization::per_tensor(1, 0));
  for (const int8_t w : {0, 0, 41, 0}) op.input<int8_t>({1, 1}, {w}, one);
  for (int i = 0; i < 4; ++i) op.input<int8_t>({1, 1}, {0}, one);
  for (int i = 0; i < 3; ++i) op.absent_input();
  for (int i = 0; i < 4; ++i) op.input<int32_t>({1}, {0});
  for (int i = 0; i < 2; ++i) op.absent_input();
  op.variable<int8_t>({1, 1}, {0}, Quantization::per_tensor(1.0f / 128, 0));
  op.variable<int16_t>({1, 1}, {1000}, Quantization::per_tensor(1.0f / 2048, 0));
  op.output(BATON_INT8, Quantization::per_tensor(1.0f / 128, 0));
  for (int i = 0; i < 4; ++i) op.intermediate(BATON_FLOAT32);
  op.intermediate(BATON_INT8, Quantization::per_tensor(1.0f / 128, 0));
  LstmSpec s;
  for (int i = 0; i < 4; ++i) op.absent_input();
  op.attributes(step_attributes(s));
  ASSERT_TRUE(op.run()) << op.message();
  // Gates are 1/2 (16384 of 32768). The cell gate: 4100 in units of 2^-12, tanh = 0.76200 = 24969.
  // State: 1000 / 2 + 16384 * 24969 / 2^19 = 500 + 780.28; output: tanh(1280 / 2048) / 2 * 128
  // = 35.5 -.
  EXPECT_EQ(op.state<int16_t>(19), (std::vector<int16_t>{1280}));
  EXPECT_EQ(op.result<int8_t>(), (std::vector<int8_t>{35}));
  EXPECT_EQ(op.state<int8_t>(18), (std::vector<int8_t>{35}));
}

// ---- The basic kernel --------------------------------------------------------------------------

baton_lstm_attributes basic_attributes() {
  baton_lstm_attributes attributes = BATON_LSTM_ATTRIBUTES_INIT;
  attributes.kernel_type = BATON_LSTM_KERNEL_TYPE_BASIC;
  return attributes;
}

struct BasicCell {
  int batch = 2, inputs = 3, units = 5;
  Reals input, output, weights, bias, state;

  BasicCell() {
    const auto count = [](int n) { return static_cast<size_t>(n); };
    input = scattered(count(batch * inputs), -1, 1, 1);
    output = scattered(count(batch * units), -0.9, 0.9, 2);
    weights = scattered(count(4 * units * (inputs + units)), -1, 1, 3);
    bias = scattered(count(4 * units), -1, 1, 4);
    state = scattered(count(batch * units), -2, 2, 5);
  }
  // Replaces output and state by the next ones.
  void step() {
    const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
    Reals next = output;
    for (int b = 0; b < batch; ++b) {
      for (int u = 0; u < units; ++u) {
        double sums[4];
        for (int gate = 0; gate < 4; ++gate) {
          const int row = gate * units + u;
          sums[gate] = bias[static_cast<size_t>(row)];
          for (int i = 0; i < inputs + units; ++i) {
            const double x = i < inputs ? input[static_cast<size_t>(b * inputs + i)]
                                        : output[static_cast<size_t>(b * units + i - inputs)];
            sums[gate] += x * weights[static_cast<size_t>(row * (inputs + units) + i)];
          }
        }
        double& c = state[static_cast<size_t>(b * units + u)];
        c = sigmoid(sums[0]) * std::tanh(sums[1]) + sigmoid(sums[2]) * c;
        next[static_cast<size_t>(b * units + u)] = sigmoid(sums[3]) * std::tanh(c);
      }
    }
    output = next;
  }
};

std::vector<float> floats(const Reals& numbers) { return {numbers.begin(), numbers.end()}; }

TEST(Lstm, BasicFloat) {
  for (const bool variables : {true, false}) {
    BasicCell cell;
    OpHarness op(BATON_OP_LSTM);
    op.input({cell.batch, cell.inputs}, floats(cell.input));
    const Dims dims{cell.batch, cell.units};
    const auto add_state = [&](const Reals& numbers) {
      variables ? op.variable(dims, floats(numbers)) : op.input(dims, floats(numbers));
    };
    add_state(cell.output);
    op.input({4 * cell.units, cell.inputs + cell.units}, floats(cell.weights));
    op.input({4 * cell.units}, floats(cell.bias));
    add_state(cell.state);
    for (int i = 0; i < 4; ++i) op.output(BATON_FLOAT32);
    op.attributes(basic_attributes()).threads(2);
    ASSERT_TRUE(op.run()) << op.message();
    const Reals old = cell.output;
    cell.step();
    expect_near(reals(op.result<float>(0)), cell.output, 2e-6, "output");
    expect_near(reals(op.result<float>(1)), cell.state, 2e-6, "state");
    EXPECT_EQ(op.dims(2), (Dims{cell.batch, cell.inputs + cell.units}));
    EXPECT_EQ(op.dims(3), (Dims{cell.batch, 4 * cell.units}));
    expect_near(reals(op.state<float>(1)), variables ? cell.output : old, 2e-6, "kept output");
  }
}

TEST(Lstm, BasicUint8) {
  BasicCell cell;
  const ElementType activation{BATON_UINT8, 1.0f / 128, 128};
  const ElementType weights{BATON_UINT8, 1.0f / 100, 120};
  const ElementType state{BATON_INT16, 1.0f / 2048, 0};
  OpHarness op(BATON_OP_LSTM);
  add_input(op, {cell.batch, cell.inputs}, cell.input, activation);
  const auto output = stored<uint8_t>(cell.output, activation);
  cell.output = reals_of(output, activation);
  op.variable({cell.batch, cell.units}, output, activation.quantization());
  add_input(op, {4 * cell.units, cell.inputs + cell.units}, cell.weights, weights);
  std::vector<int32_t> bias;
  for (double& b : cell.bias) {
    bias.push_back(static_cast<int32_t>(std::lround(b * 12800)));
    b = bias.back() / 12800.0;
  }
  op.input({4 * cell.units}, bias, Quantization::per_tensor(1.0f / 12800, 0));
  const auto kept = stored<int16_t>(cell.state, state);
  cell.state = reals_of(kept, state);
  op.variable({cell.batch, cell.units}, kept, state.quantization());
  op.output(BATON_UINT8, activation.quantization()).output(BATON_INT16, state.quantization());
  op.output(BATON_UINT8).output(BATON_INT16);
  op.attributes(basic_attributes()).threads(2);
  ASSERT_TRUE(op.run()) << op.message();
  cell.step();
  expect_near(result_reals(op, activation, 0), cell.output, 1.01 / 128, "output");
  expect_near(result_reals(op, state, 1), cell.state, 2e-3, "state");
}

// ---- Refusals ----------------------------------------------------------------------------------

// What infer says to a float node after `change`.
template <typename Change>
std::string refusal(const Change& change, LstmSpec s = {}) {
  OpHarness op(BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM);
  LstmNumbers numbers(s);
  LstmNode(op, {}).add(s, numbers);
  op.output(BATON_FLOAT32);
  auto attributes = sequence_attributes(s);
  change(op, attributes);
  const Status status = op.attributes(attributes).prepare();
  return status.ok() ? "" : status.message();
}

TEST(SequenceLstm, MissingTensors) {
  using Attributes = baton_unidirectional_sequence_lstm_attributes;
  LstmSpec full;
  full.peephole = full.projection = full.projection_bias = full.layer_norm = true;
  // Each alone: a cell has all of a kind, or none.
  for (int i = 1; i < 24; ++i) {
    if (i == 17) continue;  // the projection's bias is optional
    const std::string message =
        refusal([&](OpHarness& op, Attributes&) { op.remove_input(static_cast<size_t>(i)); }, full);
    EXPECT_NE(message, "") << i;
    EXPECT_EQ(message.find('\n'), std::string::npos);
  }
  const auto drop = [](size_t i) {
    return [i](OpHarness& op, Attributes&) { op.remove_input(i); };
  };
  EXPECT_EQ(refusal(drop(17), full), "");
  EXPECT_EQ(refusal(drop(14)), "the cell gate lacks its bias");
  EXPECT_EQ(refusal(drop(10), full), "the forget gate lacks its peephole weights");
  EXPECT_EQ(refusal(drop(16), full), "there is a projection bias, but no projection weights");
}

TEST(SequenceLstm, BadShapesAndAttributes) {
  using Attributes = baton_unidirectional_sequence_lstm_attributes;
  LstmSpec full;
  full.peephole = full.projection = full.projection_bias = full.layer_norm = true;
  // One more row or element in each tensor.
  for (size_t i = 1; i < 24; ++i) {
    const auto grow = [&](OpHarness& op, Attributes&) { op.grow_input(i); };
    EXPECT_NE(refusal(grow, full), "") << i;
  }
  EXPECT_EQ(refusal([](OpHarness&, Attributes& a) { a.cell_clip = -1; }),
            "the clips are -1 and 0; they must not be negative");
  EXPECT_NE(refusal([](OpHarness&, Attributes& a) { a.proj_clip = NAN; }), "");
  EXPECT_NE(refusal([](OpHarness&, Attributes& a) { a.fused_activation_function = 17; }), "");
  EXPECT_NE(refusal([](OpHarness& op, Attributes&) { op.drop_inputs(2); }), "");
  LstmSpec diagonal;
  diagonal.diagonal = true;
  EXPECT_NE(refusal([](OpHarness&, Attributes& a) { a.diagonal_recurrent_tensors = 0; }, diagonal),
            "");
  EXPECT_EQ(refusal([](OpHarness&, Attributes&) {}, diagonal), "");
}

TEST(SequenceLstm, BadTypesAndScales) {
  LstmSpec s;
  s.time = 1;
  const auto integer = [&](const auto& change) {
    IntegerRun run;
    int intermediates = 5;
    change(run, intermediates);
    LstmNumbers numbers(s);
    OpHarness op(BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM);
    LstmNode(op, run.format).add(s, numbers);
    run.finish(op);
    if (intermediates == 6) op.intermediate(BATON_INT8);
    return op.attributes(sequence_attributes(s)).prepare().ok();
  };
  EXPECT_TRUE(integer([](IntegerRun&, int&) {}));
  EXPECT_FALSE(integer([](IntegerRun&, int& count) { count = 6; }));
  EXPECT_FALSE(integer([](IntegerRun& run, int&) { run.format.cell_state.scale = 0.001f; }));
  EXPECT_FALSE(integer([](IntegerRun& run, int&) { run.format.cell_state.scale = 1.0f / 256; }));
  EXPECT_FALSE(integer([](IntegerRun& run, int&) { run.format.cell_state.scale = 0x1p-16f; }));
  EXPECT_FALSE(integer([](IntegerRun& run, int&) { run.hidden_scale = 0; }));
  EXPECT_FALSE(integer([](IntegerRun& run, int&) { run.hidden_zero = 300; }));
  EXPECT_FALSE(integer([](IntegerRun& run, int&) { run.format.bias.dtype = BATON_FLOAT32; }));
  EXPECT_FALSE(integer([](IntegerRun& run, int&) { run.format.weights = {}; }));
  // States that are no variables.
  for (const size_t i : {18, 19}) {
    EXPECT_NE(refusal([&](OpHarness& op, auto&) { op.make_plain(i); }), "") << i;
  }
}

// Without rows there is nothing to do in any number of steps; with rows the user may stop it.
TEST(SequenceLstm, StopsEarly) {
  LstmSpec s;
  s.batch = 0, s.time = INT32_MAX, s.inputs = 1, s.cells = 1, s.time_major = true;
  LstmNumbers empty(s);
  OpHarness none(BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM);
  LstmNode(none, {}).add(s, empty);
  none.output(BATON_FLOAT32).attributes(sequence_attributes(s)).threads(1).cancelled();
  EXPECT_TRUE(none.run()) << none.message();

  s.batch = 1, s.time = 20;
  LstmNumbers numbers(s);
  for (const baton_dtype weights : {BATON_FLOAT32, BATON_INT8}) {
    OpHarness op(BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM);
    LstmFormat format;
    format.weights = {weights, weights == BATON_INT8 ? 0.01f : 0, 0};
    LstmNode(op, format).add(s, numbers);
    op.output(BATON_FLOAT32).attributes(sequence_attributes(s)).threads(1).cancelled();
    EXPECT_FALSE(op.run());
    EXPECT_EQ(op.status().code(), BATON_CANCELLED);
  }
}

TEST(Lstm, Refusals) {
  OpHarness op(BATON_OP_LSTM);
  LstmSpec s;
  s.time = 1;
  LstmNumbers numbers(s);
  LstmNode(op, {}).single_step().add(s, numbers);
  op.output(BATON_FLOAT32);
  auto attributes = step_attributes(s);
  EXPECT_TRUE(op.attributes(attributes).prepare().ok());
  attributes.kernel_type = 2;
  EXPECT_FALSE(op.attributes(attributes).prepare().ok());
  attributes.kernel_type = BATON_LSTM_KERNEL_TYPE_BASIC;
  EXPECT_FALSE(op.attributes(attributes).prepare().ok());  // 24 inputs
}

TEST(Lstm, Versions) {
  const auto version = [](int32_t code, baton_dtype weights, bool asymmetric, bool diagonal) {
    LstmSpec s;
    s.time = 1;
    s.diagonal = diagonal;
    LstmNumbers numbers(s);
    OpHarness op(code);
    LstmFormat format;
    format.weights = {weights, 0, 0};
    LstmNode node(op, format);
    if (code == BATON_OP_LSTM) node.single_step();
    node.add(s, numbers);
    op.output(BATON_FLOAT32);
    auto sequence = sequence_attributes(s);
    sequence.asymmetric_quantize_inputs = asymmetric;
    auto step = step_attributes(s);
    step.asymmetric_quantize_inputs = asymmetric;
    code == BATON_OP_LSTM ? op.attributes(step) : op.attributes(sequence);
    EXPECT_TRUE(op.prepare().ok());
    return op.op()->min_version(op.context());
  };
  EXPECT_EQ(version(BATON_OP_LSTM, BATON_FLOAT32, false, false), 1);
  EXPECT_EQ(version(BATON_OP_LSTM, BATON_INT8, false, false), 3);
  EXPECT_EQ(version(BATON_OP_LSTM, BATON_INT8, true, false), 4);
  EXPECT_EQ(version(BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, BATON_FLOAT32, true, false), 1);
  EXPECT_EQ(version(BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, BATON_INT8, false, false), 2);
  EXPECT_EQ(version(BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, BATON_INT8, true, false), 3);
  EXPECT_EQ(version(BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, BATON_FLOAT32, false, true), 4);
}

}  // namespace
}  // namespace baton::test
