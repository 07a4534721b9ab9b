// Models of which the CPU delegate can run every node, as bytes of .tflite files.
#pragma once

#include "baton/types.h"
#include "tests/session/models.h"

namespace baton::test {

// An image [-1, 10, 12, 20] that is transposed, padded, sliced, split, concatenated and tiled; four
// outputs. Any type whose elements are whole bytes; 8-bit types are quantised.
File movement_model(baton_dtype dtype);

// Rows of x, float32 [6, 5], that int32 indices [4] pick.
File gather_model();

// `count` transpositions of a float32 matrix [512, 512]: with an even count the output is the
// input.
File long_model(int count);

}  // namespace baton::test
