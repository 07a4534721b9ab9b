// Small models as the bytes of a .tflite file. Apart from what runs them: the builder's headers are
// the core's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace baton::benchmarks {

using File = std::vector<uint8_t>;

// One operator at a size that MobileNet has.
struct KernelModel {
  std::string name;  // "conv_2d_3x3/float32"
  File file;
};
std::vector<KernelModel> kernel_models();

// `nodes` nodes one after the other, RELU and RELU6 by turns,
// on float32[1, elements].
File chain_model(uint32_t nodes, int32_t elements);

// MobileNet v1 as a chain of convolutions: what is loaded and planned in the life of a real model.
File mobilenet_model();

}  // namespace baton::benchmarks
