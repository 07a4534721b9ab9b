#include "train.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "draw.h"
#include "image.h"
#include "maths.h"
#include "random.h"

namespace shapes {
namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Map = Eigen::Map<Matrix>;
using Array = Eigen::Map<Eigen::ArrayXf>;
using ConstArray = Eigen::Map<const Eigen::ArrayXf>;

// Normalises each channel over the batch before its scale and the layer's bias. Convolutions only;
// `scale` is empty elsewhere.
struct BatchNorm {
  std::vector<float> scale;
  std::vector<float> scale_gradient;
  Matrix normalised;
  Eigen::RowVectorXf inverse_deviation;
  Eigen::RowVectorXf mean_sum;  // Over the last steps, for folding.
  Eigen::RowVectorXf variance_sum;
};

// What training keeps of one layer for a whole batch. Matrices have a row per picture element
// (or per picture, after the pool) and a column per channel.
struct Work {
  Matrix out;
  Matrix gradient;  // Of the loss with respect to `out`.
  Matrix patches;   // The first layer's windows, one per row.
  std::vector<float> weight_gradient;
  std::vector<float> bias_gradient;
  BatchNorm norm;
};

// Adam's moments of one parameter vector.
struct Moments {
  std::vector<float> first;
  std::vector<float> second;
};

// Calls fn(output row, tap, input row) for every tap of every window that lies in the picture.
template <typename Fn>
void for_each_tap(const Layer& layer, int batch, Fn fn) {
  const int before = layer.padding();
  for (int b = 0; b < batch; ++b) {
    for (int y = 0; y < layer.out.height; ++y) {
      for (int x = 0; x < layer.out.width; ++x) {
        const int row = (b * layer.out.height + y) * layer.out.width + x;
        for (int ky = 0; ky < layer.kernel; ++ky) {
          const int in_y = y * layer.stride + ky - before;
          if (in_y < 0 || in_y >= layer.in.height) continue;
          for (int kx = 0; kx < layer.kernel; ++kx) {
            const int in_x = x * layer.stride + kx - before;
            if (in_x < 0 || in_x >= layer.in.width) continue;
            fn(row, ky * layer.kernel + kx, (b * layer.in.height + in_y) * layer.in.width + in_x);
          }
        }
      }
    }
  }
}

class Trainer {
 public:
  Trainer(Network& network, const TrainOptions& options)
      : network_(network), options_(options), random_(options.seed) {
    for (Layer& layer : network_.layers) {
      initialise(layer);
      Work work;
      const auto rows =
          static_cast<Eigen::Index>(options.batch) * layer.out.height * layer.out.width;
      work.out.resize(rows, layer.out.channels);
      work.gradient.resize(rows, layer.out.channels);
      work.weight_gradient.resize(layer.weights.size());
      work.bias_gradient.resize(layer.bias.size());
      if (layer.kind == Kind::kConv || layer.kind == Kind::kDepthwise) {
        work.norm.scale.assign(layer.out.channels, 1.0f);
        work.norm.scale_gradient.resize(layer.out.channels);
        work.norm.mean_sum.setZero(layer.out.channels);
        work.norm.variance_sum.setZero(layer.out.channels);
      }
      for (const size_t size : {layer.weights.size(), layer.bias.size(), work.norm.scale.size()}) {
        moments_.push_back({std::vector<float>(size), std::vector<float>(size)});
      }
      work_.push_back(std::move(work));
    }
    input_.resize(static_cast<Eigen::Index>(options.batch) * kInputSide * kInputSide, 3);
    labels_.resize(options.batch);
  }

  float step(int index) {
    collecting_ = index >= options_.steps - kFoldingSteps;
    draw_batch();
    for (size_t i = 0; i < work_.size(); ++i) forward(i);
    const float loss = loss_and_gradient();
    for (size_t i = work_.size(); i-- > 0;) backward(i);
    update(index);
    return loss;
  }

