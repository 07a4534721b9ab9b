// baton run: a model on files, or on generated inputs.

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "tools/commands.h"
#include "tools/support/arguments.h"
#include "tools/support/compare.h"
#include "tools/support/failure.h"
#include "tools/support/inputs.h"
#include "tools/support/numbers.h"
#include "tools/support/setup.h"
#include "tools/support/table.h"
#include "tools/support/tensors.h"
#include "tools/support/text.h"

namespace baton::tools {
namespace {

using Json = nlohmann::ordered_json;

struct Flags {
  CommonFlags common;
  std::string model;
  std::vector<std::string> inputs;
  uint32_t runs = 1;
  std::string out_dir;
  std::string signature;
  bool check = false;
  bool json = false;
};

// Milliseconds of each run.
std::vector<double> run_all(Session& session, const InputContents& inputs, const Flags& flags) {
  const bool generated = some_generated(session, flags.inputs);
  std::vector<double> times;
  for (uint32_t run = 0; run < flags.runs; ++run) {
    times.push_back(run_once(session, inputs, generated));
  }
  return times;
}

void write_outputs(const Session& session, const std::string& who, const Flags& flags) {
  std::error_code problem;
  std::filesystem::create_directories(flags.out_dir, problem);
  if (problem) fail("the folder '{}' cannot be made: {}", flags.out_dir, problem.message());
  Json meta{{"model", std::filesystem::path(flags.model).filename().string()},
            {"kernels", who},
            {"inputs", Json::array()},
            {"outputs", Json::array()}};
  for (uint32_t i = 0; i < session.input_count(); ++i) {
    meta["inputs"].push_back(describe(session.input(i), session.input_name(i)));
  }
  for (uint32_t i = 0; i < session.output_count(); ++i) {
    const baton_tensor& tensor = session.output(i);
    const std::string name = fmt::format("output_{}.bin", i);
    write_file(flags.out_dir + "/" + name, session.output_data(i), tensor.bytes);
    meta["outputs"].push_back(describe(tensor, session.output_name(i)));
    meta["outputs"].back()["file"] = name;
  }
  const std::string text = json_text(meta);
  write_file(flags.out_dir + "/meta.json", text.data(), text.size());
}

// Compares with the reference kernels; prints, and returns what was found.
Json check_against_reference(const Setup& setup, const Model& model, const Session& session,
                             const InputContents& inputs, const std::string& precision,
                             const Flags& flags, bool* agrees) {
  const Compiled compiled = tools::check(model.compile(setup.compile_options({})));
  Session reference = tools::check(compiled.session(setup.threads, flags.signature));
  run_all(reference, inputs, flags);
  const double tolerance = precision == "exact" ? Difference().tolerance : kReducedPrecision;
  Json result = Json::array();
  for (uint32_t i = 0; i < session.output_count(); ++i) {
    const Difference difference =
        compare(session.output(i), session.output_data(i), reference.output_data(i), tolerance);
    *agrees = *agrees && difference.agrees();
    result.push_back({{"output", session.output_name(i)},
                      {"agrees", difference.agrees()},
                      {"max_abs_diff", difference.largest},
                      {"max_rel_diff", difference.relative()}});
    if (!flags.json) {
      const bool judged = precision == "exact" || difference.different == 0 || difference.integer;
      fmt::print("check output '{}': {}{}\n", plain(session.output_name(i)), difference.text(),
                 judged ? "" : "; " + reduced_text(precision));
    }
  }
  return result;
}

std::string first_values(const baton_tensor& tensor, const void* data) {
  constexpr uint64_t kShown = 8;
  const uint64_t count = element_count(tensor);
  std::string text;
  for (uint64_t i = 0; i < std::min(count, kShown); ++i) {
    text += fmt::format("{}{:.6g}", i == 0 ? "" : " ", element(tensor, data, i));
  }
  return count > kShown ? text + " ..." : text;
}

}  // namespace

int run_command(int argc, char** argv) {
  Flags flags;
  CLI::App app("Runs a model, on files or on generated inputs.", "baton run");
  app.add_option("MODEL", flags.model, "the .tflite file")->required();
  add_common_flags(app, &flags.common, true);
  add_input_flag(app, &flags.inputs);
  app.add_option("--runs", flags.runs, "times to run; state is carried over (1)")
      ->type_name("N")
      ->transform(whole_number(1, 1000000000));
  app.add_option("--out-dir", flags.out_dir, "writes output_I.bin and meta.json there");
  app.add_option("--signature", flags.signature, "key of the signature to run");
  app.add_flag("--check", flags.check, "compares with the reference kernels");
  app.add_flag("--json", flags.json, "prints JSON");
  if (const auto status = parse_arguments(app, argc, argv)) return *status;

  Setup setup(flags.common);
  const Model model = setup.load(flags.model);
  const Compiled compiled = tools::check(model.compile(setup.compile_options()));
  Session session = tools::check(compiled.session(setup.threads, flags.signature));
  const InputContents inputs = input_contents(session, flags.inputs);
  std::vector<double> times = run_all(session, inputs, flags);
  const Precisions precisions = setup.precisions().in_use(session.placement());
  const std::string who = summary(session.placement(), precisions);
  if (!flags.out_dir.empty()) write_outputs(session, who, flags);

  const double first = times.front();
  std::sort(times.begin(), times.end());
  const double median = times[times.size() / 2];
  Json json{{"model", flags.model},     {"summary", who},     {"precision", precisions.least()},
            {"threads", setup.threads}, {"runs", flags.runs}, {"first_ms", first},
            {"median_ms", median}};
  for (uint32_t i = 0; i < session.input_count(); ++i) {
    json["inputs"].push_back(describe(session.input(i), session.input_name(i)));
    if (flags.json) continue;
    fmt::print("input {} '{}' {}\n", i, plain(session.input_name(i)),
               type_and_shape(session.input(i)));
  }
  for (uint32_t i = 0; i < session.output_count(); ++i) {
    const baton_tensor& tensor = session.output(i);
    json["outputs"].push_back(describe(tensor, session.output_name(i)));
    if (flags.json) continue;
    fmt::print("output {} '{}' {}: {}\n", i, plain(session.output_name(i)), type_and_shape(tensor),
               first_values(tensor, session.output_data(i)));
  }
  bool agrees = true;
  if (flags.check) {
    json["check"] =
        check_against_reference(setup, model, session, inputs, precisions.least(), flags, &agrees);
  }
  if (flags.json) {
    print_json(json);
  } else {
    fmt::print("{}\n", who);
    if (flags.runs == 1) {
      fmt::print("{}\n", time_text(first));
    } else {
      fmt::print("first run {}, median of {} runs {}\n", time_text(first), flags.runs,
                 time_text(median));
    }
  }
  if (!agrees) fail("the outputs differ from the reference kernels' by more than is allowed");
  return 0;
}

}  // namespace baton::tools
