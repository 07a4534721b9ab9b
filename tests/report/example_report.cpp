// Writes a made-up report, and its page, to look at: example_report MODELS OPS OUT.json OUT.html
#include <cstdlib>
#include <fstream>

#include "benchmarks/report/html.h"
#include "tests/report/synthetic.h"

using namespace baton::report;

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  std::vector<Json> rows;
  for (int m = 0; m < std::atoi(argv[1]); ++m) {
    Work work;
    work.model = "model_" + std::to_string(m) + "_with_a_rather_long_name_quant.tflite";
    work.ops = static_cast<size_t>(std::atoi(argv[2]));
    work.seed = static_cast<uint64_t>(m) + 1;
    for (const char* delegate : {"reference", "cpu", "vulkan:device=1"}) {
      work.delegate = delegate;
      work.device = work.delegate == "reference" ? "" : "Some Device 9000";
      work.factor = work.delegate == "reference" ? 1 : work.delegate == "cpu" ? 0.2 : 0.35;
      rows.push_back(synthetic_row(work, {.seed = static_cast<uint64_t>(m) + 1}));
    }
    rows[rows.size() - 1]["warnings"] = {
        "the times of the rounds are 12 % apart: another program was running"};
    work.delegate = "npu";
    work.device = "Fast NPU";
    rows.push_back(failed_row(work, "crashed",
                              "it crashed (SIGSEGV) in the compile stage, after 1.2 s; run baton "
                              "run --delegate=npu to see it"));
  }
  const Json report = synthetic_report(rows);
  std::ofstream(argv[3]) << report.dump(1);
  std::ofstream(argv[4]) << html_report(report);
}
