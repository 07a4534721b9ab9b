#include "delegates/cpu/settings.h"

#include <charconv>
#include <string>

namespace baton::cpu {
namespace {

using kernels::Isa;

constexpr uint32_t kMostThreads = 1024;

constexpr baton_option_spec kOptions[] = {
    sdk::option(BATON_OPTION_STRING, "isa", "auto",
                "The highest instruction set to use; auto: all that the machine has.",
                "auto|generic|sse4|avx2|avx512|avx512vnni|avx512bf16|amx|neon|dotprod|i8mm"),
    sdk::option(BATON_OPTION_STRING, "precision", "exact",
                "bf16 computes float32 products from operands rounded to bfloat16.", "exact|bf16"),
    sdk::option(BATON_OPTION_STRING, "threads", "session",
                "The most threads to use, 1 to 1024; session: as many as the session has."),
};

std::string machine_level_names() {
  std::string names;
  for (const Isa isa : kernels::machine_levels()) {
    if (!names.empty()) names += ", ";
    names += kernels::name_of(isa);
  }
  return names;
}

Isa read_isa(std::string_view text) {
  if (text == "auto") return kernels::best_level();
  const auto isa = kernels::isa_named(text);
  for (const Isa level : kernels::machine_levels()) {
    if (isa == level) return level;
  }
  throw sdk::Error(
      BATON_REASON_DEVICE_FEATURE,
      "isa=" + std::string(text) + " is not possible: this machine has " + machine_level_names());
}

uint32_t read_threads(std::string_view text) {
  if (text == "session") return UINT32_MAX;
  uint32_t threads = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), threads);
  if (code == std::errc() && end == text.data() + text.size() && threads >= 1 &&
      threads <= kMostThreads) {
    return threads;
  }
  throw sdk::Error(BATON_REASON_OPTION, "threads=" + std::string(text) +
                                            " is not possible: it is a number from 1 to " +
                                            std::to_string(kMostThreads) + ", or 'session'");
}

}  // namespace

sdk::Span<const baton_option_spec> option_specs() { return kOptions; }

Settings read_settings(const sdk::Options& options) {
  Settings settings;
  settings.isa = read_isa(options.text("isa"));
  settings.threads = read_threads(options.text("threads"));
  if (options.text("precision") == "bf16") {
    if (!kernels::includes(settings.isa, Isa::kAvx512Bf16)) {
      throw sdk::Error(BATON_REASON_DEVICE_FEATURE,
                       "precision=bf16 needs the instruction sets avx512bf16 or amx: this machine "
                       "has " +
                           machine_level_names() + ", and isa=" + kernels::name_of(settings.isa) +
                           " is in use");
    }
    settings.precision = Precision::kBf16;
  }
  return settings;
}

}  // namespace baton::cpu
