// The corpus holds what fuzz_write_seeds writes, whichever compiler built it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/fuzz/operator_case.h"
#include "tests/fuzz/seed_models.h"

namespace baton::fuzz {
namespace {

void expect_file(const std::string& name, const std::vector<uint8_t>& bytes) {
  std::ifstream stream(std::filesystem::path(BATON_FUZZ_CORPUS) / name, std::ios::binary);
  const std::vector<uint8_t> found{std::istreambuf_iterator<char>(stream), {}};
  EXPECT_TRUE(found == bytes) << name << ": run fuzz_write_seeds tests/fuzz/corpus";
}

TEST(Seeds, AreUpToDate) {
  for (const SeedModel& model : seed_models()) {
    for (const char* target : {"fuzz_reader/", "fuzz_model/"}) {
      expect_file(target + model.name + ".tflite", model.file);
    }
  }
  for (const auto& [name, choices] : operator_seeds()) {
    expect_file("fuzz_operator/" + name, choices);
  }
}

}  // namespace
}  // namespace baton::fuzz
