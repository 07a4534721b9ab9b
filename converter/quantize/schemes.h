// The schemes one by one; quantize() chooses among them.
#pragma once

#include "converter/quantize/quantize.h"

namespace baton::quantize {

tflite::Model to_float16(const tflite::Model& model);
tflite::Model to_dynamic(const tflite::Model& model);
// `scheme`: kInt8 or kUint8.
Result<tflite::Model> to_integers(const tflite::Model& model, Scheme scheme, const Ranges& ranges);

}  // namespace baton::quantize
