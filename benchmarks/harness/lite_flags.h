// Flags of TensorFlow Lite's benchmark_model that Baton knows but does not have.
#pragma once

#include <span>
#include <string>

namespace baton::benchmarks {

struct LiteFlag {
  enum class Kind { kBool, kNumber, kText };
  enum class Verdict {
    kRefused,   // any value but the neutral one ends the command
    kNoEffect,  // accepted; that it does nothing is said
  };
  const char* name;  // without the dashes
  Kind kind;
  const char* neutral;  // the value that asks for nothing: the default
  Verdict verdict;
  const char* why;  // a clause
};

std::span<const LiteFlag> lite_flags();

// Whether the text asks for nothing: the neutral value, however it is written.
bool is_neutral(const LiteFlag& flag, const std::string& value);

}  // namespace baton::benchmarks
