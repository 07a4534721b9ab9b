// Inception v3 (Szegedy et al., 2015), without the auxiliary classifier, which is for training.

#include "benchmarks/zoo/families.h"

namespace baton::zoo {
namespace {

class Inception {
 public:
  explicit Inception(Net& net) : net_(net) {}

  // All convolutions have ReLU behind them.
  TensorId conv(TensorId x, const std::string& name, int32_t channels, Kernel kernel,
                int32_t stride = 1, int32_t padding = BATON_PADDING_SAME) {
    return net_.conv(x, {.name = block_ + name,
                         .channels = channels,
                         .kernel = kernel,
                         .stride = stride,
                         .activation = Activation::kRelu,
                         .padding = padding});
  }
  TensorId shrink(TensorId x, const std::string& name, int32_t channels) {
    return conv(x, name, channels, 3, 2, BATON_PADDING_VALID);
  }
  TensorId max_pool(TensorId x, const std::string& name) {
    return net_.max_pool(x, {.name = block_ + name, .kernel = 3, .stride = 2});
  }
  TensorId pool_branch(TensorId x, const std::string& branch, int32_t channels) {
    x = net_.average_pool(
        x, {.name = block_ + branch + "/AvgPool", .kernel = 3, .padding = BATON_PADDING_SAME});
    return conv(x, branch + "/Conv2d_0b_1x1", channels, 1);
  }
  TensorId concat(const std::vector<TensorId>& branches) {
    return net_.concat(branches, block_ + "concat");
  }

  TensorId stem(TensorId x) {
    block_ = "";
    x = shrink(x, "Conv2d_1a_3x3", 32);
    x = conv(x, "Conv2d_2a_3x3", 32, 3, 1, BATON_PADDING_VALID);
    x = conv(x, "Conv2d_2b_3x3", 64, 3);
    x = max_pool(x, "MaxPool_3a_3x3");
    x = conv(x, "Conv2d_3b_1x1", 80, 1);
    x = conv(x, "Conv2d_4a_3x3", 192, 3, 1, BATON_PADDING_VALID);
    return max_pool(x, "MaxPool_5a_3x3");
  }

  // 35x35.
  TensorId mixed_5(TensorId x, const std::string& name, int32_t pool_channels) {
    block_ = name + "/";
    const TensorId b0 = conv(x, "Branch_0/Conv2d_0a_1x1", 64, 1);
    TensorId b1 = conv(x, "Branch_1/Conv2d_0a_1x1", 48, 1);
    b1 = conv(b1, "Branch_1/Conv2d_0b_5x5", 64, 5);
    TensorId b2 = conv(x, "Branch_2/Conv2d_0a_1x1", 64, 1);
    b2 = conv(b2, "Branch_2/Conv2d_0b_3x3", 96, 3);
    b2 = conv(b2, "Branch_2/Conv2d_0c_3x3", 96, 3);
    return concat({b0, b1, b2, pool_branch(x, "Branch_3", pool_channels)});
  }

  // To 17x17.
  TensorId mixed_6a(TensorId x) {
    block_ = "Mixed_6a/";
    const TensorId b0 = shrink(x, "Branch_0/Conv2d_1a_3x3", 384);
    TensorId b1 = conv(x, "Branch_1/Conv2d_0a_1x1", 64, 1);
    b1 = conv(b1, "Branch_1/Conv2d_0b_3x3", 96, 3);
    b1 = shrink(b1, "Branch_1/Conv2d_1a_3x3", 96);
    return concat({b0, b1, max_pool(x, "Branch_2/MaxPool_1a_3x3")});
  }

