// SqueezeNet 1.1 (Iandola et al., 2016; the release with 2.4 times less work than 1.0).

#include "benchmarks/zoo/families.h"

namespace baton::zoo {
namespace {

constexpr Activation kRelu = Activation::kRelu;

struct Fire {
  int32_t squeezed;
  int32_t expanded;  // each of the 1x1 and the 3x3 filters
  bool pooled;       // before
};
constexpr Fire kFires[] = {{16, 64, true},  {16, 64, false},  {32, 128, true},  {32, 128, false},
                           {48, 192, true}, {48, 192, false}, {64, 256, false}, {64, 256, false}};

}  // namespace

void build_squeezenet(Net& net, const Variant& variant) {
  TensorId x = net.conv(net.image(variant.size), {.name = "conv1",
                                                  .channels = 64,
                                                  .kernel = 3,
                                                  .stride = 2,
                                                  .activation = kRelu,
                                                  .padding = BATON_PADDING_VALID});
  int32_t number = 1;
  for (const Fire& fire : kFires) {
    if (fire.pooled) {
      x = net.max_pool(x, {.name = "pool" + std::to_string(number), .kernel = 3, .stride = 2});
    }
    const std::string name = "fire" + std::to_string(++number);
    const TensorId squeezed =
        net.conv(x, {.name = name + "/squeeze1x1", .channels = fire.squeezed, .activation = kRelu});
    const TensorId narrow = net.conv(
        squeezed, {.name = name + "/expand1x1", .channels = fire.expanded, .activation = kRelu});
    const TensorId wide = net.conv(
        squeezed,
        {.name = name + "/expand3x3", .channels = fire.expanded, .kernel = 3, .activation = kRelu});
    x = net.concat({narrow, wide}, name + "/concat");
  }
  // The classes' numbers are what is left of these after the pool.
  x = net.conv(x, {.name = "conv10", .channels = 1000, .activation = kRelu, .deviation = 3});
  x = net.global_pool(x, "pool10");
  x = net.reshape(x, {1, 1000}, "logits");
  net.output(net.softmax(x, "probabilities"));
}

}  // namespace baton::zoo
