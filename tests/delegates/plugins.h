// Paths of the plugins that the tests load, and a log that is kept.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "tests/session/fixture.h"

namespace baton::test {

inline std::string test_plugin(const std::string& name) {
  return std::string(BATON_TEST_PLUGINS_DIR) + "/libbaton_" + name + ".so";
}

inline std::string shipped_plugin(const std::string& name) {
  return std::string(BATON_PLUGINS_DIR) + "/libbaton_" + name + ".so";
}

// Warnings and errors of one runtime.
class KeptLog {
 public:
  baton_runtime_options options() {
    baton_runtime_options options = BATON_RUNTIME_OPTIONS_INIT;
    options.log = [](void* self, int32_t level, const char* text) {
      auto* log = static_cast<KeptLog*>(self);
      const std::lock_guard lock(log->mutex_);
      if (level <= BATON_LOG_WARNING) log->lines_.push_back(text);
    };
    options.log_user = this;
    return options;
  }
  std::vector<std::string> lines() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

inline std::vector<std::string> events(const Placement& placement) {
  std::vector<std::string> result;
  for (uint32_t i = 0; placement.event(i) != nullptr; ++i) result.push_back(placement.event(i));
  return result;
}

// float32 within 1e-5 of the largest value, anything else bit for bit.
inline void expect_same(const Session& session, const std::vector<std::vector<uint8_t>>& actual,
                        const std::vector<std::vector<uint8_t>>& expected,
                        const std::string& place) {
  ASSERT_EQ(actual.size(), expected.size()) << place;
  for (uint32_t i = 0; i < actual.size(); ++i) {
    ASSERT_EQ(actual[i].size(), expected[i].size()) << place;
    if (session.output(i).dtype != BATON_FLOAT32) {
      EXPECT_EQ(actual[i], expected[i]) << place << ", output " << i;
      continue;
    }
    double largest = 0, error = 0;
    for (size_t j = 0; j + 4 <= actual[i].size(); j += 4) {
      float a = 0, e = 0;
      std::memcpy(&a, &actual[i][j], 4);
      std::memcpy(&e, &expected[i][j], 4);
      largest = std::max(largest, std::abs(static_cast<double>(e)));
      error = std::max(error, std::abs(static_cast<double>(a) - e));
    }
    EXPECT_LE(error, 1e-5 * largest) << place << ", output " << i;
  }
}

}  // namespace baton::test
