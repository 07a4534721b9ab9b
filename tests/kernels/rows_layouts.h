// Layouts of two broadcast inputs, and the memory of one call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "delegates/kernels/elementwise.h"
#include "tests/kernels/guarded.h"

namespace baton::kernels {

struct Layout {
  size_t rows, columns;
  // Does the input go on from row to row, and from column to column?
  bool a_rows, a_columns, b_rows, b_columns;

  int64_t step(bool goes_on, bool columns_go_on) const {
    return !goes_on ? 0 : columns_go_on ? static_cast<int64_t>(columns) : 1;
  }
  size_t count() const { return rows * columns; }
  size_t elements(bool rows_go_on, bool columns_go_on) const {
    return (rows_go_on ? rows : 1) * (columns_go_on ? columns : 1);
  }
  size_t a_count() const { return elements(a_rows, a_columns); }
  size_t b_count() const { return elements(b_rows, b_columns); }
  size_t a_index(size_t row, size_t column) const {
    return row * static_cast<size_t>(step(a_rows, a_columns)) + (a_columns ? column : 0);
  }
  size_t b_index(size_t row, size_t column) const {
    return row * static_cast<size_t>(step(b_rows, b_columns)) + (b_columns ? column : 0);
  }
  void set(BroadcastRows* args) const {
    args->rows = rows;
    args->columns = columns;
    args->a_row = step(a_rows, a_columns);
    args->b_row = step(b_rows, b_columns);
    args->a_column = a_columns ? 1 : 0;
    args->b_column = b_columns ? 1 : 0;
  }
};

// All ways to repeat, and all ends of rows.
inline std::vector<Layout> layouts() {
  std::vector<Layout> all;
  for (int bits = 0; bits < 16; ++bits) {
    for (const size_t columns : {1, 7, 16, 33}) {
      all.push_back(
          {3, columns, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0});
    }
  }
  for (size_t columns = 0; columns < 140; ++columns) {
    all.push_back({1, columns, true, true, true, true});
  }
  return all;
}

}  // namespace baton::kernels
