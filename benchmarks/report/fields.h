// Reading a report (docs/benchmarking.md): what is absent, null or of another type than expected is
// "not known", so that reports of older and newer versions, and broken ones, can be shown.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace baton::report {

using Json = nlohmann::ordered_json;

// Null when it is not there.
const Json& field(const Json& object, const char* key);
// An empty array when there is none.
const Json& list(const Json& object, const char* key);
// Finite numbers only.
std::optional<double> number(const Json& object, const char* key);
// One line of printable UTF-8; "" when it is no string.
std::string text(const Json& object, const char* key);
// The array's numbers that can be times: finite and above zero.
std::vector<double> times(const Json& object, const char* key);
// Of a list's objects: times under `key`.
std::vector<double> times_of(const Json& objects, const char* key);

// ---- Of an entry of "results"
// -----------------------------------------------------------------------

bool succeeded(const Json& row);
// "fake_npu:costs=false (Fake NPU)", with threads and precision where they are not 1 and "exact".
std::string runner(const Json& row, bool with_device = true);
// What went wrong, as a sentence; "" when nothing did.
std::string failure(const Json& row);
// "60 of 65"; "" when it is not known.
std::string delegated(const Json& row);

// Warnings of the whole report, then those of the rows, each once, with where it applies.
std::vector<std::string> warnings(const Json& report);

// ---- Numbers for people
// -----------------------------------------------------------------------------

// "12.34", "0.001234": four significant digits; `absent` when it is not known.
std::string short_number(std::optional<double> value, const std::string& absent = "");
// "12.3 %" of a share of 1.
std::string percent(std::optional<double> share, const std::string& absent = "");
// "300.8 M"
std::string count_text(std::optional<double> value, const std::string& absent = "");
// "13.3 MiB"
std::string bytes_text(std::optional<double> value, const std::string& absent = "");

}  // namespace baton::report
