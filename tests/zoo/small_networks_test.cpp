#include <gtest/gtest.h>

#include "tests/zoo/activations.h"

namespace baton::test {
namespace {

class SmallNetworks : public testing::TestWithParam<const char*> {};

TEST_P(SmallNetworks, HaveSaneActivations) { expect_sane_activations(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Zoo, SmallNetworks,
                         testing::Values("mobilenet_v1_0.25_128", "mobilenet_v2_0.35_96",
                                         "mobilenet_v3_small", "squeezenet_1.1", "ds_cnn",
                                         "lstm_tagger", "transformer_encoder"));

}  // namespace
}  // namespace baton::test
