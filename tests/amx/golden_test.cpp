// Recorded models of integers give the same bits with the AMX kernels inside the plugin, with one
// thread and with two: those that cpu_levels_test runs at the other levels.
#include "tests/amx/plugin.h"
#include "tests/golden/integer_models.h"

namespace baton::test {
namespace {

// A trapped instruction takes some 10 us, and this model has 350,000: as many as all others
// together. It is made of the layers of mobilenet_v2_1.0_224_quant, which is run.
constexpr const char* kTooLong = "segmentation/deeplabv3_mnv2_dm05_pascal_quant.tflite";

class AmxGolden : public AmxPluginTest {};

TEST_F(AmxGolden, SameBitsWithAnyNumberOfThreads) {
  if (!shared_data()) GTEST_SKIP() << "no shared data";
  size_t taken_models = 0, left_out = 0;
  for (const IntegerModel& model : integer_models()) {
    if (model.entry.model == kTooLong) {
      ++left_out;
      continue;
    }
    bool taken = false;
    for (const uint32_t threads : {1u, 2u}) {
      SCOPED_TRACE(model.entry.model + ", threads " + std::to_string(threads));
      expect_bits(model, on_amx({{"isa", "amx"}}), threads, &taken);
    }
    taken_models += taken;
  }
  EXPECT_EQ(left_out, 1u);
  EXPECT_GE(taken_models, 51u);
}

}  // namespace
}  // namespace baton::test