  // Moves the normalisation into weights and bias, with the statistics of the last steps.
  void fold() {
    const auto steps = static_cast<float>(std::min(options_.steps, kFoldingSteps));
    for (size_t i = 0; i < work_.size(); ++i) {
      const BatchNorm& norm = work_[i].norm;
      if (norm.scale.empty()) continue;
      Layer& layer = network_.layers[i];
      const bool channels_last = layer.kind == Kind::kDepthwise;
      const auto channels = static_cast<size_t>(layer.out.channels);
      const size_t per_channel = layer.weights.size() / channels;
      for (size_t c = 0; c < channels; ++c) {
        const auto column = static_cast<Eigen::Index>(c);
        const float factor =
            norm.scale[c] / std::sqrt(norm.variance_sum(column) / steps + kEpsilon);
        layer.bias[c] -= norm.mean_sum(column) / steps * factor;
        for (size_t k = 0; k < per_channel; ++k) {
          layer.weights[channels_last ? k * channels + c : c * per_channel + k] *= factor;
        }
      }
    }
  }

 private:
  // He initialisation.
  void initialise(Layer& layer) {
    if (layer.weights.empty()) return;
    const auto fan_in = static_cast<double>(
        layer.kind == Kind::kDepthwise ? 9 : layer.weights.size() / layer.out.channels);
    const bool linear = layer.kind == Kind::kConv && !layer.relu6;
    const double deviation = std::sqrt((linear ? 1.0 : 2.0) / fan_in);
    for (float& weight : layer.weights) {
      weight = static_cast<float>(deviation * random_.normal());
    }
  }

  void draw_batch() {
    const size_t picture_size = static_cast<size_t>(kInputSide) * kInputSide * 3;
    for (int b = 0; b < options_.batch; ++b) {
      labels_[b] = random_.below(kClasses);
      const int side = kInputSide + random_.below(160 - kInputSide + 1);
      std::vector<float> values =
          resize_bilinear(draw_picture(labels_[b], side, random_), kInputSide);
      normalise(values);
      std::copy(values.begin(), values.end(), input_.data() + b * picture_size);
    }
  }

  Matrix& input_of(size_t i) { return i == 0 ? input_ : work_[i - 1].out; }

  static Map weights_of(Layer& layer) {
    return Map(layer.weights.data(), layer.out.channels,
               static_cast<Eigen::Index>(layer.weights.size()) / layer.out.channels);
  }

  void forward(size_t i) {
    Layer& layer = network_.layers[i];
    Work& work = work_[i];
    Matrix& in = input_of(i);
    switch (layer.kind) {
      case Kind::kConv:
        if (layer.kernel > 1) gather_patches(layer, in, work.patches);
        work.out.noalias() = (layer.kernel > 1 ? work.patches : in) * weights_of(layer).transpose();
        break;
      case Kind::kDepthwise:
        forward_depthwise(layer, in, work.out);
        break;
      case Kind::kAdd:
        work.out = in + work_[layer.other].out;
        break;
      case Kind::kAveragePool: {
        const int cells = layer.in.height * layer.in.width;
        for (int b = 0; b < options_.batch; ++b) {
          work.out.row(b) = in.middleRows(b * cells, cells).colwise().sum() / cells;
        }
        break;
      }
      case Kind::kFullyConnected:
        work.out.noalias() = in * weights_of(layer).transpose();
        break;
    }
    if (!work.norm.scale.empty()) normalise_batch(work);
    if (!layer.bias.empty()) work.out.array().rowwise() += row(layer.bias);
    if (layer.relu6) work.out = work.out.cwiseMax(0.0f).cwiseMin(6.0f);
  }

  void normalise_batch(Work& work) {
    BatchNorm& norm = work.norm;
    const auto rows = static_cast<float>(work.out.rows());
    const Eigen::RowVectorXf mean = work.out.colwise().sum() / rows;
    norm.normalised = work.out.rowwise() - mean;
    const Eigen::RowVectorXf variance = norm.normalised.cwiseAbs2().colwise().sum() / rows;
    norm.inverse_deviation = (variance.array() + kEpsilon).sqrt().inverse().matrix();
    norm.normalised.array().rowwise() *= norm.inverse_deviation.array();
    work.out = norm.normalised;
    work.out.array().rowwise() *= row(norm.scale);
    if (collecting_) {
      norm.mean_sum += mean;
      norm.variance_sum += variance;
    }
  }

