// With BATON_ZOO_ALL=1 every network of the zoo.

#include <gtest/gtest.h>

#include <cstdlib>

#include "benchmarks/zoo/zoo.h"
#include "tests/zoo/activations.h"

namespace baton::test {
namespace {

std::vector<std::string> names() {
  std::vector<std::string> list;
  if (std::getenv("BATON_ZOO_ALL") != nullptr) {
    for (const zoo::Entry& entry : zoo::entries()) list.emplace_back(entry.name);
    return list;
  }
  return {"mobilenet_v1_1.0_224",
          "mobilenet_v2_1.0_224",
          "mobilenet_v3_large",
          "inception_v3",
          "resnet_50",
          "efficientnet_lite0",
          "deeplab_v3",
          "ssd_mobilenet"};
}

class LargeNetworks : public testing::TestWithParam<std::string> {};

TEST_P(LargeNetworks, HaveSaneActivations) { expect_sane_activations(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Zoo, LargeNetworks, testing::ValuesIn(names()));

}  // namespace
}  // namespace baton::test
