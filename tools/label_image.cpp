// baton label_image: what a picture shows.

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "tools/commands.h"
#include "tools/image/image.h"
#include "tools/image/input.h"
#include "tools/support/arguments.h"
#include "tools/support/failure.h"
#include "tools/support/numbers.h"
#include "tools/support/setup.h"
#include "tools/support/table.h"
#include "tools/support/tensors.h"
#include "tools/support/text.h"

namespace baton::tools {
namespace {

std::vector<std::string> read_labels(const std::string& path) {
  const auto bytes = read_file(path, "the label file");
  std::vector<std::string> labels;
  std::string line;
  const auto end_line = [&] {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    labels.push_back(std::move(line));
    line.clear();
  };
  for (const std::byte byte : bytes) {
    if (const char c = static_cast<char>(byte); c == '\n') {
      end_line();
    } else {
      line += c;
    }
  }
  if (!line.empty()) end_line();
  return labels;
}

void require_labels(const std::vector<std::string>& labels, const std::string& path,
                    const baton_tensor& output) {
  if (output.flags & BATON_TENSOR_UNKNOWN_SHAPE) return;
  if (const uint64_t classes = element_count(output); labels.size() < classes) {
    fail("the label file '{}' has {}, the model has {} classes", path,
         counted(labels.size(), "line"), classes);
  }
}

// One score for each class, in one output: what detectors and segmenters say is something else.
void require_classifier(const Session& session, const std::string& path) {
  if (session.input_count() != 1 || session.output_count() != 1) {
    fail("'{}' is no picture classifier: it has {} and {}, of each one is needed", path,
         counted(session.input_count(), "input"), counted(session.output_count(), "output"));
  }
  const baton_tensor& output = session.output(0);
  if (output.flags & BATON_TENSOR_UNKNOWN_SHAPE) return;
  if (std::count_if(output.dims, output.dims + output.rank, [](int32_t d) { return d != 1; }) > 1) {
    fail("'{}' is no picture classifier: its output '{}' is {}, not one score for each class", path,
         session.output_name(0), type_and_shape(output));
  }
}

image::InputSpec input_spec(const Session& session, const CLI::Option* mean, const CLI::Option* std,
                            const image::Normalisation& normalisation) {
  const baton_tensor& tensor = session.input(0);
  image::InputSpec spec;
  spec.name = session.input_name(0);
  spec.dtype = tensor.dtype;
  spec.dims.assign(tensor.dims, tensor.dims + tensor.rank);
  spec.scale = scale_of(tensor);
  spec.zero_point = zero_point_of(tensor);
  if (mean->count() != 0 || std->count() != 0) spec.normalisation = normalisation;
  return spec;
}

}  // namespace

int label_image_command(int argc, char** argv) {
  CommonFlags common;
  std::string graph, picture, label_file;
  uint32_t count = 5, runs = 1;
  image::Normalisation normalisation;
  CLI::App app("Says what a picture shows.", "baton label_image");
  app.add_option("--graph,--tflite_model,-m", graph, "the classifier, a .tflite file")->required();
  app.add_option("--image,-i", picture, "a JPEG, PNG or BMP file")->required();
  app.add_option("--labels,-l", label_file, "one label a line")->required();
  app.add_option("--count,--num_results,-r", count, "labels to show (5)")
      ->type_name("N")
      ->transform(whole_number(1, 1000000));
  app.add_option("--runs,-c", runs, "times to run, for the latency (1)")
      ->type_name("N")
      ->transform(whole_number(1, 1000000));
  const CLI::Option* mean =
      app.add_option("--input_mean,-b", normalisation.mean, "of pixels, for float inputs (127.5)")
          ->check(finite_number<float>(Sign::kAny));
  const CLI::Option* std =
      app.add_option("--input_std,-s", normalisation.std, "of pixels, for float inputs (127.5)")
          ->check(finite_number<float>(Sign::kPositive));
  add_common_flags(app, &common, true);
  if (const auto status = parse_arguments(app, argc, argv)) return *status;

  Setup setup(common);
  const Model model = setup.load(graph);
  const std::vector<std::string> labels = read_labels(label_file);
  std::string problem;
  const auto decoded = image::load_image(picture, &problem);
  if (!decoded) fail("{}", problem);

  const Compiled compiled = check(model.compile(setup.compile_options()));
  Session session = check(compiled.session(setup.threads));
  require_classifier(session, graph);
  require_labels(labels, label_file, session.output(0));
  const auto input =
      image::image_to_input(*decoded, input_spec(session, mean, std, normalisation), &problem);
  if (!input) fail("{}", problem);

  double best_ms = 0;
  for (uint32_t run = 0; run < runs; ++run) {
    check(session.set_input(0, input->data(), input->size()));
    const auto start = std::chrono::steady_clock::now();
    check_run(session.run());
    const double ms =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    best_ms = run == 0 ? ms : std::min(best_ms, ms);
  }

  const baton_tensor& output = session.output(0);
  require_labels(labels, label_file, output);
  const uint64_t classes = element_count(output);
  const std::vector<double> scores = real_values(output, session.output_data(0));
  std::vector<uint64_t> order(classes);
  std::iota(order.begin(), order.end(), uint64_t{0});
  // NaN comes last.
  const auto rank = [&](uint64_t i) { return std::isnan(scores[i]) ? -INFINITY : scores[i]; };
  std::stable_sort(order.begin(), order.end(),
                   [&](uint64_t a, uint64_t b) { return rank(a) > rank(b); });
  for (uint64_t i = 0; i < std::min<uint64_t>(count, classes); ++i) {
    fmt::print("{:.6f}: {} {}\n", scores[order[i]], order[i], plain(labels[order[i]]));
  }
  fmt::print("{}{}; {}\n", runs == 1 ? "" : "best of the runs ", time_text(best_ms),
             summary(session.placement(), setup.precisions()));
  return 0;
}

}  // namespace baton::tools
