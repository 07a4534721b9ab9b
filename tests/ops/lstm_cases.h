// LSTM cells of any make-up, their steps in double, and the operators' nodes for them.
#pragma once

#include <array>
#include <string>

#include "tests/ops/op_cases.h"

namespace baton::test {

struct LstmSpec {
  bool cifg = false;
  bool peephole = false;
  bool projection = false;
  bool projection_bias = false;
  bool layer_norm = false;
  bool time_major = false;
  bool diagonal = false;
  double cell_clip = 0;
  double proj_clip = 0;
  int32_t activation = BATON_ACTIVATION_TANH;
  int batch = 2;
  int time = 3;
  int inputs = 5;
  int cells = 7;

  int outputs() const { return projection ? 3 : cells; }
  std::string text() const {
    std::string all;
    for (const auto& [flag, name] :
         {std::pair{cifg, "cifg "}, std::pair{peephole, "peephole "},
          std::pair{projection, "projection "}, std::pair{projection_bias, "bias "},
          std::pair{layer_norm, "norm "}, std::pair{time_major, "time-major "},
          std::pair{diagonal, "diagonal "}, std::pair{cell_clip + proj_clip > 0, "clips "}}) {
      if (flag) all += name;
    }
    return all + std::to_string(batch) + "x" + std::to_string(time) + "x" + std::to_string(inputs) +
           "x" + std::to_string(cells);
  }
};

// Gates: input, forget, cell, output. Unused ones are empty.
struct LstmNumbers {
  std::array<Reals, 4> weights, recurrent, peephole, bias, norm;
  Reals projection, projection_bias;
  Reals output_state, cell_state;
  Reals input;  // [batch, time, inputs] or time first

