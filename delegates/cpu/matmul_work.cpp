// What is computed per run lies in scratch memory: y packed where it is no constant, x with its
// rows in one piece where it lies transposed, and x quantised where y is of 8 bits and x float.
#include "delegates/cpu/matmul.h"

namespace baton::cpu {

using kernels::Requantize;

kernels::Int8GemmWeights MatMulPlan::int8_weights() const {
  kernels::Int8GemmWeights weights;
  weights.one_scale = true;
  if (kind == MatMulKind::kHybrid) {
    weights.requantize = Requantize::kFloat;
    weights.scales = scales.data();
    weights.one_scale = scales.size() == 1;
  } else if (kind == MatMulKind::kInt8ToInt32) {
    weights.requantize = Requantize::kSums;
  } else {
    weights.weights_zero = y_zero;
    weights.input_zero = x_zero;
    weights.multipliers = &multiplier;
    weights.shifts = &shift;
  }
  return weights;
}

void pack_matrix(const MatMulPlan& plan, const AnyMatrix& matrix, const void* y, size_t first,
                 size_t end, void* packed) {
  const auto place = [&](auto weights, const auto& size) {
    weights.columns = size.columns;
    weights.depth = size.depth;
    weights.column_stride = plan.adj_y ? static_cast<int64_t>(size.depth) : 1;
    weights.depth_stride = plan.adj_y ? 1 : static_cast<int64_t>(size.columns);
    return weights;
  };
  if (plan.real()) {
    kernels::F32GemmWeights weights = place(kernels::F32GemmWeights(), matrix.f32);
    weights.data = static_cast<const float*>(y);
    plan.f32->pack(weights, first, end, packed);
  } else {
    kernels::Int8GemmWeights weights = place(plan.int8_weights(), matrix.int8);
    weights.data = y;
    plan.int8->pack(weights, first, end, packed);
  }
}

namespace {

// Rows [first, end) of a matrix that lies transposed: from[k * stride + row] to
// to[(row - first) * depth + k].
template <typename T>
void gather_rows(const T* from, int64_t stride, int64_t first, int64_t end, int64_t depth, T* to) {
  for (int64_t k = 0; k < depth; ++k) {
    for (int64_t row = first; row < end; ++row) {
      to[(row - first) * depth + k] = from[k * stride + row];
    }
  }
}

class MatMulWork final : public Work {
 public:
  MatMulWork(std::shared_ptr<const MatMulPlan> plan, const Sizes& sizes);
  void run(const Call& call, size_t phase, uint64_t begin, uint64_t end) const override {
    const Task task = tasks_[phase];
    if (task == Task::kPack) pack_panels(call, begin, end);
    if (task == Task::kRows) make_rows(call, begin, end);
    if (task == Task::kMultiply) multiply_all(call, begin, end);
  }

 private:
  enum class Task : uint8_t { kPack, kRows, kMultiply };
  // Rows of x that are gathered or quantised at once.
  static constexpr int64_t kRowBlock = 16;

  void map_batches(const Sizes& sizes);
  void add(Task task, Phase phase) {
    tasks_.push_back(task);
    phases.push_back(phase);
  }
  const std::byte* packed(const Call& call, uint64_t y) const {
    return (plan_->packed ? plan_->packed.get() : call.scratch<std::byte>()) +
           y * matrix_.packed_bytes();
  }
  void pack_panels(const Call& call, uint64_t begin, uint64_t end) const;
  void make_rows(const Call& call, uint64_t begin, uint64_t end) const;
  void multiply_all(const Call& call, uint64_t begin, uint64_t end) const;
  template <typename Product>
  void place(const Call& call, uint64_t batch, Product* product) const;

