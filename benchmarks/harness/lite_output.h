// What TensorFlow Lite's benchmark_model prints of one row, in the form that scripts parse.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "benchmarks/harness/options.h"
#include "benchmarks/harness/row.h"

namespace baton::benchmarks {

// "count=50 first=4100 curr=4000 min=3990 max=5000 avg=4050.2 std=120", in microseconds.
std::string stat_line(const Timings& us);

// Before the measuring: the settings that are not at their defaults, or all of them.
std::string lite_head(const Options& options);
// After it. `result` is the row's entry in the report; the row has not failed.
std::string lite_result(const Options& options, const Row& row,
                        const nlohmann::ordered_json& result);

}  // namespace baton::benchmarks