  explicit LstmNumbers(const LstmSpec& s, uint32_t seed = 1) {
    const auto take = [&](int count, double limit) {
      return scattered(static_cast<size_t>(count), -limit, limit, seed++);
    };
    for (size_t gate = s.cifg ? 1 : 0; gate < 4; ++gate) {
      weights[gate] = take(s.cells * s.inputs, 0.7);
      recurrent[gate] = take(s.diagonal ? s.cells : s.cells * s.outputs(), 0.6);
      bias[gate] = take(s.cells, 0.5);
      if (s.peephole && gate != 2) peephole[gate] = take(s.cells, 0.8);
      if (s.layer_norm) norm[gate] = take(s.cells, 1.1);
    }
    if (s.projection) projection = take(s.outputs() * s.cells, 0.8);
    if (s.projection_bias) projection_bias = take(s.outputs(), 0.4);
    output_state = take(s.batch * s.outputs(), 0.5);
    cell_state = take(s.batch * s.cells, 0.9);
    input = take(s.batch * s.time * s.inputs, 1.0);
  }
};

inline double lstm_activated(double x, int32_t activation) {
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

// All steps in double: returns the output in the input's layout, leaves the states in `n`.
inline Reals lstm_oracle(const LstmSpec& s, LstmNumbers& n) {
  const auto at = [](const Reals& reals, int i) { return reals[static_cast<size_t>(i)]; };
  const int outputs = s.outputs();
  Reals result(static_cast<size_t>(s.batch * s.time * outputs));
  const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
  for (int t = 0; t < s.time; ++t) {
    for (int b = 0; b < s.batch; ++b) {
      const int place = s.time_major ? t * s.batch + b : b * s.time + t;
      double* h = &n.output_state[static_cast<size_t>(b * outputs)];
      double* c = &n.cell_state[static_cast<size_t>(b * s.cells)];
      std::array<Reals, 4> gates;
      const auto sum_gate = [&](size_t gate) {
        Reals& sums = gates[gate];
        sums.assign(static_cast<size_t>(s.cells), 0.0);
        for (int u = 0; u < s.cells; ++u) {
          double& sum = sums[static_cast<size_t>(u)];
          for (int i = 0; i < s.inputs; ++i) {
            sum += at(n.weights[gate], u * s.inputs + i) * at(n.input, place * s.inputs + i);
          }
          for (int i = 0; i < outputs && !s.diagonal; ++i) {
            sum += at(n.recurrent[gate], u * outputs + i) * h[i];
          }
          if (s.diagonal) sum += at(n.recurrent[gate], u) * h[u];
          if (!n.peephole[gate].empty()) sum += at(n.peephole[gate], u) * c[u];
        }
        double mean = 0, variance = 0;
        for (const double sum : sums) mean += sum / s.cells;
        for (const double sum : sums) variance += (sum - mean) * (sum - mean) / s.cells;
        for (int u = 0; u < s.cells; ++u) {
          double& sum = sums[static_cast<size_t>(u)];
          if (s.layer_norm) {
            sum = (sum - mean) / std::sqrt(variance + 1e-8) * at(n.norm[gate], u);
          }
          sum += at(n.bias[gate], u);
        }
      };
      for (size_t gate = s.cifg ? 1 : 0; gate < 3; ++gate) sum_gate(gate);
      for (int u = 0; u < s.cells; ++u) {
        const double forget = sigmoid(at(gates[1], u));
        const double input = s.cifg ? 1 - forget : sigmoid(at(gates[0], u));
        c[u] = forget * c[u] + input * lstm_activated(at(gates[2], u), s.activation);
        if (s.cell_clip > 0) c[u] = std::clamp(c[u], -s.cell_clip, s.cell_clip);
      }
      sum_gate(3);
      Reals hidden;
      for (int u = 0; u < s.cells; ++u) {
        hidden.push_back(sigmoid(at(gates[3], u)) * lstm_activated(c[u], s.activation));
      }
      for (int o = 0; o < outputs; ++o) {
        double value = s.projection ? 0 : at(hidden, o);
        if (s.projection_bias) value = at(n.projection_bias, o);
        for (int u = 0; u < s.cells && s.projection; ++u) {
          value += at(n.projection, o * s.cells + u) * at(hidden, u);
        }
        if (s.projection && s.proj_clip > 0) value = std::clamp(value, -s.proj_clip, s.proj_clip);
        h[o] = value;
        result[static_cast<size_t>(place * outputs + o)] = value;
      }
    }
  }
  return result;
}

// How the tensors of a node are stored. A scale of 0: chosen so that the largest magnitude fits.
struct LstmFormat {
  ElementType input, weights, peephole, bias, norm, output_state, cell_state;
};

// Adds what belongs to a cell to `op`, in the order of the full kernel, and replaces the numbers by
// what the types can hold.
class LstmNode {
 public:
  LstmNode(OpHarness& op, const LstmFormat& format) : op_(op), format_(format) {}

  void add(const LstmSpec& s, LstmNumbers& n) {
    const Dims places = s.time_major ? Dims{s.time, s.batch} : Dims{s.batch, s.time};
    add_input(op_, sequence_ ? Dims{places[0], places[1], s.inputs} : Dims{s.batch, s.inputs},
              n.input, format_.input);
    for (size_t gate = 0; gate < 4; ++gate) {
      matrix({s.cells, s.inputs}, n.weights[gate], format_.weights);
    }
    for (size_t gate = 0; gate < 4; ++gate) {
      if (s.diagonal) {
        matrix({s.cells}, n.recurrent[gate], {});
      } else {
        matrix({s.cells, s.outputs()}, n.recurrent[gate], format_.weights);
      }
    }
    for (const size_t gate : {0, 1, 3}) matrix({s.cells}, n.peephole[gate], format_.peephole);
    for (size_t gate = 0; gate < 4; ++gate) bias(s, gate, n.bias[gate]);
    matrix({s.outputs(), s.cells}, n.projection, format_.weights);
    projection_bias(s, n.projection_bias);
    state({s.batch, s.outputs()}, n.output_state, format_.output_state);
    state({s.batch, s.cells}, n.cell_state, format_.cell_state);
    for (size_t gate = 0; gate < 4; ++gate) matrix({s.cells}, n.norm[gate], format_.norm);
  }
  // LSTM's input has no time.
  LstmNode& single_step() {
    sequence_ = false;
    return *this;
  }
  // Scales of int32 biases: that of the input's products, or of a projection's.
  LstmNode& hidden_scale(float scale) {
    hidden_scale_ = scale;
    return *this;
  }

 private:
  static ElementType fitted(ElementType type, const Reals& reals) {
    if (type.dtype == BATON_FLOAT32 || type.scale != 0) return type;
    double largest = 1e-6;
    for (const double real : reals) largest = std::max(largest, std::abs(real));
    type.scale = static_cast<float>(largest / (type.dtype == BATON_INT16 ? 32767 : 127));
    return type;
  }
  void matrix(const Dims& dims, Reals& reals, const ElementType& type) {
    if (reals.empty()) {
      op_.absent_input();
      scales_.push_back(0);
      return;
    }
    // uint8 weights hold signed numbers.
    ElementType held = fitted(type, reals);
    if (type.dtype == BATON_UINT8) held = fitted({BATON_INT8, 0, 0}, reals);
    scales_.push_back(held.scale);
    if (type.dtype == BATON_UINT8) {
      const auto content = stored<int8_t>(reals, held);
      op_.raw_input(BATON_UINT8, dims, {content.begin(), content.end()}, held.quantization());
      reals = reals_of(content, held);
    } else {
      add_input(op_, dims, reals, held);
    }
  }
  void scaled_bias(const Dims& dims, Reals& reals, float scale) {
    if (reals.empty()) {
      op_.absent_input();
    } else if (format_.bias.dtype == BATON_FLOAT32) {
      add_input(op_, dims, reals, {});
    } else {
      add_input(op_, dims, reals, {BATON_INT32, 0, 0}, false, scale);
    }
  }
  void add_input(OpHarness& op, const Dims& dims, Reals& reals, const ElementType& type,
                 bool constant = false, float int32_scale = 0) {
    if (int32_scale == 0) return test::add_input(op, dims, reals, type, constant);
    std::vector<int32_t> content;
    for (double& real : reals) {
      content.push_back(static_cast<int32_t>(std::lround(real / static_cast<double>(int32_scale))));
      real = static_cast<double>(int32_scale) * content.back();
    }
    op.input(dims, content, Quantization::per_tensor(int32_scale, 0));
  }
  void bias(const LstmSpec& s, size_t gate, Reals& reals) {
    // With layer normalisation the unit is 2^-10 of the coefficients'.
    const float scale =
        s.layer_norm ? format_.norm.scale / 1024 : scales_[gate] * format_.input.scale;
    scaled_bias({s.cells}, reals, scale);
  }
  void projection_bias(const LstmSpec& s, Reals& reals) {
    scaled_bias({s.outputs()}, reals, scales_.back() * hidden_scale_);
  }
  void state(const Dims& dims, Reals& reals, const ElementType& type) {
    if (type.dtype == BATON_INT8) return hold<int8_t>(dims, reals, type);
    if (type.dtype == BATON_INT16) return hold<int16_t>(dims, reals, type);
    hold<float>(dims, reals, type);
  }
  template <typename T>
  void hold(const Dims& dims, Reals& reals, const ElementType& type) {
    const std::vector<T> content = stored<T>(reals, type);
    op_.variable(dims, content, type.quantization());
    reals = reals_of(content, type);
  }

  OpHarness& op_;
  LstmFormat format_;
  bool sequence_ = true;
  float hidden_scale_ = 0;
  std::vector<float> scales_;
};

}  // namespace baton::test