  std::shared_ptr<const MatMulPlan> plan_;
  int64_t rows_ = 0, depth_ = 0, columns_ = 0;
  uint64_t x_count_ = 1, y_count_ = 1;  // matrices
  std::vector<uint64_t> x_of_, y_of_;   // by matrix of the output
  AnyMatrix matrix_;                    // of y
  Tiling tiling_;
  int64_t row_blocks_ = 0;  // of a matrix of x
  std::vector<Task> tasks_;
  // In scratch memory.
  uint64_t rows_at_ = 0, scales_at_ = 0, zeros_at_ = 0;
  bool copies_rows_ = false;
};

MatMulWork::MatMulWork(std::shared_ptr<const MatMulPlan> plan, const Sizes& sizes)
    : plan_(std::move(plan)) {
  const auto x = sizes.dims(plan_->x), y = sizes.dims(plan_->y);
  rows_ = size_from_end(x, plan_->adj_x, 2);
  depth_ = size_from_end(x, plan_->adj_x, 1);
  columns_ = size_from_end(y, plan_->adj_y, 1);
  if (plan_->scales.size() > 1 && plan_->scales.size() != static_cast<size_t>(columns_)) {
    throw sdk::Error(BATON_REASON_SHAPE, "the second input has not a scale for each column");
  }
  if (plan_->kind == MatMulKind::kInt8 && may_saturate(depth_, plan_->scale)) {
    throw sdk::Error(BATON_REASON_SHAPE, kMaySaturate);
  }
  matrix_ = plan_->matrix(static_cast<size_t>(columns_), static_cast<size_t>(depth_));
  map_batches(sizes);
  if (y_count_ == 1 && !plan_->adj_x && x_of_.size() == x_count_) {
    // One matrix to multiply with: all rows are those of one matrix, too.
    rows_ *= static_cast<int64_t>(x_count_);
    x_count_ = x_of_.empty() ? 0 : 1;
    x_of_.resize(x_count_);
    y_of_.resize(x_count_);
  }
  tiling_ = matrix_.tiling(rows_, sizes.thread_count());
  row_blocks_ = (rows_ + kRowBlock - 1) / kRowBlock;
  copies_rows_ = plan_->adj_x || plan_->kind == MatMulKind::kHybrid;

  phases.clear();
  if (!plan_->packed) {
    take_scratch(y_count_ * matrix_.packed_bytes());
    const double ns = 0.3 * static_cast<double>(depth_) * 32;
    add(Task::kPack, {y_count_ * matrix_.panels(), grain_of_ns(ns)});
  }
  if (copies_rows_) {
    const uint64_t count = x_count_ * static_cast<uint64_t>(rows_);
    const uint64_t bytes = plan_->kind == MatMulKind::kHybrid ? 1 : plan_->x_bytes();
    rows_at_ = take_scratch(count * static_cast<uint64_t>(depth_) * bytes);
    if (plan_->kind == MatMulKind::kHybrid) {
      scales_at_ = take_scratch(count * sizeof(float));
      zeros_at_ = take_scratch(count * sizeof(int32_t));
      if (plan_->adj_x) {
        worker_scratch_bytes = static_cast<uint64_t>(kRowBlock * depth_) * sizeof(float) + 64;
      }
    }
    add(Task::kRows, {x_count_ * static_cast<uint64_t>(row_blocks_),
                      grain_of_ns(static_cast<double>(kRowBlock * depth_))});
  }
  add(Task::kMultiply, matrix_.phase(tiling_, x_of_.size()));
  worker_scratch_bytes = std::max(worker_scratch_bytes, matrix_.scratch_bytes());
}

// Which matrices of x and y make which of the output.
void MatMulWork::map_batches(const Sizes& sizes) {
  const auto output = sizes.dims(plan_->output);
  const size_t leading = output.size() - 2;
  uint64_t count = 1;
  for (size_t i = 0; i < leading; ++i) count *= static_cast<uint64_t>(output[i]);
  const auto map = [&](sdk::Span<const int32_t> dims, std::vector<uint64_t>* of) {
    uint64_t matrices = 1;
    for (size_t i = 0; i + 2 < dims.size(); ++i) matrices *= static_cast<uint64_t>(dims[i]);
    for (uint64_t batch = 0; batch < count; ++batch) {
      uint64_t rest = batch, step = 1, at = 0;
      for (size_t i = 0; i + 2 < dims.size(); ++i) {
        const auto size = static_cast<uint64_t>(dims[dims.size() - 3 - i]);
        const auto here = static_cast<uint64_t>(output[leading - 1 - i]);
        if (size != 1) at += rest % here * step;
        step *= size;
        rest /= here;
      }
      of->push_back(at);
    }
    return matrices;
  };
  x_count_ = map(sizes.dims(plan_->x), &x_of_);
  y_count_ = map(sizes.dims(plan_->y), &y_of_);
}

void MatMulWork::pack_panels(const Call& call, uint64_t begin, uint64_t end) const {
  const uint64_t panels = matrix_.panels();
  const uint64_t bytes = static_cast<uint64_t>(depth_ * columns_) * (plan_->real() ? 4 : 1);
  while (begin < end) {
    const uint64_t y = begin / panels, first = begin % panels;
    const uint64_t last = std::min(panels, first + (end - begin));
    pack_matrix(*plan_, matrix_, call.input<char>(1) + y * bytes, first, last,
                call.scratch<std::byte>() + y * matrix_.packed_bytes());
    begin += last - first;
  }
}

void MatMulWork::make_rows(const Call& call, uint64_t begin, uint64_t end) const {
  auto* to = call.scratch<std::byte>() + rows_at_;
  for (uint64_t item = begin; item < end; ++item) {
    const auto matrix = static_cast<int64_t>(item) / row_blocks_;
    const int64_t first = static_cast<int64_t>(item) % row_blocks_ * kRowBlock;
    const int64_t last = std::min(first + kRowBlock, rows_);
    const int64_t row = matrix * rows_ + first;  // of all
    const int64_t start = matrix * rows_ * depth_;
    if (plan_->kind == MatMulKind::kHybrid) {
      const float* values = call.input<float>(0) + row * depth_;
      if (plan_->adj_x) {
        auto* gathered = call.worker_scratch<float>();
        gather_rows(call.input<float>(0) + start, rows_, first, last, depth_, gathered);
        values = gathered;
      }
      HybridRows target;
      target.quantized = reinterpret_cast<int8_t*>(to) + row * depth_;
      target.scales = reinterpret_cast<float*>(call.scratch<std::byte>() + scales_at_) + row;
      target.zero_points = reinterpret_cast<int32_t*>(call.scratch<std::byte>() + zeros_at_) + row;
      quantize_rows(plan_->quantize, values, depth_, last - first, depth_, target);
    } else if (plan_->real()) {
      gather_rows(call.input<float>(0) + start, rows_, first, last, depth_,
                  reinterpret_cast<float*>(to) + row * depth_);
    } else {
      gather_rows(call.input<int8_t>(0) + start, rows_, first, last, depth_,
                  reinterpret_cast<int8_t*>(to) + row * depth_);
    }
  }
}

// The rows of x for one matrix of the output.
template <typename Product>
void MatMulWork::place(const Call& call, uint64_t batch, Product* product) const {
  const uint64_t bytes = plan_->kind == MatMulKind::kHybrid ? 1 : plan_->x_bytes();
  const std::byte* x =
      copies_rows_ ? call.scratch<std::byte>() + rows_at_ : call.input<std::byte>(0);
  x += x_of_[batch] * static_cast<uint64_t>(rows_ * depth_) * bytes;
  product->a = reinterpret_cast<decltype(product->a)>(x);
  product->a_stride = depth_;
  product->out_stride = columns_;
}

void MatMulWork::multiply_all(const Call& call, uint64_t begin, uint64_t end) const {
  const auto items = static_cast<uint64_t>(tiling_.items());
  while (begin < end) {
    const uint64_t batch = begin / items, first = begin % items;
    const uint64_t last = std::min(items, first + (end - begin));
    const auto out = static_cast<int64_t>(batch) * rows_ * columns_;
    const std::byte* weights = packed(call, y_of_[batch]);
    if (plan_->real()) {
      F32Product product;
      place(call, batch, &product);
      product.out = call.output<float>(0) + out;
      product.scratch = call.worker_scratch<void>();
      multiply(matrix_.f32, weights, product, tiling_, first, last);
    } else {
      Int8Product product;
      place(call, batch, &product);
      product.tile.scratch = call.worker_scratch<void>();
      product.tile.low = INT8_MIN;
      product.tile.high = INT8_MAX;
      product.tile.out_zero = plan_->out_zero;
      product.tile.out = call.output<char>(0) + out * (plan_->kind == MatMulKind::kInt8 ? 1 : 4);
      product.tile.requantize = plan_->int8_weights().requantize;
      if (plan_->kind == MatMulKind::kHybrid) {
        const auto row = x_of_[batch] * static_cast<uint64_t>(rows_);
        const auto* scratch = call.scratch<std::byte>();
        product.tile.float_low = -F32Product::kInfinity;
        product.tile.float_high = F32Product::kInfinity;
        product.row_scales = reinterpret_cast<const float*>(scratch + scales_at_) + row;
        if (plan_->asymmetric) {
          product.row_zeros = reinterpret_cast<const int32_t*>(scratch + zeros_at_) + row;
        }
      }
      multiply(matrix_.int8, weights, product, tiling_, first, last);
    }
    begin += last - first;
  }
}

}  // namespace

std::unique_ptr<Work> make_matmul_work(std::shared_ptr<const MatMulPlan> plan, const Sizes& sizes) {
  return std::make_unique<MatMulWork>(std::move(plan), sizes);
}

}  // namespace baton::cpu
