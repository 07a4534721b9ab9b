#include "benchmarks/machine/warnings.h"

#include <gtest/gtest.h>

namespace baton::benchmarks {
namespace {

Facts good_facts() {
  Facts facts;
  facts.cores = 4;
  facts.online_cpus = 4;
  facts.available_bytes = uint64_t{8} << 30;
  facts.governor = "performance";
  facts.load_1m = 0.5;
  facts.load = Load{0.5, 0.0};
  facts.virtual_machine = false;
  return facts;
}

TEST(Warnings, NoneWhereAllIsWell) { EXPECT_TRUE(machine_warnings(good_facts(), {}).empty()); }

TEST(Warnings, NoneOfWhatIsNotKnown) { EXPECT_TRUE(machine_warnings(Facts{}, {}).empty()); }

TEST(Warnings, OneSentenceForEachReason) {
  const struct {
    const char* text;
    void (*spoil)(Facts& facts, Circumstances& circumstances);
  } cases[] = {
      {"Other processes keep 2.0 of 4 cores busy",
       [](Facts& f, Circumstances&) { f.load->others = 2; }},
      {"hypervisor gives 25.0 %", [](Facts& f, Circumstances&) { f.load->steal = 1; }},
      {"The load average is 3.0 on 4 cores",
       [](Facts& f, Circumstances&) {
         f.load.reset();
         f.load_1m = 3;
       }},
      {"'powersave'", [](Facts& f, Circumstances&) { f.governor = "powersave"; }},
      {"Only 100 MiB", [](Facts& f, Circumstances&) { f.available_bytes = 100 << 20; }},
      {"Note: this is a virtual machine",
       [](Facts& f, Circumstances&) { f.virtual_machine = true; }},
      {"debug build", [](Facts&, Circumstances& c) { c.optimised = false; }},
      {"the address sanitizer", [](Facts&, Circumstances& c) { c.sanitizer = "address"; }},
      {"8 threads share 4 processors", [](Facts&, Circumstances& c) { c.threads = 8; }},
  };
  for (const auto& test : cases) {
    Facts facts = good_facts();
    Circumstances circumstances;
    test.spoil(facts, circumstances);
    const std::vector<std::string> warnings = machine_warnings(facts, circumstances);
    ASSERT_EQ(warnings.size(), 1u) << test.text;
    EXPECT_NE(warnings[0].find(test.text), std::string::npos) << warnings[0];
    EXPECT_EQ(warnings[0].back(), '.') << warnings[0];
  }
}

TEST(Warnings, QuietIsAShareOfTheCores) {
  EXPECT_TRUE(is_quiet({1.1, 0}, 4));
  EXPECT_FALSE(is_quiet({1.3, 0}, 4));
  EXPECT_FALSE(is_quiet({0, 0.1}, 4));
  EXPECT_TRUE(load_warnings({1.1, 0.05}, 4).empty());
  EXPECT_EQ(load_warnings({1.3, 0.1}, 4).size(), 2u);
}

}  // namespace
}  // namespace baton::benchmarks
