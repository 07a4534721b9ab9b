#include "benchmarks/harness/options.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <string_view>

#include "benchmarks/harness/lite_flags.h"
#include "tools/support/arguments.h"
#include "tools/support/delegate_flag.h"
#include "tools/support/failure.h"
#include "tools/support/numbers.h"

namespace baton::benchmarks {
namespace {

// What TensorFlow Lite's flags say of delegates and inputs, before it becomes rows and sources.
struct LiteText {
  std::string input_layer, input_layer_shape, value_range, value_files;
  std::string external_path, external_options;
  bool use_gpu = false, use_nnapi = false, use_xnnpack = false;
  std::string gpu_backend;
  std::map<std::string, std::string> nnapi;  // options of the delegate, by their name there
  std::string csv_profile;
  std::string delegates;  // --delegates=all
  int64_t threads = -1;
};

// Flags that become options of the delegate nnapi, and the values that ask for nothing.
struct NnapiFlag {
  const char* name;
  const char* option;
  std::string_view neutral;
};
constexpr NnapiFlag kNnapiFlags[] = {
    {"nnapi_execution_preference", "execution_preference", ""},
    {"nnapi_execution_priority", "execution_priority", ""},
    {"nnapi_accelerator_name", "accelerator_name", ""},
    {"disable_nnapi_cpu", "disable_nnapi_cpu", "true"},
    {"nnapi_allow_fp16", "allow_fp16", "false"},
    {"nnapi_allow_dynamic_dimensions", "allow_dynamic_dimensions", "false"},
    {"nnapi_use_burst_mode", "use_burst_mode", "false"},
    {"nnapi_support_library_path", "support_library_path", ""},
};

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  size_t begin = 0;
  for (size_t end; (end = text.find(separator, begin)) != std::string::npos; begin = end + 1) {
    parts.push_back(text.substr(begin, end - begin));
  }
  parts.push_back(text.substr(begin));
  return parts;
}

template <typename T>
T number(const std::string& flag, const std::string& text) {
  T value{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) {
    tools::misuse("--{}: '{}' is no whole number", flag, text);
  }
  return value;
}

// The source of a name, made when it is not there yet.
InputSource& source_of(Options& options, const std::string& name, const char* flag) {
  for (InputSource& source : options.job.inputs) {
    if (source.name == name) return source;
  }
  InputSource& source = options.job.inputs.emplace_back();
  source.name = name;
  source.flag = flag;
  return source;
}

// "a,b" and "1,224,224,3:1,10"
void read_shapes(Options& options, const LiteText& lite) {
  if (lite.input_layer.empty()) {
    if (!lite.input_layer_shape.empty()) {
      tools::misuse("--input_layer_shape needs --input_layer: the names of the inputs");
    }
    return;
  }
  const std::vector<std::string> names = split(lite.input_layer, ',');
  for (const std::string& name : names) source_of(options, name, "input_layer");
  if (lite.input_layer_shape.empty()) return;
  const std::vector<std::string> shapes = split(lite.input_layer_shape, ':');
  if (shapes.size() != names.size()) {
    tools::misuse("--input_layer names {} input{}, --input_layer_shape has {} shape{}",
                  names.size(), names.size() == 1 ? "" : "s", shapes.size(),
                  shapes.size() == 1 ? "" : "s");
  }
  for (size_t i = 0; i < names.size(); ++i) {
    std::vector<int32_t>& shape = source_of(options, names[i], "input_layer").shape;
    for (const std::string& size : split(shapes[i], ',')) {
      shape.push_back(number<int32_t>("input_layer_shape", size));
      if (shape.back() < 0) tools::misuse("--input_layer_shape: {} is no size", size);
    }
  }
}

// "name,low,high:..."
void read_ranges(Options& options, const std::string& text) {
  if (text.empty()) return;
  for (const std::string& entry : split(text, ':')) {
    const std::vector<std::string> parts = split(entry, ',');
    if (parts.size() != 3) {
      tools::misuse("--input_layer_value_range: '{}' is not of the form name,low,high", entry);
    }
    InputSource& source = source_of(options, parts[0], "input_layer_value_range");
    source.low = number<int64_t>("input_layer_value_range", parts[1]);
    source.high = number<int64_t>("input_layer_value_range", parts[2]);
    if (source.high < source.low) {
      tools::misuse("--input_layer_value_range: in '{}' the first number is the larger one", entry);
    }
    source.has_content = true;
  }
}

// "name:path,..."; "::" is a colon of the name.
void read_files(Options& options, const std::string& text) {
  if (text.empty()) return;
  for (const std::string& entry : split(text, ',')) {
    std::string name;
    size_t i = 0;
    for (; i < entry.size(); ++i) {
      if (entry[i] == ':') {
        if (i + 1 >= entry.size() || entry[i + 1] != ':') break;
        ++i;
      }
      name += entry[i];
    }
    if (i + 1 >= entry.size()) {
      tools::misuse("--input_layer_value_files: '{}' is not of the form name:path", entry);
    }
    InputSource& source = source_of(options, name, "input_layer_value_files");
    source.file = entry.substr(i + 1);
    source.has_content = true;
  }
}

// One row out of TensorFlow Lite's delegate flags, in their order on the command line.
std::string lite_delegates(const CLI::App& app, const LiteText& lite) {
  std::vector<tools::DelegateChoice> choices;
  const auto add = [&](const std::string& name) -> tools::DelegateChoice& {
    for (tools::DelegateChoice& choice : choices) {
      if (choice.name == name) return choice;
    }
    return choices.emplace_back(tools::DelegateChoice{name, {}});
  };
  for (const CLI::Option* option : app.parse_order()) {
    const std::string name = option->get_lnames().empty() ? "" : option->get_lnames().front();
    if (name == "use_gpu" && lite.use_gpu) {
      add(lite.gpu_backend == "cl" ? "opencl" : "vulkan");
    } else if (name == "use_nnapi" && lite.use_nnapi) {
      add("nnapi").options = {lite.nnapi.begin(), lite.nnapi.end()};
    } else if (name == "use_xnnpack") {
      add(lite.use_xnnpack ? "cpu" : "reference");
    } else if (name == "external_delegate_path" && !lite.external_path.empty()) {
      // A file in this folder, too, is a path and no name.
      const bool bare = lite.external_path.find('/') == std::string::npos;
      tools::DelegateChoice& choice = add((bare ? "./" : "") + lite.external_path);
      if (lite.external_options.empty()) continue;
      for (const std::string& pair : split(lite.external_options, ';')) {
        const size_t colon = pair.find(':');
        if (colon == std::string::npos) {
          tools::misuse("--external_delegate_options: '{}' is not of the form key:value", pair);
        }
        choice.options.emplace_back(pair.substr(0, colon), pair.substr(colon + 1));
      }
    }
  }
  std::string text;
  for (const tools::DelegateChoice& choice : choices) {
    text += (text.empty() ? "" : ",") + tools::delegate_text(choice);
  }
  return text;
}

// Files as they are, of folders every .tflite file below, by name.
std::vector<std::string> expand(const std::vector<std::string>& graphs) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  for (const std::string& graph : graphs) {
    std::error_code problem;
    if (!fs::is_directory(graph, problem)) {
      if (!fs::exists(graph, problem)) {
        tools::fail("there is no model '{}'; --graph= wants a .tflite file or a folder", graph);
      }
      files.push_back(graph);
      continue;
    }
    std::vector<std::string> found;
    fs::recursive_directory_iterator entry(graph, problem);
    while (!problem && entry != fs::recursive_directory_iterator()) {
      if (entry->path().extension() == ".tflite" && entry->is_regular_file(problem)) {
        found.push_back(entry->path().string());
      }
      entry.increment(problem);
    }
    if (problem) tools::fail("the folder '{}' cannot be read: {}", graph, problem.message());
    if (found.empty()) tools::fail("the folder '{}' has no .tflite file", graph);
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

void add_lite_flags(CLI::App& app, std::map<std::string, std::string>& known) {
  for (const LiteFlag& flag : lite_flags()) {
    std::string& value = known[flag.name];
    value = flag.neutral;
    CLI::Option* option = app.add_option(std::string("--") + flag.name, value,
                                         fmt::format("TensorFlow Lite's; {}", flag.why));
    option->group(flag.verdict == LiteFlag::Verdict::kRefused ? "Known, not supported"
                                                              : "Known, without effect");
    if (flag.kind == LiteFlag::Kind::kBool) option->expected(0, 1)->default_str("true");
  }
}

void judge_lite_flags(const CLI::App& app, std::map<std::string, std::string>& known,
                      Options& options) {
  for (const LiteFlag& flag : lite_flags()) {
    const CLI::Option* option = app.get_option(std::string("--") + flag.name);
    if (option->count() == 0) continue;
    std::string value = known[flag.name];
    if (flag.kind == LiteFlag::Kind::kBool && value.empty()) value = "true";
    if (is_neutral(flag, value)) continue;
    if (flag.verdict == LiteFlag::Verdict::kRefused) {
      tools::misuse("--{} is not supported: {}", flag.name, flag.why);
    }
    options.notes.push_back(fmt::format("--{} has no effect: {}", flag.name, flag.why));
  }
}

}  // namespace

std::optional<Options> parse_options(int argc, char** argv) {
  Options options;
  LiteText lite;
  std::map<std::string, std::string> known;
  CLI::App app(
      "Measures models on delegates and devices. To compare reports: baton benchmark_model compare "
      "A.json B.json...",
      "baton benchmark_model");
  const auto real = tools::finite_number<double>(tools::Sign::kAny);
  const auto not_negative = tools::finite_number<double>(tools::Sign::kNotNegative);

  const char* what = "What is measured";
  app.add_option("--graph", options.graphs, "models, and folders of models")
      ->group(what)
      ->type_name("FILE...");
  app.add_option("--delegate", options.delegates,
                 "NAME[:key=value]..., several with commas, in order of preference; each time "
                 "that it is given it is a row")
      ->group(what)
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--delegates", lite.delegates, "all: reference, and every usable device found")
      ->group(what);
  app.add_option("--num_threads,--threads", lite.threads, "threads (-1: as configured, else 1)")
      ->group(what);
  app.add_option("--config", options.job.common.config, "TOML file: docs/configuration.md")
      ->group(what);
  app.add_option("--signature_to_run_for", options.job.signature, "key of the signature to run")
      ->group(what);
  app.add_flag("--list_signatures", options.list_signatures, "prints them, measures nothing")
      ->group(what);

  const char* how = "How";
  app.add_option("--num_runs", options.num_runs, "timed runs, at least (50)")
      ->group(how)
      ->type_name("N")
      ->transform(tools::whole_number(1, 1000000000));
  app.add_option("--min_secs", options.min_secs, "goes on for so long in any case (1)")
      ->group(how)
      ->transform(not_negative);
  app.add_option("--max_secs", options.max_secs, "ends after so long in any case (150)")
      ->group(how)
      ->transform(tools::finite_number<double>(tools::Sign::kPositive));
  app.add_option("--warmup_runs", options.warmup_runs, "runs before, at least (1)")
      ->group(how)
      ->type_name("N")
      ->transform(tools::whole_number(0, 1000000000));
  app.add_option("--warmup_min_secs", options.warmup_min_secs, "warms up for so long (0.5)")
      ->group(how)
      ->transform(not_negative);
  app.add_option("--run_delay", options.run_delay, "seconds between runs; 0 and less: none")
      ->group(how)
      ->transform(real);
  app.add_option("--run_frequency", options.run_frequency,
                 "runs per second to pace to, instead of --run_delay; 0 and less: none")
      ->group(how)
      ->transform(real);
  app.add_option("--rounds", options.rounds, "rounds that the rows take turns in (5)")
      ->group(how)
      ->type_name("N")
      ->transform(tools::whole_number(1, 1000));
  app.add_option("--processes", options.processes,
                 "processes that a row's rounds are spread over, one after the other (2)")
      ->group(how)
      ->type_name("N")
      ->transform(tools::whole_number(1, 1000));
  app.add_option("--timeout_secs", options.timeout_secs,
                 "a worker that is not heard of for so long hangs (60)")
      ->group(how)
      ->transform(tools::finite_number<double>(tools::Sign::kPositive));
  app.add_flag("--compare_outputs", options.compare_outputs,
               "compares outputs with the reference kernels' (true)")
      ->group(how);
  app.add_flag("--measure_ceilings", options.measure_ceilings,
               "measures this machine's ceilings, once (true)")
      ->group(how);
  app.add_flag("--measure_ceilings_anew", options.ceilings_anew, "measures them again")->group(how);
  app.add_flag("--dry_run", options.dry_run, "loads and plans only")->group(how);

  const char* inputs = "Inputs";
  app.add_option("--input_layer", lite.input_layer, "names, with commas")->group(inputs);
  app.add_option("--input_layer_shape", lite.input_layer_shape, "1,224,224,3:1,10")->group(inputs);
  app.add_option("--input_layer_value_range", lite.value_range, "name,low,high:...")->group(inputs);
  app.add_option("--input_layer_value_files", lite.value_files, "name:path,...")->group(inputs);

  const char* placement = "Placement";
  app.add_flag("--require_full_delegation", options.full_delegation,
               "a row whose delegates do not take every node has failed")
      ->group(placement);
  app.add_option("--max_delegated_partitions", options.job.max_partitions, "0: any number")
      ->group(placement)
      ->transform(tools::whole_number(0, UINT32_MAX));
  app.add_option("--min_nodes_per_partition", options.job.min_partition_nodes, "0: 1")
      ->group(placement)
      ->transform(tools::whole_number(0, UINT32_MAX));
  app.add_option("--first_delegate_node_index", options.job.first_node,
                 "operators of the main subgraph before it stay with the core")
      ->group(placement)
      ->transform(tools::whole_number(0, INT32_MAX));
  app.add_option("--last_delegate_node_index", options.job.last_node, "and after it")
      ->group(placement)
      ->transform(tools::whole_number(0, INT32_MAX));
  app.add_option("--delegate_serialize_dir", options.job.common.cache_folder,
                 "where delegates keep compiled programs")
      ->group(placement);
  app.add_option("--external_delegate_path", lite.external_path, "a plugin's file")
      ->group(placement);
  app.add_option("--external_delegate_options", lite.external_options, "key1:value1;key2:value2")
      ->group(placement);
  app.add_flag("--use_gpu", lite.use_gpu, "the delegate vulkan, or with --gpu_backend=cl opencl")
      ->group(placement);
  app.add_option("--gpu_backend", lite.gpu_backend, "cl, or nothing")->group(placement);
  app.add_flag("--use_nnapi", lite.use_nnapi, "the delegate nnapi")->group(placement);
  app.add_flag("--use_xnnpack", lite.use_xnnpack, "true: the delegate cpu; false: reference")
      ->group(placement);
  for (const NnapiFlag& flag : kNnapiFlags) {
    app.add_option_function<std::string>(
           std::string("--") + flag.name,
           [&lite, flag](const std::string& value) {
             if (value != flag.neutral) lite.nnapi[flag.option] = value;
           },
           fmt::format("the option {} of the delegate nnapi", flag.option))
        ->group(placement);
  }

  const char* reports = "Reports";
  app.add_option("--json", options.json_file, "the whole report: docs/benchmarking.md")
      ->group(reports);
  app.add_option("--csv", options.csv_file, "a line for each row")->group(reports);
  app.add_option("--html", options.html_file, "a page to look at")->group(reports);
  app.add_option("--benchmark_name", options.benchmark_name, "a label in the report")
      ->group(reports);
  app.add_flag("--enable_op_profiling", options.enable_op_profiling, "times of operators")
      ->group(reports);
  app.add_option("--op_profiling_output_mode", options.profile_mode, "stdout or csv")
      ->group(reports)
      ->check(CLI::IsMember({"stdout", "csv", "proto"}));
  app.add_option("--op_profiling_output_file", options.profile_file, "instead of standard output")
      ->group(reports);
  app.add_option("--profiling_output_csv_file", lite.csv_profile,
                 "as --op_profiling_output_mode=csv --op_profiling_output_file=")
      ->group(reports);
  app.add_flag("--report_peak_memory_footprint", options.report_peak_memory, "prints the peak")
      ->group(reports);
  app.add_option("--output_filepath", options.outputs_file, "the outputs, raw, one after another")
      ->group(reports);
  app.add_flag("--verbose", options.verbose, "prints every setting")->group(reports);
  add_lite_flags(app, known);
  if (tools::parse_arguments(app, argc, argv)) return std::nullopt;
  judge_lite_flags(app, known, options);

  if (options.graphs.empty()) tools::misuse("--graph= is missing: the model; see --help");
  if (lite.threads == 0 || lite.threads < -1 || lite.threads > 1024) {
    tools::misuse("--num_threads={}: a number of threads is 1 to 1024, or -1", lite.threads);
  }
  if (lite.threads > 0) options.job.common.threads = static_cast<uint32_t>(lite.threads);
  if (options.min_secs > options.max_secs) {
    tools::misuse("--min_secs={} is more than --max_secs={}", options.min_secs, options.max_secs);
  }
  if (options.job.first_node > options.job.last_node) {
    tools::misuse("--first_delegate_node_index={} is after --last_delegate_node_index={}",
                  options.job.first_node, options.job.last_node);
  }
  if (!lite.csv_profile.empty()) {
    options.enable_op_profiling = true;
    options.profile_mode = "csv";
    options.profile_file = lite.csv_profile;
  }
  if (options.profile_mode == "proto") {
    tools::misuse("--op_profiling_output_mode=proto is not supported: write csv, or --json");
  }
  if (!options.profile_file.empty() && !options.enable_op_profiling) {
    tools::misuse("--op_profiling_output_file needs --enable_op_profiling=true");
  }
  if (!lite.delegates.empty() && lite.delegates != "all") {
    tools::misuse("--delegates={}: only 'all' is known; name one with --delegate=", lite.delegates);
  }
  options.all_delegates = !lite.delegates.empty();
  if (!lite.gpu_backend.empty() && !lite.use_gpu) {
    tools::misuse("--gpu_backend needs --use_gpu=true");
  }
  if (!lite.gpu_backend.empty() && lite.gpu_backend != "cl") {
    tools::misuse("--gpu_backend={} is not supported: there are cl (OpenCL) and Vulkan",
                  lite.gpu_backend);
  }
  if (!lite.nnapi.empty() && !lite.use_nnapi) {
    tools::misuse("options of NNAPI need --use_nnapi=true");
  }
  if (!lite.external_options.empty() && lite.external_path.empty()) {
    tools::misuse("--external_delegate_options needs --external_delegate_path");
  }
  if (const std::string text = lite_delegates(app, lite); !text.empty()) {
    if (!options.delegates.empty()) {
      tools::misuse(
          "--delegate={} and TensorFlow Lite's delegate flags contradict each other: use "
          "either",
          options.delegates.front());
    }
    options.delegates.push_back(text);
  }
  for (const std::string& text : options.delegates) tools::parse_delegates(text);
  read_shapes(options, lite);
  read_ranges(options, lite.value_range);
  read_files(options, lite.value_files);
  options.graphs = expand(options.graphs);
  return options;
}

}  // namespace baton::benchmarks
