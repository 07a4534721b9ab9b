// BATCH_MATMUL: x [..., rows, depth] times y [..., depth, columns] for each pair of matrices of the
// leading dimensions, which are broadcast.
#include <string>

#include "baton/fixed_point.h"
#include "delegates/cpu/check.h"
#include "delegates/cpu/matmul.h"
#include "delegates/cpu/requantization.h"
#include "delegates/cpu/weight_scales.h"

namespace baton::cpu {
namespace {

using Attributes = baton_batch_mat_mul_attributes;

constexpr uint32_t kMostRank = 5;

struct KindRow {
  baton_dtype x, y, output;
  MatMulKind kind;
};
constexpr KindRow kKinds[] = {
    {BATON_FLOAT32, BATON_FLOAT32, BATON_FLOAT32, MatMulKind::kFloat},
    {BATON_FLOAT32, BATON_INT8, BATON_FLOAT32, MatMulKind::kHybrid},
    {BATON_INT8, BATON_INT8, BATON_INT8, MatMulKind::kInt8},
    {BATON_INT8, BATON_INT8, BATON_INT32, MatMulKind::kInt8ToInt32},
};
const KindRow* kind_of(const NodeView& node) {
  for (const KindRow& row : kKinds) {
    if (node.input(0).dtype() == row.x && node.input(1).dtype() == row.y &&
        node.output().dtype() == row.output) {
      return &row;
    }
  }
  return nullptr;
}

double scale_of(const NodeView& node) {
  return baton_conv_scale_per_tensor(node.input(0).scale(), node.input(1).scale(),
                                     node.output().scale());
}

Refusal check(const NodeView& node) {
  const KindRow* row = kind_of(node);
  if (row == nullptr) {
    return {BATON_REASON_DTYPE, std::string(dtype_name(node.input(0).dtype())) + " times " +
                                    dtype_name(node.input(1).dtype()) + " to " +
                                    dtype_name(node.output().dtype()) +
                                    " is not supported; float32, int8, and float32 times int8 are"};
  }
  const Operand &x = node.input(0), &y = node.input(1);
  const auto& attributes = node.attributes<Attributes>();
  if (const Refusal refusal = first_of({require_rank("first input", x, 2, kMostRank),
                                        require_rank("second input", y, 2, kMostRank)})) {
    return refusal;
  }
  if (row->kind == MatMulKind::kHybrid) {
    const auto axis = static_cast<int32_t>(y.rank() - (attributes.adj_y ? 2 : 1));
    return require_weight_scales("second input", y, axis, y.dim(static_cast<uint32_t>(axis)));
  }
  if (row->kind != MatMulKind::kInt8) return {};
  if (const Refusal refusal =
          first_of({require_per_tensor("first input", x), require_per_tensor("second input", y),
                    require_per_tensor("output", node.output())})) {
    return refusal;
  }
  if (may_saturate(size_from_end(x.dims(), attributes.adj_x != 0, 1), scale_of(node))) {
    return {BATON_REASON_SHAPE, kMaySaturate};
  }
  return {};
}

// Constant matrices of y, one after the other.
std::shared_ptr<std::byte> pack_all(const MatMulPlan& plan, const Operand& y,
                                    const Compiler& compiler) {
  const AnyMatrix matrix = plan.matrix(static_cast<size_t>(size_from_end(y.dims(), plan.adj_y, 1)),
                                       static_cast<size_t>(size_from_end(y.dims(), plan.adj_y, 2)));
  uint64_t count = 1;
  for (uint32_t i = 0; i + 2 < y.rank(); ++i) count *= static_cast<uint64_t>(y.dim(i));
  const uint64_t bytes = matrix.packed_bytes();
  const uint64_t from_bytes =
      static_cast<uint64_t>(y.count()) / std::max<uint64_t>(count, 1) * (plan.real() ? 4 : 1);
  std::shared_ptr<std::byte> packed = compiler.allocate(count * bytes);
  for (uint64_t i = 0; i < count; ++i) {
    pack_matrix(plan, matrix, y.data<char>() + i * from_bytes, 0, matrix.panels(),
                packed.get() + i * bytes);
  }
  return packed;
}

std::unique_ptr<Step> compile(const NodeView& node, const Compiler& compiler) {
  const auto& attributes = node.attributes<Attributes>();
  const Operand &x = node.input(0), &y = node.input(1), &output = node.output();
  auto plan = std::make_shared<MatMulPlan>();
  plan->kind = kind_of(node)->kind;
  plan->adj_x = attributes.adj_x != 0;
  plan->adj_y = attributes.adj_y != 0;
  plan->x = x.index();
  plan->y = y.index();
  plan->output = output.index();
  if (plan->real()) {
    plan->f32 = f32_gemm(compiler);
  } else {
    plan->int8 = int8_gemm(compiler);
  }
  if (plan->kind == MatMulKind::kInt8) {
    plan->x_zero = x.zero_point();
    plan->y_zero = y.zero_point();
    plan->out_zero = output.zero_point();
    plan->scale = scale_of(node);
    positive_multiplier(plan->scale, &plan->multiplier, &plan->shift);
  }
  if (plan->kind == MatMulKind::kHybrid) {
    plan->asymmetric = attributes.asymmetric_quantize_inputs != 0;
    plan->quantize = hybrid_quantizer(plan->asymmetric, compiler);
    plan->scales = weight_scales(y);
  }
  std::vector<int32_t> inputs = {x.index(), y.index()};
  if (y.constant()) {
    plan->packed = pack_all(*plan, y, compiler);
    inputs.pop_back();
  }
  std::shared_ptr<const MatMulPlan> kept = std::move(plan);
  return make_step(std::move(inputs), {output.index()},
                   [kept](const Sizes& sizes) { return make_matmul_work(kept, sizes); });
}

constexpr Operator kOperators[] = {{BATON_OP_BATCH_MATMUL, 4, check, compile}};

}  // namespace

sdk::Span<const Operator> batch_matmul_operators() { return kOperators; }

}  // namespace baton::cpu
