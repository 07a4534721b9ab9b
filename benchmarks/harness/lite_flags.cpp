#include "benchmarks/harness/lite_flags.h"

#include <cstdlib>
#include <string_view>

namespace baton::benchmarks {
namespace {

constexpr auto kBool = LiteFlag::Kind::kBool;
constexpr auto kNumber = LiteFlag::Kind::kNumber;
constexpr auto kText = LiteFlag::Kind::kText;
constexpr auto kRefused = LiteFlag::Verdict::kRefused;
constexpr auto kNoEffect = LiteFlag::Verdict::kNoEffect;

constexpr LiteFlag kFlags[] = {
    {"use_caching", kBool, "false", kNoEffect, "delegates pack weights once in any case"},
    {"output_prefix", kText, "", kNoEffect, "no output uses it; --json names the report"},
    {"memory_footprint_check_interval_ms", kNumber, "50", kNoEffect,
     "the peak is the kernel's own figure, not sampled"},
    {"gpu_invoke_loop_times", kNumber, "1", kRefused,
     "each run is timed by itself; use --num_runs"},
    {"allow_fp16", kBool, "false", kRefused,
     "reduced precision is an option of the delegate that has it, see baton delegates"},
    {"max_profiling_buffer_entries", kNumber, "1024", kNoEffect,
     "a profile has room for every node"},
    {"allow_dynamic_profiling_buffer_increase", kBool, "false", kNoEffect,
     "a profile has room for every node"},
    {"export_model_runtime_info", kBool, "false", kRefused,
     "there is no such protobuf; baton explain --json shows who runs what"},
    {"model_runtime_info_output_file", kText, "", kRefused,
     "there is no such protobuf; baton explain --json shows who runs what"},
    {"print_preinvoke_state", kBool, "false", kRefused,
     "baton explain shows the plan, and --json of this command the arena"},
    {"print_postinvoke_state", kBool, "false", kRefused,
     "baton explain shows the plan, and --json of this command the arena"},
    {"release_dynamic_tensors", kBool, "false", kRefused,
     "tensors of unknown shape keep their memory for the next run"},
    {"optimize_memory_for_large_tensors", kNumber, "0", kRefused,
     "all tensors of known shape share one arena"},
    {"disable_delegate_clustering", kBool, "false", kRefused,
     "partitions are always the fewest; keep_off in --config keeps nodes off a delegate"},
    {"enable_builtin_cast_constant_cache", kBool, "false", kNoEffect,
     "a CAST of a constant is computed once, while planning"},
    {"output_proto_filepath", kText, "", kRefused, "outputs are written raw, by --output_filepath"},
    {"result_file_path", kText, "", kRefused, "the result is written by --json"},
    {"tensor_name_display_length", kNumber, "25", kNoEffect, "no column is cut"},
    {"tensor_type_display_length", kNumber, "15", kNoEffect, "no column is cut"},
    {"alloc_type_display_length", kNumber, "18", kNoEffect, "no column is cut"},
    {"use_coreml", kBool, "false", kRefused, "there is no Core ML delegate"},
    {"coreml_version", kNumber, "0", kRefused, "there is no Core ML delegate"},
    {"delegate_serialize_token", kText, "", kNoEffect, "programs are kept by the model's own hash"},
    {"stable_delegate_settings_file", kText, "", kRefused,
     "such delegates have another ABI; Baton's are named with --delegate"},
    {"stable_delegate_loader_settings", kText, "", kRefused,
     "such delegates have another ABI; Baton's are named with --delegate"},
    {"gpu_precision_loss_allowed", kBool, "true", kNoEffect,
     "delegates compute in full precision unless an option of theirs says otherwise"},
    {"gpu_experimental_enable_quant", kBool, "true", kNoEffect,
     "quantised models are always offered"},
    {"gpu_inference_for_sustained_speed", kBool, "false", kRefused,
     "a delegate's options say how it runs, see baton delegates"},
    {"gpu_wait_type", kText, "", kRefused, "it is for Apple's Metal"},
    {"use_hexagon", kBool, "false", kRefused, "there is no Hexagon delegate"},
    {"hexagon_lib_path", kText, "/data/local/tmp", kRefused, "there is no Hexagon delegate"},
    {"hexagon_profiling", kBool, "false", kRefused, "there is no Hexagon delegate"},
    {"xnnpack_force_fp16", kBool, "false", kRefused,
     "Baton's own CPU delegate has its own options, see baton delegates"},
    {"xnnpack_weight_cache_file_path", kText, "", kRefused,
     "Baton's own CPU delegate has its own options, see baton delegates"},
    {"xnnpack_runtime_flags", kNumber, "0", kRefused,
     "Baton's own CPU delegate has its own options, see baton delegates"},
    {"use_ynnpack", kBool, "false", kRefused, "there is no YNNPACK delegate"},
    {"ynnpack_static_shape", kBool, "false", kRefused, "there is no YNNPACK delegate"},
    {"ynnpack_fast_math", kBool, "false", kRefused, "there is no YNNPACK delegate"},
    {"ynnpack_consistent_arithmetic", kBool, "false", kRefused, "there is no YNNPACK delegate"},
    {"ynnpack_no_excess_precision", kBool, "false", kRefused, "there is no YNNPACK delegate"},
    // Of March 2018.
    {"input_layer_type", kText, "", kNoEffect, "the model says what type its inputs have"},
    {"input_layer_values", kText, "", kRefused,
     "write --input_layer_value_range or --input_layer_value_files"},
    {"output_layer", kText, "", kNoEffect, "the model says which its outputs are"},
};

}  // namespace

std::span<const LiteFlag> lite_flags() { return kFlags; }

bool is_neutral(const LiteFlag& flag, const std::string& value) {
  const std::string_view neutral = flag.neutral;
  if (value == neutral) return true;
  switch (flag.kind) {
    case LiteFlag::Kind::kBool:
      return neutral == "true" ? value == "1" || value.empty() : value == "0";
    case LiteFlag::Kind::kNumber: {
      char* end = nullptr;
      const double number = std::strtod(value.c_str(), &end);
      return !value.empty() && *end == '\0' && number == std::strtod(flag.neutral, nullptr);
    }
    case LiteFlag::Kind::kText:
      return false;
  }
  return false;
}

}  // namespace baton::benchmarks
