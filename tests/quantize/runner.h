// Models of converter/tflite, run by the reference kernels on real numbers.
#pragma once

#include <string>
#include <vector>

#include "converter/quantize/calibrate.h"
#include "converter/tflite/model.h"

namespace baton::test {

// Inputs of a float model in its main subgraph, each as raw content: floats in [-1, 1], integers
// below 50.
using Sample = std::vector<tflite::Bytes>;
std::vector<Sample> samples(const tflite::Model& model, size_t count, uint64_t seed);

// Runs `model` on each sample of the float model: float inputs are quantised where it wants 8 bits,
// and its outputs are real numbers again. One list for each output, over all samples.
std::vector<std::vector<double>> run(const tflite::Model& model,
                                     const std::vector<Sample>& samples);

// 10 log10 of signal power over noise power.
double snr(const std::vector<double>& expected, const std::vector<double>& actual);

// The oddities that the runtime finds in the model's file, each in a line.
std::string oddities(const tflite::Model& model);

// Ranges from `count` samples.
quantize::Ranges ranges_of(const tflite::Model& model, size_t count = 8);

}  // namespace baton::test
