#include "converter/quantize/quantize.h"

#include "converter/quantize/schemes.h"

namespace baton::quantize {

Result<tflite::Model> quantize(const tflite::Model& float_model, Scheme scheme,
                               const Ranges& ranges) {
  if (float_model.subgraphs.empty()) {
    return error(BATON_INVALID_MODEL, "the model has no subgraph to quantise");
  }
  switch (scheme) {
    case Scheme::kFloat16:
      return to_float16(float_model);
    case Scheme::kDynamic:
      return to_dynamic(float_model);
    case Scheme::kInt8:
    case Scheme::kUint8:
      return to_integers(float_model, scheme, ranges);
  }
  return error(BATON_INVALID_ARGUMENT, "quantisation scheme %d is not known",
               static_cast<int>(scheme));
}

}  // namespace baton::quantize
