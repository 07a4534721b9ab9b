// Faults as authors of delegates make them. The option `fault` of faulty_npu plants one, so that a
// test can tell whether the conformance suite finds it. fake_npu has none: there the compiler drops
// every place that asks.
#pragma once

#include <baton/plugin.hpp>

#include <string_view>

namespace fake_npu {

enum Fault : int32_t {
#define FAKE_NPU_FAULT(id, name, where, sentence) id,
#include "faults.inc"
#undef FAKE_NPU_FAULT
};

#ifdef FAULTY_NPU

class Faults {
 public:
  Faults() = default;
  explicit Faults(const baton::sdk::Options& options) {
    for (int32_t i = 0; i < kCount; ++i) {
      if (options.text("fault") == kTable[i].name) planted_ = i;
    }
  }
  bool operator()(Fault fault) const { return planted_ == fault; }
  // What of them an instruction of this operator has: not what another operator's have.
  Faults of(std::string_view op) const {
    if (planted_ < 0) return {};
    const std::string_view where = kTable[planted_].where;
    const bool an_operator = where[0] >= 'A' && where[0] <= 'Z';
    return an_operator && where != op ? Faults() : *this;
  }

  static constexpr const char* kChoices = "none"
#define FAKE_NPU_FAULT(id, name, where, sentence) "|" name
#include "faults.inc"
#undef FAKE_NPU_FAULT
      ;

 private:
  struct Line {
    std::string_view name, where;
  };
  static constexpr Line kTable[] = {
#define FAKE_NPU_FAULT(id, name, where, sentence) {name, where},
#include "faults.inc"
#undef FAKE_NPU_FAULT
  };
  static constexpr int32_t kCount = sizeof(kTable) / sizeof(kTable[0]);

  int32_t planted_ = -1;
};

#else

class Faults {
 public:
  Faults() = default;
  explicit Faults(const baton::sdk::Options&) {}
  constexpr bool operator()(Fault) const { return false; }
  Faults of(std::string_view) const { return {}; }
};

#endif

}  // namespace fake_npu
