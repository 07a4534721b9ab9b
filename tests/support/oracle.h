// Operators in plain loops and double precision, written from their definitions: the expected
// values of operator tests. They share nothing with the kernels, not even the padding formula.
//
// Tensors are dense and row-major, images NHWC. Arguments are trusted: shapes must fit.
#pragma once

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace baton::test::oracle {

struct Tensor {
  std::vector<int> shape;
  std::vector<double> values;

  int rank() const { return static_cast<int>(shape.size()); }
  int dim(int axis) const { return shape[static_cast<size_t>(axis < 0 ? axis + rank() : axis)]; }
};

size_t element_count(const std::vector<int>& shape);
// A tensor of zeros.
Tensor zeros(std::vector<int> shape);
// Offset of the element at `index`.
size_t offset(const std::vector<int>& shape, const std::vector<int>& index);
// Calls visit(index) for every index of the shape, in order.
void for_each_index(const std::vector<int>& shape,
                    const std::function<void(const std::vector<int>&)>& visit);

// Seeded values, uniform in [low, high).
Tensor random(std::vector<int> shape, unsigned seed, double low = -1, double high = 1);
std::vector<float> to_floats(const Tensor& tensor);

enum class Padding { kSame, kValid };
enum class Activation { kNone, kRelu, kReluN1To1, kRelu6, kTanh, kSignBit };

double activate(double x, Activation activation);
Tensor activated(Tensor tensor, Activation activation);

// Sliding windows. Filter sizes are used by pools only.
struct Window {
  Padding padding = Padding::kValid;
  int stride_h = 1, stride_w = 1;
  int dilation_h = 1, dilation_w = 1;
  int filter_h = 1, filter_w = 1;
  Activation activation = Activation::kNone;
};

// One dimension: how many windows there are, and where the first begins (0 or negative).
struct Span {
  int count = 0;
  int first = 0;
};
Span windows(int input, int filter, int stride, int dilation, Padding padding);

// input [N,H,W,C], filter [O,h,w,I] with C a multiple of I (grouped when larger), bias [O] or
// empty.
Tensor conv_2d(const Tensor& input, const Tensor& filter, const std::vector<double>& bias,
               const Window& window);
// filter [1,h,w,C*m].
Tensor depthwise_conv_2d(const Tensor& input, const Tensor& filter, const std::vector<double>& bias,
                         const Window& window);
// The gradient of conv_2d: input [N,H,W,I], filter [O,h,w,I], output shape given.
Tensor transpose_conv_2d(const std::vector<int>& output_shape, const Tensor& filter,
                         const Tensor& input, const std::vector<double>& bias,
                         const Window& window);
// Rows of length weights[1]; weights [O,I], bias [O] or empty. The output has the shape
// [rows, O], or the input's with its last dimension replaced.
Tensor fully_connected(const Tensor& input, const Tensor& weights, const std::vector<double>& bias,
                       Activation activation, bool keep_num_dims = false);

// Means and maxima over what lies inside the input; padding does not count.
Tensor average_pool_2d(const Tensor& input, const Window& window);
Tensor max_pool_2d(const Tensor& input, const Window& window);
// Root of the mean square.
Tensor l2_pool_2d(const Tensor& input, const Window& window);

// Over the last axis.
Tensor softmax(const Tensor& input, double beta);
Tensor log_softmax(const Tensor& input);

Tensor unary(const Tensor& input, const std::function<double(double)>& function);
// Broadcast as in NumPy.
Tensor binary(const Tensor& a, const Tensor& b,
              const std::function<double(double, double)>& function,
              Activation activation = Activation::kNone);
std::vector<int> broadcast_shape(const std::vector<int>& a, const std::vector<int>& b);

double logistic(double x);
double hard_swish(double x);

enum class Reduction { kSum, kMean, kMax, kMin, kProduct };
// Negative axes count from the end; no axes means none.
Tensor reduce(const Tensor& input, const std::vector<int>& axes, bool keep_dims,
              Reduction reduction);

// `paddings` is {before, after} per axis.
Tensor pad(const Tensor& input, const std::vector<std::pair<int, int>>& paddings, double value);
Tensor concatenation(const std::vector<Tensor>& inputs, int axis,
                     Activation activation = Activation::kNone);
Tensor transpose(const Tensor& input, const std::vector<int>& permutation);
Tensor reshape(const Tensor& input, std::vector<int> shape);  // one -1 allowed
Tensor slice(const Tensor& input, const std::vector<int>& begin, const std::vector<int>& size);
// Plain begin, end, stride per axis, already resolved to indices (a negative stride runs
// downwards).
Tensor strided_slice(const Tensor& input, const std::vector<int>& begin,
                     const std::vector<int>& end, const std::vector<int>& strides);
// [..., M, K] x [..., K, N] with broadcast leading dimensions.
Tensor batch_matmul(const Tensor& a, const Tensor& b, bool adjoint_a, bool adjoint_b);

Tensor resize_bilinear(const Tensor& input, int height, int width, bool align_corners,
                       bool half_pixel_centers);
Tensor resize_nearest(const Tensor& input, int height, int width, bool align_corners,
                      bool half_pixel_centers);

}  // namespace baton::test::oracle
