// The parts of the page, each from the piece of the report that it shows.
#pragma once

#include <string>
#include <vector>

#include "benchmarks/report/fields.h"

namespace baton::report {

// Of the whole report.
std::string machine_facts(const Json& report);
std::string warning_list(const Json& report);
std::string settings(const Json& report);

// Of a model and its results.
std::string model_facts(const Json& model);
std::string bars(const std::vector<const Json*>& rows);
std::string results_table(const std::string& model, const std::vector<const Json*>& rows);

// Of one result.
std::string status_tag(const Json& row);
std::string row_details(const Json& row);

}  // namespace baton::report
