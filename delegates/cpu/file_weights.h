// Constant float32 weights that are seldom read once they were packed: not kept in memory, but read
// where the model's file has them, as float32 or float16.
#pragma once

#include <cstdint>

#include "delegates/cpu/half.h"
#include "delegates/cpu/operator.h"

namespace baton::cpu {

class FileWeights {
 public:
  FileWeights(const Operand& weights, const Compiler& compiler) {
    if (weights.source() >= 0) {
      halves_ = static_cast<const uint16_t*>(compiler.file_constant(weights.source()));
    } else {
      floats_ = static_cast<const float*>(compiler.file_constant(weights.index()));
    }
    in_file_ = floats_ != nullptr || halves_ != nullptr;
    if (!in_file_) floats_ = weights.data<float>();
  }

  // False: the weights have to stay among the inputs of the step.
  bool in_file() const { return in_file_; }
  // Bytes of `room` for `count` weights.
  uint64_t room_bytes(uint64_t count) const {
    return halves_ == nullptr ? 0 : count * sizeof(float);
  }
  // Weights [first, first + count), in the file or in `room`.
  const float* read(uint64_t first, uint64_t count, float* room) const {
    if (halves_ == nullptr) return floats_ + first;
    float_from_half(halves_ + first, count, room);
    return room;
  }

 private:
  const float* floats_ = nullptr;
  const uint16_t* halves_ = nullptr;
  bool in_file_ = false;
};

}  // namespace baton::cpu
