#include "benchmarks/zoo/networks.h"

#include <algorithm>
#include <string>

namespace baton::zoo {
namespace {

constexpr std::string_view kSlimV1 = "tensorflow/models research/slim/nets/mobilenet_v1.md";
constexpr std::string_view kSlimV2 = "tensorflow/models research/slim/nets/mobilenet/README.md";
constexpr std::string_view kTorchvision = "torchvision.models, _ops and num_params";

constexpr Figure kNone{};

// Published in whole millions, in tenths and in hundredths of a million.
constexpr Figure millions(double figure) { return {figure, 1}; }
constexpr Figure tenths(double figure) { return {figure, 0.1}; }
constexpr Figure hundredths(double figure) { return {figure, 0.01}; }
// As above, with further digits cut off instead of rounded.
constexpr Figure cut(Figure figure) { return {figure.millions, figure.unit, true}; }

constexpr Network mobilenet_v1(std::string_view name, double width, int32_t size,
                               Figure multiply_adds, Figure parameters, uint64_t not_counted = 0) {
  return {{name, "mobilenet_v1", multiply_adds, parameters, kSlimV1, not_counted},
          build_mobilenet_v1,
          {width, size}};
}

constexpr Network mobilenet_v2(std::string_view name, double width, int32_t size,
                               double multiply_adds, double parameters) {
  return {{name, "mobilenet_v2", cut(millions(multiply_adds)), hundredths(parameters), kSlimV2, 0},
          build_mobilenet_v2,
          {width, size}};
}

// The first convolution of MobileNet v1 with 24 channels. The source's figures for width 0.75 are
// those of all layers but this one; the paper's, 325 million at size 224, is that of all.
constexpr uint64_t first_layer(uint64_t size) { return size / 2 * (size / 2) * 24 * 27; }

constexpr Network kNetworks[] = {
    mobilenet_v1("mobilenet_v1_1.0_224", 1.0, 224, millions(569), hundredths(4.24)),
    mobilenet_v1("mobilenet_v1_1.0_192", 1.0, 192, millions(418), hundredths(4.24)),
    mobilenet_v1("mobilenet_v1_1.0_160", 1.0, 160, millions(291), hundredths(4.24)),
    mobilenet_v1("mobilenet_v1_1.0_128", 1.0, 128, millions(186), hundredths(4.24)),
    mobilenet_v1("mobilenet_v1_0.75_224", 0.75, 224, millions(317), hundredths(2.59),
                 first_layer(224)),
    mobilenet_v1("mobilenet_v1_0.75_192", 0.75, 192, millions(233), hundredths(2.59),
                 first_layer(192)),
    mobilenet_v1("mobilenet_v1_0.75_160", 0.75, 160, millions(162), hundredths(2.59),
                 first_layer(160)),
    mobilenet_v1("mobilenet_v1_0.75_128", 0.75, 128, millions(104), hundredths(2.59),
                 first_layer(128)),
    mobilenet_v1("mobilenet_v1_0.50_224", 0.5, 224, millions(150), hundredths(1.34)),
    mobilenet_v1("mobilenet_v1_0.50_192", 0.5, 192, millions(110), hundredths(1.34)),
    mobilenet_v1("mobilenet_v1_0.50_160", 0.5, 160, millions(77), hundredths(1.34)),
    mobilenet_v1("mobilenet_v1_0.50_128", 0.5, 128, millions(49), hundredths(1.34)),
    mobilenet_v1("mobilenet_v1_0.25_224", 0.25, 224, millions(41), hundredths(0.47)),
    // "34" in the source, which has 41 at size 224 and 21 at 160 as well: no network has all three.
    mobilenet_v1("mobilenet_v1_0.25_192", 0.25, 192, kNone, hundredths(0.47)),
    mobilenet_v1("mobilenet_v1_0.25_160", 0.25, 160, millions(21), hundredths(0.47)),
    mobilenet_v1("mobilenet_v1_0.25_128", 0.25, 128, millions(14), hundredths(0.47)),
    mobilenet_v2("mobilenet_v2_1.4_224", 1.4, 224, 582, 6.06),
    mobilenet_v2("mobilenet_v2_1.3_224", 1.3, 224, 509, 5.34),
    mobilenet_v2("mobilenet_v2_1.0_224", 1.0, 224, 300, 3.47),
    mobilenet_v2("mobilenet_v2_1.0_192", 1.0, 192, 221, 3.47),
    mobilenet_v2("mobilenet_v2_1.0_160", 1.0, 160, 154, 3.47),
    mobilenet_v2("mobilenet_v2_1.0_128", 1.0, 128, 99, 3.47),
    mobilenet_v2("mobilenet_v2_1.0_96", 1.0, 96, 56, 3.47),
    mobilenet_v2("mobilenet_v2_0.75_224", 0.75, 224, 209, 2.61),
    mobilenet_v2("mobilenet_v2_0.75_192", 0.75, 192, 153, 2.61),
    mobilenet_v2("mobilenet_v2_0.75_160", 0.75, 160, 107, 2.61),
    mobilenet_v2("mobilenet_v2_0.75_128", 0.75, 128, 69, 2.61),
    mobilenet_v2("mobilenet_v2_0.75_96", 0.75, 96, 39, 2.61),
    mobilenet_v2("mobilenet_v2_0.5_224", 0.5, 224, 97, 1.95),
    mobilenet_v2("mobilenet_v2_0.5_192", 0.5, 192, 71, 1.95),
    mobilenet_v2("mobilenet_v2_0.5_160", 0.5, 160, 50, 1.95),
    mobilenet_v2("mobilenet_v2_0.5_128", 0.5, 128, 32, 1.95),
    mobilenet_v2("mobilenet_v2_0.5_96", 0.5, 96, 18, 1.95),
    mobilenet_v2("mobilenet_v2_0.35_224", 0.35, 224, 59, 1.66),
    mobilenet_v2("mobilenet_v2_0.35_192", 0.35, 192, 43, 1.66),
    mobilenet_v2("mobilenet_v2_0.35_160", 0.35, 160, 30, 1.66),
    mobilenet_v2("mobilenet_v2_0.35_128", 0.35, 128, 20, 1.66),
    mobilenet_v2("mobilenet_v2_0.35_96", 0.35, 96, 11, 1.66),
    {{"mobilenet_v3_large", "mobilenet_v3", millions(217), cut(tenths(5.4)), kSlimV2, 0},
     build_mobilenet_v3_large,
     {}},
    {{"mobilenet_v3_small", "mobilenet_v3", millions(57), hundredths(2.54), kTorchvision, 0},
     build_mobilenet_v3_small,
     {}},
    // The first version of the paper, whose figures the model garden's table still has.
    {{"mobilenet_v3_small_2019_05", "mobilenet_v3", millions(66), cut(tenths(2.9)), kSlimV2, 0},
     build_mobilenet_v3_small_2019_05,
     {}},
    // 27.16 million parameters with the auxiliary classifier's 3.33.
    {{"inception_v3", "inception", millions(5713), hundredths(23.83), kTorchvision, 0},
     build_inception_v3,
     {1, 299}},
    {{"resnet_50", "resnet", millions(4089), hundredths(25.56), kTorchvision, 0},
     build_resnet_50,
     {}},
    {{"squeezenet_1.1", "squeezenet", millions(349), hundredths(1.24), kTorchvision, 0},
     build_squeezenet,
     {}},
    // 407 million multiply-adds are published, too, by a count with other operators in it.
    {{"efficientnet_lite0", "efficientnet", kNone, hundredths(4.65),
      "keras-hub efficientnet_lite0_ra_imagenet", 0},
     build_efficientnet_lite0,
     {}},
    {{"deeplab_v3_513",
      "deeplab",
      {2750, 10},
      kNone,
      "tensorflow/models research/deeplab/g3doc/model_zoo.md",
      0},
     build_deeplab_v3,
     {1, 513}},
    {{"deeplab_v3", "deeplab", kNone, kNone, "", 0}, build_deeplab_v3, {1, 257}},
    {{"ssd_mobilenet", "ssd", kNone, kNone, "", 0}, build_ssd_mobilenet, {1, 300}},
    {{"ds_cnn", "ds_cnn", kNone, kNone, "", 0}, build_ds_cnn, {}},
    {{"lstm_tagger", "lstm", kNone, kNone, "", 0}, build_lstm_tagger, {}},
    {{"transformer_encoder", "transformer", kNone, kNone, "", 0}, build_transformer_encoder, {}},
};

// Short names of the members that are usually meant.
struct Alias {
  std::string_view name;
  std::string_view network;
};
constexpr Alias kAliases[] = {{"mobilenet_v1", "mobilenet_v1_1.0_224"},
                              {"mobilenet_v2", "mobilenet_v2_1.0_224"},
                              {"squeezenet", "squeezenet_1.1"}};

}  // namespace

std::span<const Network> networks() { return kNetworks; }

const Network* find_network(std::string_view name) {
  for (const Alias& alias : kAliases) {
    if (alias.name == name) name = alias.network;
  }
  const auto* const found =
      std::find_if(std::begin(kNetworks), std::end(kNetworks),
                   [&](const Network& network) { return network.entry.name == name; });
  return found == std::end(kNetworks) ? nullptr : found;
}

Net build_network(const Network& network, uint64_t seed, Net::Weights weights) {
  Net net(std::string(network.entry.name), seed, weights);
  network.build(net, network.variant);
  return net;
}

}  // namespace baton::zoo
