// Times of operators as TensorFlow Lite's tool prints them: in the order of running, by time, by
// type.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace baton::benchmarks {

// `result`: a row of the report, with "ops".
std::string profile_tables(const nlohmann::ordered_json& result);
std::string profile_csv(const nlohmann::ordered_json& result);

}  // namespace baton::benchmarks
