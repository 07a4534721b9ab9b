// What the user chose: the delegate's options.
#pragma once

#include <cstdint>

#include "baton/plugin.hpp"
#include "delegates/kernels/isa.h"

namespace baton::cpu {

enum class Precision : uint8_t { kExact, kBf16 };

struct Settings {
  kernels::Isa isa = kernels::Isa::kGeneric;
  Precision precision = Precision::kExact;
  uint32_t threads = UINT32_MAX;  // at most; the session's are the other limit
};

sdk::Span<const baton_option_spec> option_specs();

// Throws sdk::Error when this machine cannot do what the options ask for.
Settings read_settings(const sdk::Options& options);

}  // namespace baton::cpu
