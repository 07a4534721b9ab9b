#include "tests/support/oracle.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <utility>

namespace baton::test::oracle {

size_t element_count(const std::vector<int>& shape) {
  size_t count = 1;
  for (const int dim : shape) count *= static_cast<size_t>(dim);
  return count;
}

Tensor zeros(std::vector<int> shape) {
  const size_t count = element_count(shape);
  return {std::move(shape), std::vector<double>(count)};
}

size_t offset(const std::vector<int>& shape, const std::vector<int>& index) {
  size_t at = 0;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    at = at * static_cast<size_t>(shape[axis]) + static_cast<size_t>(index[axis]);
  }
  return at;
}

void for_each_index(const std::vector<int>& shape,
                    const std::function<void(const std::vector<int>&)>& visit) {
  std::vector<int> index(shape.size());
  for (size_t left = element_count(shape); left > 0; --left) {
    visit(index);
    for (size_t axis = shape.size(); axis-- > 0;) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
}

Tensor random(std::vector<int> shape, unsigned seed, double low, double high) {
  Tensor tensor = zeros(std::move(shape));
  std::mt19937 generator(seed);
  for (double& x : tensor.values) {
    // Rounded to float, so that the kernel under test starts from the same numbers.
    x = static_cast<float>(low + (high - low) * (generator() / 4294967296.0));
  }
  return tensor;
}

std::vector<float> to_floats(const Tensor& tensor) {
  std::vector<float> floats;
  for (const double x : tensor.values) floats.push_back(static_cast<float>(x));
  return floats;
}

double activate(double x, Activation activation) {
  switch (activation) {
    case Activation::kRelu:
      return std::max(x, 0.0);
    case Activation::kReluN1To1:
      return std::clamp(x, -1.0, 1.0);
    case Activation::kRelu6:
      return std::clamp(x, 0.0, 6.0);
    case Activation::kTanh:
      return std::tanh(x);
    case Activation::kSignBit:
      return std::signbit(x) ? 1.0 : 0.0;
    case Activation::kNone:
      break;
  }
  return x;
}

Tensor activated(Tensor tensor, Activation activation) {
  for (double& x : tensor.values) x = activate(x, activation);
  return tensor;
}

Span windows(int input, int filter, int stride, int dilation, Padding padding) {
  const int reach = (filter - 1) * dilation;  // from a window's first cell to its last
  Span span;
  if (padding == Padding::kValid) {
    for (int start = 0; start + reach < input; start += stride) ++span.count;
    return span;
  }
  for (int start = 0; start < input; start += stride) ++span.count;
  // Cells missing at the end are shared out, the odd one to the end.
  const int missing = (span.count - 1) * stride + reach - (input - 1);
  if (missing > 0) span.first = -(missing / 2);
  return span;
}

namespace {

double at(const Tensor& t, int a, int b, int c, int d) {
  return t.values[offset(t.shape, {a, b, c, d})];
}

// Calls visit(filter row, filter column, input row, input column) for the cells of one window that
// lie inside the input.
template <typename Visit>
void for_each_cell(const Tensor& input, const Window& window, int filter_h, int filter_w, int row,
                   int column, Visit visit) {
  for (int h = 0; h < filter_h; ++h) {
    for (int w = 0; w < filter_w; ++w) {
      const int y = row + h * window.dilation_h, x = column + w * window.dilation_w;
      if (y >= 0 && y < input.dim(1) && x >= 0 && x < input.dim(2)) visit(h, w, y, x);
    }
  }
}

// Calls element(batch, first row, first column, channel) for each output of a sliding window.
Tensor slide(const Tensor& input, const Window& window, int filter_h, int filter_w, int channels,
             const std::function<double(int, int, int, int)>& element) {
  const Span rows =
      windows(input.dim(1), filter_h, window.stride_h, window.dilation_h, window.padding);
  const Span columns =
      windows(input.dim(2), filter_w, window.stride_w, window.dilation_w, window.padding);
  Tensor output = zeros({input.dim(0), rows.count, columns.count, channels});
  for_each_index(output.shape, [&](const std::vector<int>& i) {
    output.values[offset(output.shape, i)] =
        activate(element(i[0], rows.first + i[1] * window.stride_h,
                         columns.first + i[2] * window.stride_w, i[3]),
                 window.activation);
  });
  return output;
}

double bias_of(const std::vector<double>& bias, int channel) {
  return bias.empty() ? 0 : bias[static_cast<size_t>(channel)];
}

}  // namespace

Tensor conv_2d(const Tensor& input, const Tensor& filter, const std::vector<double>& bias,
               const Window& window) {
  const int outputs = filter.dim(0), depth = filter.dim(3);
  const int groups = input.dim(3) / depth;
  return slide(input, window, filter.dim(1), filter.dim(2), outputs,
               [&](int batch, int row, int column, int channel) {
                 double sum = bias_of(bias, channel);
                 const int first = channel / (outputs / groups) * depth;
                 for_each_cell(input, window, filter.dim(1), filter.dim(2), row, column,
                               [&](int h, int w, int y, int x) {
                                 for (int i = 0; i < depth; ++i) {
                                   sum += at(input, batch, y, x, first + i) *
                                          at(filter, channel, h, w, i);
                                 }
                               });
                 return sum;
               });
}

Tensor depthwise_conv_2d(const Tensor& input, const Tensor& filter, const std::vector<double>& bias,
                         const Window& window) {
  const int multiplier = filter.dim(3) / input.dim(3);
  return slide(input, window, filter.dim(1), filter.dim(2), filter.dim(3),
               [&](int batch, int row, int column, int channel) {
                 double sum = bias_of(bias, channel);
                 for_each_cell(input, window, filter.dim(1), filter.dim(2), row, column,
                               [&](int h, int w, int y, int x) {
                                 sum += at(input, batch, y, x, channel / multiplier) *
                                        at(filter, 0, h, w, channel);
                               });
                 return sum;
               });
}

Tensor transpose_conv_2d(const std::vector<int>& output_shape, const Tensor& filter,
                         const Tensor& input, const std::vector<double>& bias,
                         const Window& window) {
  Tensor output = zeros(output_shape);
  // The forward convolution would take windows of the output to the cells of the input.
  const Span rows =
      windows(output.dim(1), filter.dim(1), window.stride_h, window.dilation_h, window.padding);
  const Span columns =
      windows(output.dim(2), filter.dim(2), window.stride_w, window.dilation_w, window.padding);
  for_each_index(input.shape, [&](const std::vector<int>& i) {
    for_each_cell(output, window, filter.dim(1), filter.dim(2), rows.first + i[1] * window.stride_h,
                  columns.first + i[2] * window.stride_w, [&](int h, int w, int y, int x) {
                    for (int o = 0; o < filter.dim(0); ++o) {
                      output.values[offset(output.shape, {i[0], y, x, o})] +=
                          input.values[offset(input.shape, i)] * at(filter, o, h, w, i[3]);
                    }
                  });
  });
  for_each_index(output.shape, [&](const std::vector<int>& i) {
    double& x = output.values[offset(output.shape, i)];
    x = activate(x + bias_of(bias, i[3]), window.activation);
  });
  return output;
}

Tensor fully_connected(const Tensor& input, const Tensor& weights, const std::vector<double>& bias,
                       Activation activation, bool keep_num_dims) {
  const int outputs = weights.dim(0), depth = weights.dim(1);
  const int rows = static_cast<int>(input.values.size()) / depth;
  std::vector<int> shape = {rows, outputs};
  if (keep_num_dims) {
    shape = input.shape;
    shape.back() = outputs;
  }
  Tensor output = zeros(shape);
  for (int row = 0; row < rows; ++row) {
    for (int o = 0; o < outputs; ++o) {
      double sum = bias_of(bias, o);
      for (int i = 0; i < depth; ++i) {
        sum += input.values[static_cast<size_t>(row * depth + i)] *
               weights.values[static_cast<size_t>(o * depth + i)];
      }
      output.values[static_cast<size_t>(row * outputs + o)] = activate(sum, activation);
    }
  }
  return output;
}

namespace {

// A pool that folds the cells of a window and finishes with their number.
Tensor pool(const Tensor& input, const Window& window, double start,
            const std::function<double(double, double)>& fold,
            const std::function<double(double, int)>& finish) {
  return slide(input, window, window.filter_h, window.filter_w, input.dim(3),
               [&](int batch, int row, int column, int channel) {
                 double folded = start;
                 int count = 0;
                 for_each_cell(input, window, window.filter_h, window.filter_w, row, column,
                               [&](int, int, int y, int x) {
                                 folded = fold(folded, at(input, batch, y, x, channel));
                                 ++count;
                               });
                 return finish(folded, count);
               });
}

}  // namespace

Tensor average_pool_2d(const Tensor& input, const Window& window) {
  return pool(
      input, window, 0, [](double a, double x) { return a + x; },
      [](double sum, int count) { return sum / count; });
}

Tensor max_pool_2d(const Tensor& input, const Window& window) {
  return pool(
      input, window, -std::numeric_limits<double>::infinity(),
      [](double a, double x) { return std::max(a, x); }, [](double most, int) { return most; });
}

Tensor l2_pool_2d(const Tensor& input, const Window& window) {
  return pool(
      input, window, 0, [](double a, double x) { return a + x * x; },
      [](double sum, int count) { return std::sqrt(sum / count); });
}

Tensor log_softmax(const Tensor& input) {
  Tensor output = input;
  const size_t depth = static_cast<size_t>(input.dim(-1));
  for (size_t row = 0; depth > 0 && row < input.values.size(); row += depth) {
    const auto begin = input.values.begin() + static_cast<std::ptrdiff_t>(row);
    const double largest = *std::max_element(begin, begin + static_cast<std::ptrdiff_t>(depth));
    double sum = 0;
    for (size_t i = 0; i < depth; ++i) sum += std::exp(input.values[row + i] - largest);
    for (size_t i = 0; i < depth; ++i) {
      output.values[row + i] = input.values[row + i] - largest - std::log(sum);
    }
  }
  return output;
}

Tensor softmax(const Tensor& input, double beta) {
  return unary(log_softmax(unary(input, [&](double x) { return x * beta; })),
               [](double x) { return std::exp(x); });
}

Tensor unary(const Tensor& input, const std::function<double(double)>& function) {
  Tensor output = input;
  for (double& x : output.values) x = function(x);
  return output;
}

std::vector<int> broadcast_shape(const std::vector<int>& a, const std::vector<int>& b) {
  std::vector<int> shape(std::max(a.size(), b.size()));
  for (size_t i = 1; i <= shape.size(); ++i) {
    const int x = i <= a.size() ? a[a.size() - i] : 1, y = i <= b.size() ? b[b.size() - i] : 1;
    shape[shape.size() - i] = x == 1 ? y : x;
  }
  return shape;
}

namespace {

// The element of `tensor` that stands at `index` of the broadcast shape.
double broadcast_at(const Tensor& tensor, const std::vector<int>& index) {
  std::vector<int> own(tensor.shape.size());
  for (size_t i = 1; i <= own.size(); ++i) {
    own[own.size() - i] = tensor.shape[own.size() - i] == 1 ? 0 : index[index.size() - i];
  }
  return tensor.values[offset(tensor.shape, own)];
}

}  // namespace

Tensor binary(const Tensor& a, const Tensor& b,
              const std::function<double(double, double)>& function, Activation activation) {
  Tensor output = zeros(broadcast_shape(a.shape, b.shape));
  size_t next = 0;
  for_each_index(output.shape, [&](const std::vector<int>& index) {
    output.values[next++] =
        activate(function(broadcast_at(a, index), broadcast_at(b, index)), activation);
  });
  return output;
}

double logistic(double x) { return 1 / (1 + std::exp(-x)); }
double hard_swish(double x) { return x * std::clamp(x + 3, 0.0, 6.0) / 6; }

Tensor reduce(const Tensor& input, const std::vector<int>& axes, bool keep_dims,
              Reduction reduction) {
  std::vector<bool> reduced(input.shape.size());
  for (const int axis : axes)
    reduced[static_cast<size_t>(axis < 0 ? axis + input.rank() : axis)] = true;
  std::vector<int> kept = input.shape;  // with 1 where reduced
  double cells = 1;
  for (size_t i = 0; i < kept.size(); ++i) {
    if (!reduced[i]) continue;
    cells *= kept[i];
    kept[i] = 1;
  }
  Tensor output = zeros(kept);
  const double infinity = std::numeric_limits<double>::infinity();
  const double start = reduction == Reduction::kMax       ? -infinity
                       : reduction == Reduction::kMin     ? infinity
                       : reduction == Reduction::kProduct ? 1
                                                          : 0;
  std::fill(output.values.begin(), output.values.end(), start);
  size_t next = 0;
  for_each_index(input.shape, [&](const std::vector<int>& index) {
    std::vector<int> to = index;
    for (size_t i = 0; i < to.size(); ++i) {
      if (reduced[i]) to[i] = 0;
    }
    double& sum = output.values[offset(kept, to)];
    const double x = input.values[next++];
    switch (reduction) {
      case Reduction::kMax:
        sum = std::max(sum, x);
        break;
      case Reduction::kMin:
        sum = std::min(sum, x);
        break;
      case Reduction::kProduct:
        sum *= x;
        break;
      case Reduction::kSum:
      case Reduction::kMean:
        sum += x;
        break;
    }
  });
  if (reduction == Reduction::kMean) {
    for (double& x : output.values) x /= cells;
  }
  if (!keep_dims) {
    output.shape.clear();
    for (size_t i = 0; i < kept.size(); ++i) {
      if (!reduced[i]) output.shape.push_back(kept[i]);
    }
  }
  return output;
}

Tensor pad(const Tensor& input, const std::vector<std::pair<int, int>>& paddings, double value) {
  std::vector<int> shape = input.shape;
  for (size_t i = 0; i < shape.size(); ++i) shape[i] += paddings[i].first + paddings[i].second;
  Tensor output = zeros(shape);
  std::fill(output.values.begin(), output.values.end(), value);
  size_t next = 0;
  for_each_index(input.shape, [&](std::vector<int> index) {
    for (size_t i = 0; i < index.size(); ++i) index[i] += paddings[i].first;
    output.values[offset(shape, index)] = input.values[next++];
  });
  return output;
}

Tensor concatenation(const std::vector<Tensor>& inputs, int axis, Activation activation) {
  const size_t along = static_cast<size_t>(axis < 0 ? axis + inputs[0].rank() : axis);
  std::vector<int> shape = inputs[0].shape;
  shape[along] = 0;
  for (const Tensor& input : inputs) shape[along] += input.shape[along];
  Tensor output = zeros(shape);
  int start = 0;
  for (const Tensor& input : inputs) {
    size_t next = 0;
    for_each_index(input.shape, [&](std::vector<int> index) {
      index[along] += start;
      output.values[offset(shape, index)] = activate(input.values[next++], activation);
    });
    start += input.shape[along];
  }
  return output;
}

Tensor transpose(const Tensor& input, const std::vector<int>& permutation) {
  std::vector<int> shape;
  for (const int axis : permutation) shape.push_back(input.dim(axis));
  Tensor output = zeros(shape);
  size_t next = 0;
  for_each_index(shape, [&](const std::vector<int>& index) {
    std::vector<int> from(index.size());
    for (size_t i = 0; i < index.size(); ++i) from[static_cast<size_t>(permutation[i])] = index[i];
    output.values[next++] = input.values[offset(input.shape, from)];
  });
  return output;
}

Tensor reshape(const Tensor& input, std::vector<int> shape) {
  for (int& dim : shape) {
    if (dim != -1) continue;
    int others = 1;
    for (const int other : shape) others *= other == -1 ? 1 : other;
    dim = static_cast<int>(input.values.size()) / others;
  }
  return {std::move(shape), input.values};
}

Tensor slice(const Tensor& input, const std::vector<int>& begin, const std::vector<int>& size) {
  std::vector<int> end = begin;
  for (size_t i = 0; i < end.size(); ++i) {
    end[i] = size[i] == -1 ? input.shape[i] : begin[i] + size[i];
  }
  return strided_slice(input, begin, end, std::vector<int>(begin.size(), 1));
}

Tensor strided_slice(const Tensor& input, const std::vector<int>& begin,
                     const std::vector<int>& end, const std::vector<int>& strides) {
  std::vector<int> shape(begin.size());
  for (size_t i = 0; i < shape.size(); ++i) {
    for (int at = begin[i]; strides[i] > 0 ? at < end[i] : at > end[i]; at += strides[i])
      ++shape[i];
  }
  Tensor output = zeros(shape);
  size_t next = 0;
  for_each_index(shape, [&](std::vector<int> index) {
    for (size_t i = 0; i < index.size(); ++i) index[i] = begin[i] + index[i] * strides[i];
    output.values[next++] = input.values[offset(input.shape, index)];
  });
  return output;
}

Tensor batch_matmul(const Tensor& a, const Tensor& b, bool adjoint_a, bool adjoint_b) {
  const auto lead = [](const Tensor& t) {
    return std::vector<int>(t.shape.begin(), t.shape.end() - 2);
  };
  std::vector<int> shape = broadcast_shape(lead(a), lead(b));
  shape.push_back(a.dim(adjoint_a ? -1 : -2));
  shape.push_back(b.dim(adjoint_b ? -2 : -1));
  const int depth = a.dim(adjoint_a ? -2 : -1);
  Tensor output = zeros(shape);
  size_t next = 0;
  for_each_index(shape, [&](const std::vector<int>& index) {
    const int row = index[index.size() - 2], column = index.back();
    // The index of a factor: the broadcast leading part, then its own row and column.
    const auto element = [&](const Tensor& t, int r, int c) {
      std::vector<int> own(t.shape.size());
      const size_t shift = index.size() - own.size();
      for (size_t i = 0; i + 2 < own.size(); ++i) own[i] = t.shape[i] == 1 ? 0 : index[i + shift];
      own[own.size() - 2] = r;
      own[own.size() - 1] = c;
      return t.values[offset(t.shape, own)];
    };
    double sum = 0;
    for (int k = 0; k < depth; ++k) {
      sum += (adjoint_a ? element(a, k, row) : element(a, row, k)) *
             (adjoint_b ? element(b, column, k) : element(b, k, column));
    }
    output.values[next++] = sum;
  });
  return output;
}

namespace {

double resize_scale(int input, int output, bool align_corners) {
  return align_corners && output > 1 ? static_cast<double>(input - 1) / (output - 1)
                                     : static_cast<double>(input) / output;
}

}  // namespace

Tensor resize_bilinear(const Tensor& input, int height, int width, bool align_corners,
                       bool half_pixel_centers) {
  struct Position {
    int low, high;
    double fraction;
  };
  const auto position = [&](int i, int from, int to) {
    const double scale = resize_scale(from, to, align_corners);
    const double where = half_pixel_centers ? (i + 0.5) * scale - 0.5 : i * scale;
    const int low = std::max(static_cast<int>(std::floor(where)), 0);
    const int high = std::min(static_cast<int>(std::ceil(where)), from - 1);
    return Position{std::min(low, from - 1), high, where - low};
  };
  Tensor output = zeros({input.dim(0), height, width, input.dim(3)});
  size_t next = 0;
  for_each_index(output.shape, [&](const std::vector<int>& i) {
    const Position y = position(i[1], input.dim(1), height),
                   x = position(i[2], input.dim(2), width);
    output.values[next++] = (at(input, i[0], y.low, x.low, i[3]) * (1 - x.fraction) +
                             at(input, i[0], y.low, x.high, i[3]) * x.fraction) *
                                (1 - y.fraction) +
                            (at(input, i[0], y.high, x.low, i[3]) * (1 - x.fraction) +
                             at(input, i[0], y.high, x.high, i[3]) * x.fraction) *
                                y.fraction;
  });
  return output;
}

Tensor resize_nearest(const Tensor& input, int height, int width, bool align_corners,
                      bool half_pixel_centers) {
  const auto position = [&](int i, int from, int to) {
    const double where = (half_pixel_centers ? i + 0.5 : i) * resize_scale(from, to, align_corners);
    const int nearest = static_cast<int>(align_corners ? std::round(where) : std::floor(where));
    return std::clamp(nearest, 0, from - 1);
  };
  Tensor output = zeros({input.dim(0), height, width, input.dim(3)});
  size_t next = 0;
  for_each_index(output.shape, [&](const std::vector<int>& i) {
    output.values[next++] = at(input, i[0], position(i[1], input.dim(1), height),
                               position(i[2], input.dim(2), width), i[3]);
  });
  return output;
}

}  // namespace baton::test::oracle
