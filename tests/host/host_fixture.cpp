#include "tests/host/host_fixture.h"

#include <cmath>
#include <cstring>

#include "converter/tflite/layers.h"

namespace baton::test {

namespace t = baton::tflite;

std::string test_plugin(const std::string& name) {
  return std::string(BATON_TEST_PLUGINS_DIR) + "/libbaton_" + name + ".so";
}

HostTest::HostTest() {
  services_ = std::make_shared<HostServices>(
      LogSink{[](void* user, int32_t level, const char* text) {
                if (level <= BATON_LOG_WARNING)
                  static_cast<HostTest*>(user)->log_.emplace_back(text);
              },
              this});
  host_ = std::make_unique<PluginHost>(services_);
  host_->add_search_folder(BATON_TEST_PLUGINS_DIR);
}

HostTest::~HostTest() {
  // Everything is let go by now: what plugins took from the host is back.
  host_.reset();
  EXPECT_EQ(services_->plugin_bytes(), 0u);
}

std::shared_ptr<Plugin> HostTest::load(const std::string& name) {
  auto plugin = host_->load(name);
  EXPECT_TRUE(plugin.ok()) << plugin.status().message();
  return plugin.ok() ? *plugin : nullptr;
}

std::shared_ptr<Delegate> HostTest::delegate(const std::string& name, const Options& options) {
  auto plugin = load(name);
  if (plugin == nullptr) return nullptr;
  auto delegate = Delegate::create(plugin, options);
  EXPECT_TRUE(delegate.ok()) << delegate.status().message();
  return delegate.ok() ? *delegate : nullptr;
}

std::shared_ptr<const Graph> HostTest::graph(const t::GraphBuilder& builder, const Plugin* custom) {
  files_.push_back(builder.finish());
  auto model = Model::from_memory(files_.back().data(), files_.back().size(), {});
  EXPECT_TRUE(model.ok()) << model.status().message();
  if (!model.ok()) return nullptr;
  auto built = Graph::build(
      *model,
      [](void* user, const char* name) -> const Operator* {
        return user != nullptr ? static_cast<const Plugin*>(user)->find_operator(name) : nullptr;
      },
      const_cast<Plugin*>(custom));
  EXPECT_TRUE(built.ok()) << built.status().message();
  return built.ok() ? *built : nullptr;
}

Result<std::shared_ptr<Compiled>> HostTest::compile(
    std::shared_ptr<const Graph> graph, std::vector<std::shared_ptr<Delegate>> delegates,
    bool strict) {
  CompileOptions options;
  options.delegates = std::move(delegates);
  options.strict = strict;
  options.plan.weigh_costs = false;
  return Compiled::create(std::move(graph), std::move(options), services_);
}

Result<std::unique_ptr<Session>> HostTest::session(std::shared_ptr<Compiled> compiled,
                                                   uint32_t threads) {
  SessionOptions options;
  options.threads = threads;
  return Session::create(std::move(compiled), options);
}

Result<Outputs> run_session(Session& session, uint32_t run) {
  BATON_RETURN_IF_ERROR(session.prepare());
  uint32_t x = 12345 + run * 977;
  for (size_t i = 0; i < session.inputs().size(); ++i) {
    Value& value = session.input(i);
    for (int64_t k = 0; k < value.count(); ++k) {
      x = 1664525u * x + 1013904223u;
      const uint32_t byte = x >> 24;
      if (value.dtype() == BATON_FLOAT32) {
        value.as<float>()[k] = static_cast<float>(byte) / 127.5f - 1.0f;
      } else {
        value.as<uint8_t>()[k] = static_cast<uint8_t>(byte);
      }
    }
  }
  BATON_RETURN_IF_ERROR(session.run());
  Outputs outputs;
  for (size_t i = 0; i < session.outputs().size(); ++i) {
    const auto* data = session.output(i).as<uint8_t>();
    outputs.push_back({session.output(i).dtype(), {data, data + session.output(i).bytes()}});
  }
  return outputs;
}

std::string difference(const std::vector<Outputs>& actual, const std::vector<Outputs>& expected) {
  if (actual.size() != expected.size()) {
    return format("%zu runs, %zu expected", actual.size(), expected.size());
  }
  for (size_t run = 0; run < actual.size(); ++run) {
    if (actual[run].size() != expected[run].size()) return "another number of outputs";
    for (size_t i = 0; i < actual[run].size(); ++i) {
      const Output& a = actual[run][i];
      const Output& e = expected[run][i];
      if (a.dtype != e.dtype || a.bytes.size() != e.bytes.size()) return "another type or size";
      if (a.bytes == e.bytes) continue;
      if (a.dtype != BATON_FLOAT32) return format("run %zu, output %zu: other bits", run, i);
      const auto floats = [](const Output& output) {
        std::vector<float> values(output.bytes.size() / sizeof(float));
        std::memcpy(values.data(), output.bytes.data(), output.bytes.size());
        return values;
      };
      const auto x = floats(a);
      const auto y = floats(e);
      float largest = 0;
      for (const float value : y) largest = std::max(largest, std::abs(value));
      for (size_t k = 0; k < x.size(); ++k) {
        if (!(std::abs(x[k] - y[k]) <= 1e-5f * largest)) {
          return format("run %zu, output %zu, element %zu: %g, expected %g", run, i, k,
                        static_cast<double>(x[k]), static_cast<double>(y[k]));
        }
      }
    }
  }
  return "";
}

size_t delegated_nodes(Compiled& compiled) {
  auto plan = compiled.compile_default(0);
  EXPECT_TRUE(plan.ok());
  size_t count = 0;
  for (const Placement& placement : (*plan)->plan.placements) count += placement.delegate >= 0;
  return count;
}

namespace {

// Reproducible weights in [-1, 1].
std::vector<float> weights(size_t count, uint32_t seed) {
  std::vector<float> values(count);
  uint32_t x = seed * 2654435761u + 1;
  for (float& value : values) {
    x = 1664525u * x + 1013904223u;
    value = static_cast<float>(x >> 16) / 32768.0f - 1.0f;
  }
  return values;
}

template <typename T>
std::vector<T> integer_weights(size_t count, uint32_t seed) {
  std::vector<T> values(count);
  uint32_t x = seed * 2654435761u + 1;
  for (T& value : values) {
    x = 1664525u * x + 1013904223u;
    value = static_cast<T>(x >> 24);
  }
  return values;
}

template <typename T>
t::GraphBuilder quantised_model_of(baton_dtype dtype) {
  t::GraphBuilder b;
  const bool is_signed = dtype == BATON_INT8;
  const int64_t zero = is_signed ? 3 : 131;
  const t::Quantization act = t::per_tensor(0.05f, zero);
  const auto filter = [&](int32_t axis, int32_t channels) {
    if (!is_signed) return t::per_tensor(0.013f, 120);
    std::vector<float> scales;
    for (int32_t i = 0; i < channels; ++i)
      scales.push_back(0.007f + 0.002f * static_cast<float>(i));
    return t::per_axis(std::move(scales), axis);
  };
  const auto bias = [&](std::string name, int32_t count) {
    std::vector<int32_t> values;
    for (int32_t i = 0; i < count; ++i) values.push_back(i * 37 - 60);
    const t::Quantization q = is_signed ? t::Quantization{} : t::per_tensor(0.05f * 0.013f);
    return b.constant<int32_t>(std::move(name), {count}, values, q);
  };
  const auto x = b.input("x", dtype, {1, 9, 9, 3}, act);
  const auto cw = b.constant<T>("cw", {4, 3, 3, 3}, integer_weights<T>(108, 1), filter(0, 4));
  const auto conv = t::conv_2d(b, x, cw, bias("cb", 4), {.stride_w = 2, .stride_h = 2},
                               {.name = "conv", .quantization = t::per_tensor(0.4f, zero)});
  const auto dw = b.constant<T>("dw", {1, 3, 3, 4}, integer_weights<T>(36, 2), filter(3, 4));
  const auto depth = t::depthwise_conv_2d(
      b, conv, dw, is_signed ? bias("db", 4) : t::kNoTensor, {.activation = BATON_ACTIVATION_RELU6},
      {.name = "depth", .quantization = t::per_tensor(0.03f, is_signed ? -120 : 8)});
  const auto relu = t::unary(b, BATON_OP_RELU, depth,
                             {.name = "relu", .quantization = t::per_tensor(0.02f, zero)});
  const auto relu6 = t::unary(b, BATON_OP_RELU6, conv,
                              {.name = "relu6", .quantization = t::per_tensor(0.03f, zero)});
  const auto sum = t::binary(b, BATON_OP_ADD, relu, relu6, BATON_ACTIVATION_NONE,
                             {.name = "sum", .quantization = t::per_tensor(0.06f, zero)});
  const auto product = t::binary(b, BATON_OP_MUL, sum, relu, BATON_ACTIVATION_RELU,
                                 {.name = "product", .quantization = t::per_tensor(0.1f, zero)});
  const auto pool = t::pool_2d(b, BATON_OP_AVERAGE_POOL_2D, product, {}, {.name = "pool"});
  const auto flat = t::reshape(b, pool, {1, 16}, {.name = "flat"});
  const auto fw = b.constant<T>("fw", {5, 16}, integer_weights<T>(80, 3),
                                is_signed ? t::per_tensor(0.01f, 0) : t::per_tensor(0.013f, 120));
  const auto full = t::fully_connected(b, flat, fw, t::kNoTensor, {},
                                       {.name = "full", .quantization = t::per_tensor(0.2f, zero)});
  const auto soft =
      t::softmax(b, full, 1.0f,
                 {.name = "soft", .quantization = t::per_tensor(1.0f / 256, is_signed ? -128 : 0)});
  b.output(soft);
  b.output(product);
  return b;
}

}  // namespace

t::GraphBuilder float_model() {
  t::GraphBuilder b;
  const auto x = b.input("x", BATON_FLOAT32, {1, 9, 9, 3});
  const auto cw = b.constant<float>("cw", {4, 3, 3, 3}, weights(108, 1));
  const auto cb = b.constant<float>("cb", {4}, weights(4, 2));
  const auto conv = t::conv_2d(b, x, cw, cb, {.stride_w = 2, .stride_h = 2}, {.name = "conv"});
  const auto dw = b.constant<float>("dw", {1, 3, 3, 4}, weights(36, 3));
  const auto depth = t::depthwise_conv_2d(
      b, conv, dw, t::kNoTensor, {.activation = BATON_ACTIVATION_RELU6}, {.name = "depth"});
  const auto relu = t::unary(b, BATON_OP_RELU, depth, {.name = "relu"});
  const auto relu6 = t::unary(b, BATON_OP_RELU6, conv, {.name = "relu6"});
  const auto sum = t::binary(b, BATON_OP_ADD, relu, relu6, BATON_ACTIVATION_NONE, {.name = "sum"});
  const auto row = b.constant<float>("row", {4}, weights(4, 4));
  const auto product =
      t::binary(b, BATON_OP_MUL, sum, row, BATON_ACTIVATION_RELU, {.name = "product"});
  const auto pool = t::pool_2d(b, BATON_OP_AVERAGE_POOL_2D, product, {}, {.name = "pool"});
  const auto flat = t::reshape(b, pool, {-1, 16}, {.name = "flat"});
  const auto fw = b.constant<float>("fw", {5, 16}, weights(80, 5));
  const auto fb = b.constant<float>("fb", {5}, weights(5, 6));
  const auto full = t::fully_connected(b, flat, fw, fb, {}, {.name = "full"});
  b.output(t::softmax(b, full, 1.0f, {.name = "soft"}));
  b.output(product);
  return b;
}

t::GraphBuilder quantised_model(baton_dtype dtype) {
  return dtype == BATON_INT8 ? quantised_model_of<int8_t>(dtype)
                             : quantised_model_of<uint8_t>(dtype);
}

t::GraphBuilder rnn_model() {
  t::GraphBuilder b;
  const auto x = b.input("x", BATON_FLOAT32, {2, 3});
  const auto w = b.constant<float>("w", {4, 3}, weights(12, 1));
  const auto r = b.constant<float>("r", {4, 4}, weights(16, 2));
  const auto bias = b.constant<float>("b", {4}, weights(4, 3));
  const auto state = b.variable("h", BATON_FLOAT32, {2, 4});
  const auto y = b.tensor("y", BATON_FLOAT32, {2, 4});
  baton_rnn_attributes attributes = BATON_RNN_ATTRIBUTES_INIT;
  attributes.fused_activation_function = BATON_ACTIVATION_TANH;
  b.op(BATON_OP_RNN, {x, w, r, bias, state}, {y}, attributes);
  const auto relu = t::unary(b, BATON_OP_RELU, y, {.name = "relu"});
  b.output(t::binary(b, BATON_OP_ADD, relu, y, BATON_ACTIVATION_NONE, {.name = "sum"}));
  return b;
}

t::GraphBuilder chain_model(int count, int elements) {
  t::GraphBuilder b;
  auto x = b.input("x", BATON_FLOAT32, {1, elements});
  for (int i = 0; i < count; ++i) {
    x = t::unary(b, i % 2 == 0 ? BATON_OP_RELU : BATON_OP_RELU6, x);
  }
  b.output(x);
  return b;
}

}  // namespace baton::test