  // From the gradient after normalisation to the one before it.
  static void backward_norm(Work& work) {
    BatchNorm& norm = work.norm;
    row(norm.scale_gradient) = work.gradient.cwiseProduct(norm.normalised).colwise().sum().array();
    const auto rows = static_cast<float>(work.gradient.rows());
    const Eigen::RowVectorXf shared = (row(norm.scale_gradient) / rows).matrix();
    const Eigen::RowVectorXf mean = (row(work.bias_gradient) / rows).matrix();
    norm.normalised.array().rowwise() *= shared.array();
    work.gradient -= norm.normalised;
    work.gradient.rowwise() -= mean;
    work.gradient.array().rowwise() *= row(norm.scale) * norm.inverse_deviation.array();
  }

  static Eigen::Map<Eigen::Array<float, 1, Eigen::Dynamic>> row(std::vector<float>& values) {
    return {values.data(), static_cast<Eigen::Index>(values.size())};
  }

  void gather_patches(const Layer& layer, const Matrix& in, Matrix& patches) {
    const int channels = layer.in.channels;
    patches.setZero(static_cast<Eigen::Index>(options_.batch) * layer.out.height * layer.out.width,
                    layer.kernel * layer.kernel * channels);
    for_each_tap(layer, options_.batch, [&](int row, int tap, int in_row) {
      for (int c = 0; c < channels; ++c) patches(row, tap * channels + c) = in(in_row, c);
    });
  }

  void forward_depthwise(const Layer& layer, const Matrix& in, Matrix& out) {
    const int channels = layer.out.channels;
    out.setZero();
    for_each_tap(layer, options_.batch, [&](int row, int tap, int in_row) {
      Array(out.row(row).data(), channels) +=
          ConstArray(in.row(in_row).data(), channels) *
          ConstArray(layer.weights.data() + tap * channels, channels);
    });
  }

  // Mean cross-entropy of the softmax; leaves its gradient with the last layer.
  float loss_and_gradient() {
    Work& last = work_.back();
    double loss = 0;
    for (int b = 0; b < options_.batch; ++b) {
      const double highest = last.out.row(b).maxCoeff();
      double sum = 0;
      for (int c = 0; c < kClasses; ++c) sum += exponential(last.out(b, c) - highest);
      for (int c = 0; c < kClasses; ++c) {
        const double probability = exponential(last.out(b, c) - highest) / sum;
        const bool right = c == labels_[b];
        if (right) loss -= std::log(std::max(probability, 1e-30));
        last.gradient(b, c) = static_cast<float>((probability - right) / options_.batch);
      }
    }
    return static_cast<float>(loss / options_.batch);
  }

  void backward(size_t i) {
    Layer& layer = network_.layers[i];
    Work& work = work_[i];
    Matrix& in = input_of(i);
    if (layer.relu6) {
      work.gradient = (work.out.array() > 0.0f && work.out.array() < 6.0f)
                          .select(work.gradient.array(), 0.0f)
                          .matrix();
    }
    if (!layer.bias.empty()) row(work.bias_gradient) = work.gradient.colwise().sum().array();
    if (!work.norm.scale.empty()) backward_norm(work);
    Matrix* in_gradient = i == 0 ? nullptr : &work_[i - 1].gradient;
    switch (layer.kind) {
      case Kind::kConv:
      case Kind::kFullyConnected: {
        const Map weights = weights_of(layer);
        Map(work.weight_gradient.data(), weights.rows(), weights.cols()).noalias() =
            work.gradient.transpose() * (layer.kernel > 1 ? work.patches : in);
        if (in_gradient != nullptr) in_gradient->noalias() = work.gradient * weights;
        break;
      }
      case Kind::kDepthwise:
        backward_depthwise(layer, in, work, *in_gradient);
        break;
      case Kind::kAdd:
        *in_gradient = work.gradient;
        break;
      case Kind::kAveragePool: {
        const int cells = layer.in.height * layer.in.width;
        for (int b = 0; b < options_.batch; ++b) {
          in_gradient->middleRows(b * cells, cells).rowwise() = work.gradient.row(b) / cells;
        }
        break;
      }
    }
    // The shortcut's share arrives at its source once the branch's own has.
    for (size_t add = i; add < work_.size(); ++add) {
      if (i > 0 && network_.layers[add].kind == Kind::kAdd &&
          network_.layers[add].other == static_cast<int>(i) - 1) {
        *in_gradient += work_[add].gradient;
      }
    }
  }

