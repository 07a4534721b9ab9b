// precision=bf16 on the AMX kernels inside the plugin: the same bits with any number of threads,
// and what the kernels of avx512bf16 give but for the order of sums.
#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "tests/amx/plugin.h"
#include "tests/cpu/models.h"
#include "tests/golden/model_run.h"
#include "tests/session/fixture.h"
#include "tests/support/compare.h"

namespace baton::test {
namespace {

CompileOptions in_bfloat16(const char* isa) {
  return on_amx({{"isa", isa}, {"precision", "bf16"}});
}

using Outputs = std::vector<std::vector<float>>;

Outputs run_on_pattern_as_floats(Session& session) {
  run_on_pattern(session);
  Outputs outputs;
  for (uint32_t i = 0; i < session.output_count(); ++i) outputs.push_back(get(session, i));
  return outputs;
}

// Of the output's largest value.
double distance(const Outputs& actual, const Outputs& expected) {
  double largest = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    const std::vector<double> values(expected[i].begin(), expected[i].end());
    largest = std::max(largest, compare_values(actual[i], values).relative_error());
  }
  return largest;
}

class AmxPrecision : public AmxPluginTest {
 protected:
  // `make` gives a session of a model.
  static void expect_rounding(
      const std::string& name,
      const std::function<Session(const CompileOptions&, uint32_t threads)>& make) {
    SCOPED_TRACE(name);
    Session one = make(in_bfloat16("amx"), 1), two = make(in_bfloat16("amx"), 2);
    Session other = make(in_bfloat16("avx512bf16"), 1), exact = make(on_amx({{"isa", "amx"}}), 1);
    const Outputs outputs = run_on_pattern_as_floats(one);
    EXPECT_EQ(run_on_pattern_as_floats(two), outputs);
    const double from_other = distance(outputs, run_on_pattern_as_floats(other));
    const double from_exact = distance(outputs, run_on_pattern_as_floats(exact));
    EXPECT_GT(from_exact, 1e-5) << "nothing was rounded";
    // In another order a sum may be rounded to another operand of what follows, which is rare.
    EXPECT_LE(from_other, std::max(1e-6, from_exact / 10));
  }
};

TEST_F(AmxPrecision, SmallModels) {
  const std::pair<const char*, File> models[] = {
      {"cnn", small_cnn()},
      {"convolutions of 3 x 3", conv_3x3_model(18, 13)},
      {"convolutions that are resized", resizable_convs_model()},
      {"rnn", rnn_model()},
      {"lstm", lstm_model()},
      {"svdf", svdf_model()}};
  for (const auto& [name, file] : models) {
    const Loaded loaded = load(file);
    expect_rounding(name, [&](const CompileOptions& options, uint32_t threads) {
      return make_session(loaded, options, threads);
    });
  }
}

TEST_F(AmxPrecision, RecordedModels) {
  if (!shared_data()) GTEST_SKIP() << "no shared data";
  const Runtime runtime = or_throw(Runtime::create());
  for (const char* name :
       {"audio/kws_ref_model_float32.tflite", "imagenet/mobilenet_v1_0.25_128_float.tflite",
        "mnist/mnist_lstm_float.tflite", "oneop/transposeconv-validpad-stride2.float32.tflite",
        "tiny/cifar10_resnet_float.tflite"}) {
    const Model model = or_throw(runtime.load((kModels / "tflite" / name).string()));
    expect_rounding(name, [&](const CompileOptions& options, uint32_t threads) {
      return or_throw(or_throw(model.compile(options)).session(threads));
    });
  }
}

}  // namespace
}  // namespace baton::test
