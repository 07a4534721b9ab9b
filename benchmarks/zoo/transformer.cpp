// A small encoder of the kind that BERT is (Devlin et al., 2018): token and position embeddings,
// layers of attention and GELU, and a class for the whole text from its first token.

#include <cmath>

#include "benchmarks/zoo/families.h"

namespace baton::zoo {
namespace {

constexpr int32_t kTokens = 64;
constexpr int32_t kVocabulary = 8000;
constexpr int32_t kWidth = 128;
constexpr int32_t kHeads = 4;
constexpr int32_t kHeadWidth = kWidth / kHeads;
constexpr int32_t kInner = 512;
constexpr int32_t kLayers = 4;
constexpr int32_t kClasses = 8;

class Encoder {
 public:
  explicit Encoder(Net& net) : net_(net), b_(net.builder()) {}

  TensorId embed(TensorId tokens) {
    const TensorId table = net_.weights("token_embeddings", {kVocabulary, kWidth}, 1);
    const TensorId x = b_.tensor("embedded", BATON_FLOAT32, {1, kTokens, kWidth});
    b_.op(BATON_OP_GATHER, {table, tokens}, {x});
    const TensorId positions = net_.weights("position_embeddings", {kTokens, kWidth}, 0.25);
    net_.set_moments(positions, {0, 0.25});
    return normalise(net_.add(x, positions, "embedded/with_positions"), "embedded/norm");
  }

  TensorId layer(TensorId x, const std::string& name) {
    const TensorId attended = attention(x, name + "/attention");
    x = normalise(net_.add(x, attended, name + "/attention/add"), name + "/attention/norm");
    TensorId y = dense(x, name + "/inner", kInner, Activation::kGelu);
    y = dense(y, name + "/outer", kWidth);
    return normalise(net_.add(x, y, name + "/add"), name + "/norm");
  }

 private:
  TensorId dense(TensorId x, const std::string& name, int32_t channels,
                 Activation activation = Activation::kNone, double deviation = 1) {
    return net_.dense(x, {.name = name,
                          .channels = channels,
                          .activation = activation,
                          .keep_num_dims = true,
                          .deviation = deviation});
  }

  TensorId binary(int32_t op, TensorId x, TensorId y, const std::string& name) {
    return tflite::binary(b_, op, x, y, BATON_ACTIVATION_NONE, {.name = name});
  }

  // (x - mean) / deviation * gamma + beta, in the operators that converters make of it.
  TensorId normalise(TensorId x, const std::string& name) {
    const auto mean_of = [&](TensorId of, const std::string& suffix) {
      return tflite::reduce(b_, BATON_OP_MEAN, of, {-1}, true, {.name = name + suffix});
    };
    const TensorId mean = mean_of(x, "/mean");
    const TensorId variance =
        mean_of(binary(BATON_OP_SQUARED_DIFFERENCE, x, mean, name + "/squares"), "/variance");
    const TensorId inverse =
        tflite::unary(b_, BATON_OP_RSQRT, net_.add(variance, 1e-6f, name + "/above_0"),
                      {.name = name + "/rsqrt"});
    const TensorId gamma = net_.parameter(name + "/gamma", {kWidth}, 1, 0.1);
    const TensorId beta = net_.parameter(name + "/beta", {kWidth}, 0, 0.1);
    const TensorId factor = binary(BATON_OP_MUL, inverse, gamma, name + "/factor");
    const TensorId scaled = binary(BATON_OP_MUL, x, factor, name + "/scaled");
    const TensorId shift = binary(BATON_OP_MUL, mean, factor, name + "/scaled_mean");
    const TensorId y =
        binary(BATON_OP_ADD, scaled, binary(BATON_OP_SUB, beta, shift, name + "/shift"), name);
    net_.set_moments(y, {0, 1});
    return y;
  }

  // To [1, heads, tokens, width of a head].
  TensorId heads(TensorId x, const std::string& name) {
    x = net_.reshape(x, {1, kTokens, kHeads, kHeadWidth}, name + "/split");
    return net_.transpose(x, {0, 2, 1, 3}, name + "/heads");
  }

  TensorId matmul(TensorId x, TensorId y, bool transposed, const std::string& name) {
    auto attributes = default_attributes<baton_batch_mat_mul_attributes>();
    attributes.adj_y = transposed;
    const int32_t inner = net_.shape(x)[3];
    const int32_t columns = net_.shape(y)[transposed ? 2 : 3];
    const TensorId z = b_.tensor(name, BATON_FLOAT32, {1, kHeads, kTokens, columns});
    b_.op(BATON_OP_BATCH_MATMUL, {x, y}, {z}, attributes);
    net_.add_multiply_adds(element_count(net_.shape(z)) * static_cast<uint64_t>(inner));
    return z;
  }

  TensorId attention(TensorId x, const std::string& name) {
    const TensorId query = heads(dense(x, name + "/query", kWidth), name + "/query");
    const TensorId key = heads(dense(x, name + "/key", kWidth), name + "/key");
    const TensorId value = heads(dense(x, name + "/value", kWidth), name + "/value");
    TensorId weights = matmul(query, key, true, name + "/products");
    weights = net_.multiply(weights, static_cast<float>(1 / std::sqrt(double{kHeadWidth})),
                            name + "/scaled");
    weights = net_.softmax(weights, name + "/weights");
    TensorId y = matmul(weights, value, false, name + "/mixed");
    net_.set_moments(y, {0, kMixedVariance});
    y = net_.transpose(y, {0, 2, 1, 3}, name + "/mixed/tokens");
    y = net_.reshape(y, {1, kTokens, kWidth}, name + "/mixed/joined");
    // What all tokens get alike must not drown them.
    return dense(y, name + "/output", kWidth, Activation::kNone, 0.3);
  }

  // Of a weighted mean of values with variance 1; measured.
  static constexpr double kMixedVariance = 0.06;

  Net& net_;
  tflite::GraphBuilder& b_;
};

}  // namespace

void build_transformer_encoder(Net& net, const Variant&) {
  Encoder encoder(net);
  TensorId x = encoder.embed(net.input("tokens", BATON_INT32, {1, kTokens}, 0, kVocabulary));
  for (int32_t layer = 1; layer <= kLayers; ++layer) {
    x = encoder.layer(x, "layer_" + std::to_string(layer));
  }
  x = tflite::slice(net.builder(), x, {0, 0, 0}, {1, 1, kWidth}, {.name = "first"});
  x = net.reshape(x, {1, kWidth}, "features");
  x = net.dense(x, {.name = "logits", .channels = kClasses, .deviation = kLogitDeviation});
  net.output(net.softmax(x, "probabilities"));
}

}  // namespace baton::zoo