  TensorId mixed_6(TensorId x, const std::string& name, int32_t inner) {
    block_ = name + "/";
    const TensorId b0 = conv(x, "Branch_0/Conv2d_0a_1x1", 192, 1);
    TensorId b1 = conv(x, "Branch_1/Conv2d_0a_1x1", inner, 1);
    b1 = conv(b1, "Branch_1/Conv2d_0b_1x7", inner, {1, 7});
    b1 = conv(b1, "Branch_1/Conv2d_0c_7x1", 192, {7, 1});
    TensorId b2 = conv(x, "Branch_2/Conv2d_0a_1x1", inner, 1);
    b2 = conv(b2, "Branch_2/Conv2d_0b_7x1", inner, {7, 1});
    b2 = conv(b2, "Branch_2/Conv2d_0c_1x7", inner, {1, 7});
    b2 = conv(b2, "Branch_2/Conv2d_0d_7x1", inner, {7, 1});
    b2 = conv(b2, "Branch_2/Conv2d_0e_1x7", 192, {1, 7});
    return concat({b0, b1, b2, pool_branch(x, "Branch_3", 192)});
  }

  // To 8x8.
  TensorId mixed_7a(TensorId x) {
    block_ = "Mixed_7a/";
    TensorId b0 = conv(x, "Branch_0/Conv2d_0a_1x1", 192, 1);
    b0 = shrink(b0, "Branch_0/Conv2d_1a_3x3", 320);
    TensorId b1 = conv(x, "Branch_1/Conv2d_0a_1x1", 192, 1);
    b1 = conv(b1, "Branch_1/Conv2d_0b_1x7", 192, {1, 7});
    b1 = conv(b1, "Branch_1/Conv2d_0c_7x1", 192, {7, 1});
    b1 = shrink(b1, "Branch_1/Conv2d_1a_3x3", 192);
    return concat({b0, b1, max_pool(x, "Branch_2/MaxPool_1a_3x3")});
  }

  TensorId mixed_7(TensorId x, const std::string& name) {
    block_ = name + "/";
    const TensorId b0 = conv(x, "Branch_0/Conv2d_0a_1x1", 320, 1);
    const TensorId b1 = conv(x, "Branch_1/Conv2d_0a_1x1", 384, 1);
    const TensorId b1_wide = conv(b1, "Branch_1/Conv2d_0b_1x3", 384, {1, 3});
    const TensorId b1_tall = conv(b1, "Branch_1/Conv2d_0c_3x1", 384, {3, 1});
    TensorId b2 = conv(x, "Branch_2/Conv2d_0a_1x1", 448, 1);
    b2 = conv(b2, "Branch_2/Conv2d_0b_3x3", 384, 3);
    const TensorId b2_wide = conv(b2, "Branch_2/Conv2d_0c_1x3", 384, {1, 3});
    const TensorId b2_tall = conv(b2, "Branch_2/Conv2d_0d_3x1", 384, {3, 1});
    const TensorId joined_1 = net_.concat({b1_wide, b1_tall}, block_ + "Branch_1/concat");
    const TensorId joined_2 = net_.concat({b2_wide, b2_tall}, block_ + "Branch_2/concat");
    return concat({b0, joined_1, joined_2, pool_branch(x, "Branch_3", 192)});
  }

 private:
  Net& net_;
  std::string block_;  // prefix of names
};

}  // namespace

void build_inception_v3(Net& net, const Variant& variant) {
  Inception inception(net);
  TensorId x = inception.stem(net.image(variant.size));
  x = inception.mixed_5(x, "Mixed_5b", 32);
  x = inception.mixed_5(x, "Mixed_5c", 64);
  x = inception.mixed_5(x, "Mixed_5d", 64);
  x = inception.mixed_6a(x);
  x = inception.mixed_6(x, "Mixed_6b", 128);
  x = inception.mixed_6(x, "Mixed_6c", 160);
  x = inception.mixed_6(x, "Mixed_6d", 160);
  x = inception.mixed_6(x, "Mixed_6e", 192);
  x = inception.mixed_7a(x);
  x = inception.mixed_7(x, "Mixed_7b");
  x = inception.mixed_7(x, "Mixed_7c");
  x = net.global_pool(x, "Logits/AvgPool");
  net.output(net.classify(x, "Logits", 1001));
}

}  // namespace baton::zoo
