// What the files of malformed kinds are made from.
#pragma once

#include <utility>

#include "converter/tflite/builder.h"
#include "tests/malformed/kinds.h"

namespace baton::malformed {

// y = x + w: tensors 0 (input x), 1 (constant w), 2 (output y); operator 0.
inline tflite::GraphBuilder add_model() {
  tflite::GraphBuilder b("main");
  const auto x = b.input("x", BATON_FLOAT32, {1, 4});
  const auto w = b.constant<float>("w", {4}, {1, 2, 3, 4});
  const auto y = b.tensor("y", BATON_FLOAT32, {1, 4});
  b.op(BATON_OP_ADD, {x, w}, {y});
  b.output(y);
  return b;
}

}  // namespace baton::malformed
