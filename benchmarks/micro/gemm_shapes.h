// Matrix products of real networks, for the micro-benchmarks of the kernels that compute them.
#pragma once

#include <cstddef>

namespace baton::benchmarks {

struct GemmShape {
  const char* name;
  size_t rows;     // output pixels, or the batch
  size_t columns;  // output channels
  size_t taps;     // filter positions
  size_t depth;    // input channels
};

constexpr GemmShape kGemmShapes[] = {
    {"mobilenet_v1_first", 12544, 32, 1, 27},  // 3x3, gathered
    {"mobilenet_v1_112", 12544, 64, 1, 32},    //
    {"mobilenet_v1_14", 196, 512, 1, 512},     //
    {"mobilenet_v1_7", 49, 1024, 1, 1024},     //
    {"mobilenet_v2_project_112", 12544, 16, 1, 32}, {"mobilenet_v2_expand_112", 12544, 96, 1, 16},
    {"mobilenet_v2_project_56", 3136, 24, 1, 96},   {"mobilenet_v2_expand_56", 3136, 144, 1, 24},
    {"mobilenet_v2_project_7", 49, 160, 1, 960},    {"mobilenet_v2_last", 49, 1280, 1, 320},
    {"resnet50_3x3_56", 3136, 64, 9, 64},           {"resnet50_3x3_14", 196, 256, 9, 256},
    {"resnet50_1x1_7", 49, 512, 1, 2048},           {"bert_128", 128, 3072, 1, 768},
    {"fully_connected_1001", 1, 1001, 1, 1024},     {"fully_connected_4096", 1, 4096, 1, 4096},
};

}  // namespace baton::benchmarks
