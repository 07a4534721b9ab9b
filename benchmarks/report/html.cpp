#include "benchmarks/report/html.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "benchmarks/report/fields.h"
#include "benchmarks/report/html_parts.h"
#include "benchmarks/report/markup.h"
#include "benchmarks/report/page_assets.h"

namespace baton::report {
namespace {

std::string title(const Json& report) {
  const std::string label = text(report, "label");
  const Json& models = list(report, "models");
  if (!label.empty()) return label;
  if (models.size() > 1) return fmt::format("{} models measured", models.size());
  const std::string model = text(report, "model");
  return model.empty() ? "Benchmark" : model;
}

std::string subtitle(const Json& report) {
  const Json& tool = field(report, "tool");
  std::string line = text(report, "date");
  if (!line.empty()) line += " · ";
  line += fmt::format("{} {}", text(tool, "name").empty() ? "benchmark_model" : text(tool, "name"),
                      text(tool, "version"));
  for (const char* key : {"build", "sanitizer"}) {
    if (!text(tool, key).empty()) line += ", " + text(tool, key);
  }
  return line;
}

// Models in the order in which they were given, each with its results.
struct ModelRows {
  std::string name;
  const Json* model;
  std::vector<const Json*> rows;
};

std::vector<ModelRows> by_model(const Json& report) {
  static const Json kNothing;
  std::vector<ModelRows> models;
  std::map<std::string, size_t> places;
  const auto place = [&](const std::string& name) {
    const auto [found, added] = places.emplace(name, models.size());
    if (added) models.push_back({name, &kNothing, {}});
    return found->second;
  };
  for (const Json& model : list(report, "models")) {
    models[place(text(model, "name"))].model = &model;
  }
  for (const Json& row : list(report, "results")) {
    models[place(text(row, "model"))].rows.push_back(&row);
  }
  return models;
}

// Every model on every delegate: medians in one table.
std::string overview(const std::vector<ModelRows>& models) {
  // A delegate that takes no node of a model has no device there.
  const auto column = [](const Json& row) { return runner(row, false); };
  std::vector<std::string> runners;
  std::map<std::string, size_t> columns;
  for (const ModelRows& model : models) {
    for (const Json* row : model.rows) {
      if (columns.emplace(column(*row), runners.size()).second) runners.push_back(column(*row));
    }
  }
  if (models.size() < 2) return "";

  std::vector<Heading> headings = {{"Model"}};
  for (const std::string& name : runners) headings.push_back({name, true});
  std::vector<std::vector<Cell>> lines;
  for (size_t m = 0; m < models.size(); ++m) {
    std::vector<Cell> line(headings.size());
    line[0].html = fmt::format("<a href=\"#m{}\">{}</a>", m, escaped(models[m].name));
    std::optional<double> best;
    for (const Json* row : models[m].rows) {
      const auto median = succeeded(*row) ? number(*row, "median_ms") : std::nullopt;
      if (median && (!best || *median < *best)) best = median;
    }
    for (const Json* row : models[m].rows) {
      Cell& cell = line[columns.at(column(*row)) + 1];
      cell.value = succeeded(*row) ? number(*row, "median_ms") : std::nullopt;
      cell.html = cell.value ? short_number(cell.value) : status_tag(*row);
      if (cell.value && cell.value == best && models[m].rows.size() > 1) {
        cell.html = "<strong>" + cell.html + "</strong>";
      }
    }
    lines.push_back(std::move(line));
  }
  return "<section id=\"overview\"><h2>Overview</h2>\n" +
         table("Median time in milliseconds; the fastest of each model in bold", headings, lines) +
         "</section>\n";
}

std::string model_section(const ModelRows& model, size_t index) {
  std::string html = fmt::format(
      "<section class=\"model\" id=\"m{}\" data-name=\"{}\">\n<h2>{}</h2>\n", index,
      escaped(model.name), escaped(model.name.empty() ? "Model without a name" : model.name));
  html += model_facts(*model.model);
  if (model.rows.empty()) return html + "<p>Nothing was measured.</p></section>\n";
  html += bars(model.rows) + results_table(model.name, model.rows);
  for (const Json* row : model.rows) html += row_details(*row);
  return html + "</section>\n";
}

}  // namespace

std::string html_report(const Json& report) {
  const std::vector<ModelRows> models = by_model(report);
  // The page's own script and style are all that may run.
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; "
      "form-action 'none'\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<title>{} – Baton benchmark</title>\n<style>\n",
      escaped(title(report)));
  html += kPageStyle;
  html +=
      fmt::format("</style>\n</head>\n<body>\n<header><h1>{}</h1>\n<p>{}</p></header>\n<main>\n",
                  escaped(title(report)), escaped(subtitle(report)));
  html += machine_facts(report);
  html += warning_list(report);
  if (list(report, "results").empty()) html += "<p>The report has no results.</p>\n";
  html += overview(models);
  // Of use with the script only, which shows it.
  if (models.size() > 3) {
    html +=
        "<p class=\"filter\" hidden><label>Show models whose name has "
        "<input type=\"search\" id=\"filter\"></label> <span id=\"filter-count\" "
        "aria-live=\"polite\"></span></p>\n";
  }
  for (size_t m = 0; m < models.size(); ++m) html += model_section(models[m], m);
  html += settings(report);
  html +=
      "</main>\n<footer><p>Bars show medians with their confidence interval. The share of the "
      "ceiling is the time that this machine's measured peak allows, divided by the time "
      "taken.</p></footer>\n<div id=\"script-errors\" hidden></div>\n<script>\n";
  html += kPageScript;
  html += "</script>\n</body>\n</html>\n";
  return html;
}

}  // namespace baton::report
