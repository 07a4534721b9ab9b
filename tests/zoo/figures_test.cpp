// What the networks cost is what was published of them.

#include <gtest/gtest.h>

#include <set>

#include "benchmarks/zoo/zoo.h"

namespace baton::test {
namespace {

TEST(Figures, OfAllNetworksAreThePublishedOnes) {
  int compared = 0;
  for (const zoo::Entry& entry : zoo::entries()) {
    const zoo::Facts facts = zoo::facts(entry.name);
    EXPECT_FALSE(facts.inputs.empty()) << entry.name;
    EXPECT_EQ(entry.source.empty(), !entry.multiply_adds.known() && !entry.parameters.known())
        << entry.name;
    if (entry.multiply_adds.known()) {
      EXPECT_TRUE(entry.multiply_adds.fits(facts.multiply_adds - entry.not_counted))
          << entry.name << ": " << facts.multiply_adds << " multiply-adds, published "
          << entry.multiply_adds.millions << " million";
      ++compared;
    }
    if (entry.parameters.known()) {
      EXPECT_TRUE(entry.parameters.fits(facts.parameters))
          << entry.name << ": " << facts.parameters << " parameters, published "
          << entry.parameters.millions << " million";
      ++compared;
    }
  }
  EXPECT_GE(compared, 80);
}

TEST(Figures, FitWithinOnePercentOrTheLastDigit) {
  EXPECT_TRUE((zoo::Figure{300, 1}).fits(302'900'000));
  EXPECT_FALSE((zoo::Figure{300, 1}).fits(303'100'000));
  EXPECT_TRUE((zoo::Figure{14, 1}).fits(13'500'000));
  EXPECT_FALSE((zoo::Figure{14, 1}).fits(13'490'000));
  EXPECT_FALSE((zoo::Figure{11, 1}).fits(11'900'000));
  EXPECT_TRUE((zoo::Figure{11, 1, true}).fits(11'900'000));
  EXPECT_FALSE((zoo::Figure{11, 1, true}).fits(12'000'000 + 10'000));
  EXPECT_FALSE((zoo::Figure{11, 1, true}).fits(10'880'000));
}

// The figures by themselves, whatever the table says: multiply-adds and parameters to the last one,
// as the layers of the papers add up.
TEST(Figures, AreExact) {
  struct Expected {
    const char* name;
    uint64_t multiply_adds;
    uint64_t parameters;
  };
  const Expected expected[] = {
      // With 1000 classes, as others count it: 568740352.
      {"mobilenet_v1_1.0_224", 568740352 + 1024, 4222057},
      {"squeezenet_1.1", 349151936, 1235496},  // torchvision's num_params
      {"ds_cnn", 320000 + 4 * (72000 + 512000) + 768, 22604},
  };
  for (const Expected& network : expected) {
    const zoo::Facts facts = zoo::facts(network.name);
    EXPECT_EQ(facts.multiply_adds, network.multiply_adds) << network.name;
    EXPECT_EQ(facts.parameters, network.parameters) << network.name;
  }
}

TEST(Figures, NamesAreOfOneNetworkEach) {
  std::set<std::string_view> names;
  for (const zoo::Entry& entry : zoo::entries()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_TRUE(zoo::has(entry.name));
  }
  for (const char* name : {"mobilenet_v1", "mobilenet_v2", "squeezenet"}) {
    EXPECT_TRUE(zoo::has(name)) << name;
    EXPECT_EQ(names.count(name), 0u) << name;
  }
  EXPECT_FALSE(zoo::has("mobilenet"));
  EXPECT_THROW(zoo::facts("mobilenet"), std::runtime_error);
}

uint64_t hash(const std::vector<uint8_t>& bytes) {
  uint64_t value = 0xcbf29ce484222325u;
  for (const uint8_t byte : bytes) value = (value ^ byte) * 0x100000001b3u;
  return value;
}

// As g++ and clang build them, optimised or not.
TEST(Files, AreTheSameEverywhere) {
  EXPECT_EQ(hash(zoo::build("ds_cnn")), 5800695124024879107u);
  EXPECT_EQ(hash(zoo::build("mobilenet_v3_small")), 9736445843116629338u);
  EXPECT_EQ(hash(zoo::build("transformer_encoder")), 7423861701549881463u);
}

TEST(Files, FollowFromNameAndSeed) {
  const std::vector<uint8_t> file = zoo::build("ds_cnn");
  EXPECT_EQ(zoo::build("ds_cnn", zoo::Type::kFloat32, 0), file);
  const std::vector<uint8_t> other = zoo::build("ds_cnn", zoo::Type::kFloat32, 1);
  EXPECT_NE(other, file);
  EXPECT_EQ(other.size(), file.size());
  EXPECT_EQ(zoo::build("squeezenet"), zoo::build("squeezenet_1.1"));
}

TEST(Inputs, AreInTheirRangesAndDiffer) {
  for (const char* name : {"ds_cnn", "lstm_tagger"}) {
    const zoo::Facts facts = zoo::facts(name);
    const auto first = zoo::made_up_inputs(name, 1);
    ASSERT_EQ(first.size(), 1u);
    EXPECT_NE(first, zoo::made_up_inputs(name, 2));
    EXPECT_EQ(first, zoo::made_up_inputs(name, 1));
  }
  const auto words = zoo::made_up_inputs("lstm_tagger", 1)[0];
  const auto* numbers = reinterpret_cast<const int32_t*>(words.data());
  int32_t largest = 0;
  for (size_t i = 0; i < words.size() / sizeof(int32_t); ++i) {
    EXPECT_GE(numbers[i], 0);
    EXPECT_LT(numbers[i], 10000);
    largest = std::max(largest, numbers[i]);
  }
  EXPECT_GT(largest, 5000);
}

}  // namespace
}  // namespace baton::test