  void backward_depthwise(const Layer& layer, const Matrix& in, Work& work, Matrix& in_gradient) {
    const int channels = layer.out.channels;
    in_gradient.setZero();
    std::fill(work.weight_gradient.begin(), work.weight_gradient.end(), 0.0f);
    for_each_tap(layer, options_.batch, [&](int row, int tap, int in_row) {
      const ConstArray gradient(work.gradient.row(row).data(), channels);
      Array(work.weight_gradient.data() + tap * channels, channels) +=
          gradient * ConstArray(in.row(in_row).data(), channels);
      Array(in_gradient.row(in_row).data(), channels) +=
          gradient * ConstArray(layer.weights.data() + tap * channels, channels);
    });
  }

  void update(int index) {
    const int warm_up = options_.steps / 20 + 1;
    const float rate = options_.learning_rate *
                       std::min(static_cast<float>(index + 1) / static_cast<float>(warm_up),
                                static_cast<float>(options_.steps - index) /
                                    static_cast<float>(options_.steps - warm_up));
    first_power_ *= kFirstDecay;
    second_power_ *= kSecondDecay;
    for (size_t i = 0; i < work_.size(); ++i) {
      Work& work = work_[i];
      adam(network_.layers[i].weights, work.weight_gradient, moments_[3 * i], rate);
      adam(network_.layers[i].bias, work.bias_gradient, moments_[3 * i + 1], rate);
      adam(work.norm.scale, work.norm.scale_gradient, moments_[3 * i + 2], rate);
    }
  }

  void adam(std::vector<float>& values, const std::vector<float>& gradient, Moments& moments,
            float rate) const {
    for (size_t i = 0; i < values.size(); ++i) {
      float& first = moments.first[i];
      float& second = moments.second[i];
      first = kFirstDecay * first + (1 - kFirstDecay) * gradient[i];
      second = kSecondDecay * second + (1 - kSecondDecay) * gradient[i] * gradient[i];
      values[i] -=
          rate * (first / (1 - first_power_)) / (std::sqrt(second / (1 - second_power_)) + 1e-7f);
    }
  }

  static constexpr float kFirstDecay = 0.9f;
  static constexpr float kSecondDecay = 0.99f;
  static constexpr float kEpsilon = 1e-3f;
  static constexpr int kFoldingSteps = 64;

  Network& network_;
  const TrainOptions options_;
  Random random_;
  Matrix input_;
  std::vector<int> labels_;
  std::vector<Work> work_;
  std::vector<Moments> moments_;  // Weights, bias and scale of each layer in turn.
  bool collecting_ = false;       // Near the end: sum up the statistics for folding.
  float first_power_ = 1;
  float second_power_ = 1;
};

}  // namespace

void train(Network& network, const TrainOptions& options, void (*progress)(int step, float loss)) {
  // Eigen divides its products by the cache sizes it finds, which would change the order of sums.
  Eigen::setCpuCacheSizes(32 * 1024, 256 * 1024, 2 * 1024 * 1024);
  Trainer trainer(network, options);
  for (int step = 0; step < options.steps; ++step) progress(step, trainer.step(step));
  trainer.fold();
}

}  // namespace shapes
