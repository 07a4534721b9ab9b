// Models of the control flow tests, as bytes of .tflite files; without the core's internals, as
// tests/session/models.h.
#pragma once

#include <cstdint>
#include <vector>

namespace baton::test {

using File = std::vector<uint8_t>;

// while (n > 0) a, b, n = b, a, n - 1; a, b float32 [2], n int32. Outputs a, b.
File swap_model();
// while (n > 0) x, n = x joined to x, n - 1; x float32 [-1]. Outputs relu(x), n.
File doubling_model();
// v = x; while (n > 0) v = v + v, n = n - 1 with v a resource variable whose handle is a loop
// variable; x float32 [2]. Output v.
File handle_in_loop_model();
// IF (c) y = x else y = x joined to x; c bool, x float32 [2]. Output y + 1.
File branch_shapes_model();
// while (i < 6) i, sum = i + 1, IF (i < 3) sum + 1 else sum + 10; input i int32. Output sum.
File nested_model();
// A composite whose decomposition is WHERE (c); c bool [4]. Output int64 [-1, 1].
File composite_model();
// y = a + a; z = y + y with a and z uint8 [2] of scale 1, y float32 in the file.
File retyped_model();
// Reads a variable that nothing was assigned to. float32 output.
File unassigned_model();

}  // namespace baton::test
