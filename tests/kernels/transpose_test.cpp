// All rows of the table that transpose, and run here. Source and destination lie inside larger
// buffers whose other bytes must stay, and end where the buffers end.
#include "delegates/kernels/transpose.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "delegates/kernels/kernel.h"
#include "tests/support/split_mix.h"

namespace baton::kernels {
namespace {

struct Case {
  int64_t rows, columns;
  int64_t from_gap = 0, to_gap = 0;  // bytes between rows of each
  bool backwards = false;            // the source's rows, from the last to the first
};

constexpr int64_t kFar = 4096;  // bytes: a stride at which lines of caches collide

// Exactly as many bytes as are used, on the heap: the address sanitizer sees every other access.
using Bytes = std::unique_ptr<uint8_t[]>;

void check(TransposeFunction function, int64_t element, const Case& each, uint64_t seed) {
  const int64_t from_stride = each.columns * element + each.from_gap;
  const int64_t to_stride = each.rows * element + each.to_gap;
  const auto from_bytes = static_cast<size_t>(each.rows * from_stride - each.from_gap);
  const auto to_bytes = static_cast<size_t>(each.columns * to_stride - each.to_gap);
  const Bytes from(new uint8_t[from_bytes]), to(new uint8_t[to_bytes]);
  test::SplitMix random(seed);
  for (size_t i = 0; i < from_bytes; ++i) from[i] = static_cast<uint8_t>(random.next());
  for (size_t i = 0; i < to_bytes; ++i) to[i] = static_cast<uint8_t>(random.next());

  TransposeArgs args{each.rows, each.columns, from.get(), from_stride, to.get(), to_stride};
  if (each.backwards) {
    args.from += (each.rows - 1) * from_stride;
    args.from_stride = -from_stride;
  }
  std::vector<uint8_t> expected(to.get(), to.get() + to_bytes);
  for (int64_t r = 0; r < each.rows; ++r) {
    for (int64_t c = 0; c < each.columns; ++c) {
      std::memcpy(&expected[static_cast<size_t>(c * to_stride + r * element)],
                  args.from + r * args.from_stride + c * element, static_cast<size_t>(element));
    }
  }
  function(args);
  EXPECT_EQ(std::memcmp(expected.data(), to.get(), to_bytes), 0);
}

TEST(TransposeTest, EqualsAPlainLoop) {
  const int64_t sizes[] = {1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 128};
  int rows_of_table = 0;
  for (const Kernel& kernel : kernels()) {
    const auto* function = std::get_if<TransposeFunction>(&kernel.functions);
    if (function == nullptr || !includes(best_level(), kernel.isa)) continue;
    ++rows_of_table;
    const int64_t element = std::stoll(kernel.types);
    SCOPED_TRACE(std::string(kernel.types) + " " + name_of(kernel.isa));
    uint64_t seed = 1;
    for (const int64_t rows : sizes) {
      for (const int64_t columns : sizes) {
        SCOPED_TRACE(std::to_string(rows) + " x " + std::to_string(columns));
        check(*function, element, {rows, columns}, ++seed);
        check(*function, element, {rows, columns, 3 * element, 5 * element}, ++seed);
        // Not even the elements' alignment.
        check(*function, element, {rows, columns, 1, 3}, ++seed);
        check(*function, element, {rows, columns, 0, 0, true}, ++seed);
        check(*function, element, {rows, columns, 0, kFar - rows * element}, ++seed);
        if (HasFailure()) return;
      }
    }
  }
  // Four sizes of elements for each level.
  EXPECT_GE(rows_of_table, 4);
  EXPECT_EQ(rows_of_table % 4, 0);
}

}  // namespace
}  // namespace baton::kernels
