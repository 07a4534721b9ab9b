// Recorded models, run and compared.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/golden/model_run.h"
#include "tests/support/golden.h"

namespace baton::test {

// Entries of the index: models that TensorFlow Lite ran, those of them with a fourth run, and those
// that it refused. Empty without the shared data.
std::vector<GoldenEntry> recorded_entries();
std::vector<GoldenEntry> stateful_entries();
std::vector<GoldenEntry> refused_entries();

std::string name_of_test(const testing::TestParamInfo<GoldenEntry>& info);

// Feeds it the inputs of the recording, so many times. "" or the sentence.
std::string run_recorded(ModelRun& run, const Golden& golden, int runs);

// Feeds it inputs of any kind but strings, which stay empty, and runs it once. "" or the sentence.
std::string run_once(ModelRun& run);

// "" when the model, run so many times, gives what was recorded: integers bit for bit, floats
// within `tolerance` of the largest value. `prefix` as of read_golden().
std::string disagreement(ModelRun& run, const GoldenEntry& entry, const std::string& prefix,
                         int runs, double tolerance);

}  // namespace baton::test
