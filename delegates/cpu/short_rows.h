// Two inputs of which one is a short row for each row of the other: the row is written out some
// times, so that kernels get long rows.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>

#include "delegates/cpu/broadcast.h"
#include "delegates/cpu/step.h"

namespace baton::cpu {

template <typename Args>
class ShortRowWork final : public Work {
 public:
  // `count` elements of the output in all.
  ShortRowWork(const Broadcast::ShortRow& row, int64_t count, const Args& args,
               void (*kernel)(const Args&), uint64_t input_bytes, uint64_t output_bytes,
               double ns_per_element)
      : row_(row),
        long_(std::max<int64_t>(1, kLong / row.size) * row.size),
        count_(count),
        args_(args),
        kernel_(kernel),
        input_bytes_(static_cast<int64_t>(input_bytes)),
        output_bytes_(static_cast<int64_t>(output_bytes)) {
    scratch_bytes = static_cast<uint64_t>(long_) * input_bytes;
    const auto items = static_cast<uint64_t>((count + long_ - 1) / long_);
    phases = {Phase{}, Phase{items, grain_of_ns(ns_per_element * static_cast<double>(long_))}};
  }

  void run(const Call& call, size_t phase, uint64_t begin, uint64_t end) const override {
    phase == 0 ? repeat(call) : compute(call, begin, end);
  }

 private:
  static constexpr int64_t kLong = 1024;  // elements

  void repeat(const Call& call) const {
    const auto* row = call.input<std::byte>(row_.repeated);
    const auto bytes = static_cast<size_t>(row_.size * input_bytes_);
    auto* to = call.scratch<std::byte>();
    for (int64_t i = 0; i < long_; i += row_.size, to += bytes) std::memcpy(to, row, bytes);
  }

  void compute(const Call& call, uint64_t begin, uint64_t end) const {
    const int64_t first = static_cast<int64_t>(begin) * long_;
    const int64_t last = std::min(static_cast<int64_t>(end) * long_, count_);
    const int64_t rows = (last - first) / long_;
    compute(call, first, rows, long_);
    compute(call, first + rows * long_, 1, (last - first) % long_);
  }

  void compute(const Call& call, int64_t first, int64_t rows, int64_t columns) const {
    if (rows == 0 || columns == 0) return;
    Args args = args_;
    const auto* other = call.input<std::byte>(1 - row_.repeated) + first * input_bytes_;
    args.a = row_.repeated == 0 ? call.scratch<std::byte>() : other;
    args.b = row_.repeated == 1 ? call.scratch<std::byte>() : other;
    args.a_row = row_.repeated == 0 ? 0 : columns;
    args.b_row = row_.repeated == 1 ? 0 : columns;
    args.out = call.output<std::byte>(0) + first * output_bytes_;
    args.rows = static_cast<size_t>(rows);
    args.columns = static_cast<size_t>(columns);
    kernel_(args);
  }

  Broadcast::ShortRow row_;
  int64_t long_;
  int64_t count_;
  Args args_;
  void (*kernel_)(const Args&);
  int64_t input_bytes_, output_bytes_;
};

}  // namespace baton::cpu
