// Finds the range of each activation by running the model on samples.
#pragma once

#include <vector>

#include "converter/quantize/quantize.h"
#include "converter/tflite/constants.h"

namespace baton::quantize {

// runs[i][k]: the raw content of input k in run i. Runs on the reference kernels; state is reset
// before each run. Constants, and what is computed from constants alone, have no range.
Result<Ranges> calibrate(const tflite::Model& model,
                         const std::vector<std::vector<tflite::Bytes>>& runs);

}  // namespace baton::quantize
