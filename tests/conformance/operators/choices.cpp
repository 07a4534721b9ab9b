// Operators that choose among elements, or find where they are.
#include "core/graph/propagate.h"
#include "tests/conformance/operators/parts.h"
#include "tests/conformance/operators/recipe.h"

namespace baton::conformance {
namespace {

void select(Draft& d) {
  const uint32_t rank = d.pick({4u, 1u, 2u, 3u, 0u, 5u});
  enum { kSame, kRows, kScalar, kOne };
  const auto how = rank == 0 ? kScalar : d.pick({kSame, kRows, kScalar, kOne});
  const Shape shape = d.shape_or_empty(rank);
  const Shape choices = how == kSame   ? shape
                        : how == kRows ? Shape{shape[0]}
                        : how == kOne  ? Shape{1}
                                       : Shape{};
  const TensorId condition = operand(d, BATON_BOOL, choices, {});
  const TensorId x = d.input(shape, kDistinct);
  const TensorId y = operand_like(d, x, shape);
  d.node(BATON_OP_SELECT, {condition, x, y}, d.quantization_of(x));
}

// Each of the three may be the one that has all sizes.
void select_v2(Draft& d) {
  const uint32_t rank = d.pick({4u, 1u, 2u, 3u, 5u, 0u});
  const uint32_t whole = d.pick_index(3);
  const Shape shape = d.shape_or_empty(rank);
  Shape shapes[3];
  for (uint32_t i = 0; i < 3; ++i) shapes[i] = i == whole ? shape : d.broadcast_to(shape);
  const TensorId condition = operand(d, BATON_BOOL, shapes[0], {});
  const TensorId x = d.input(shapes[1], kDistinct);
  const TensorId y = operand_like(d, x, shapes[2]);
  d.node(BATON_OP_SELECT_V2, {condition, x, y}, d.quantization_of(x));
}

void top_k(Draft& d) {
  const uint32_t rank = d.pick({2u, 1u, 3u, 4u});
  const baton_dtype count_type = d.pick({BATON_INT32, BATON_INT16});
  const baton_dtype index_type = d.pick({BATON_INT32, BATON_INT16});
  enum { kOne, kSome, kAll };
  const auto how = d.pick({kSome, kOne, kAll});
  const Shape shape = d.shape_or_empty(rank);
  const int32_t size = shape.back();
  int32_t count = how == kOne ? std::min(size, 1) : how == kAll ? size : (size + 1) / 2;
  if (d.random().one_in(32)) count = 0;
  const TensorId x = d.input(shape, {-50, 50});
  const double k = count;
  const TensorId counts = d.b.constant(d.b.unique_name("c"), count_type, {}, std::span(&k, 1));
  d.node(BATON_OP_TOPK_V2, {x, counts},
         Outputs{{d.dtype(), d.quantization_of(x)}, {index_type, {}}});
}

void arg_reduce(Draft& d) {
  const uint32_t rank = d.pick({4u, 1u, 2u, 3u, 5u});
  const baton_dtype type = d.pick({BATON_INT32, BATON_INT64});
  const Shape one = d.pick({Shape{}, Shape{1}});
  Shape shape = d.shape_or_empty(rank);
  const uint32_t axis = pick_axis(d, shape);
  if (shape[axis] == 0 || (shape[axis] == 1 && !d.random().one_in(8))) shape[axis] = 3;
  const TensorId x = d.input(shape, {-50, 50});
  const TensorId along = integers(d, one, {from_either_end(d, axis, rank)});
  d.node(d.op().code, {x, along}, Outputs{{type, {}}},
         d.attributes({{"output_type", static_cast<double>(type)}}));
}

// How many elements WHERE and UNIQUE find must be known, and small results are folded: constants
// that give large ones.
void where(Draft& d) {
  const uint32_t rank = d.pick({2u, 1u, 3u, 4u});
  Shape shape = d.shape(rank);
  // At least a quarter of the elements is set.
  const int64_t least = 8 * static_cast<int64_t>(kMaxFoldedBytes / sizeof(int64_t)) / rank;
  while (elements(shape) < least) {
    int32_t& dim = shape[d.random().below(rank)];
    dim = dim * 2 + 1;
  }
  const TensorId condition = d.constant(d.dtype(), shape, {}, {0, 1});
  d.node(BATON_OP_WHERE, {condition}, Outputs{{BATON_INT64, {}}});
}

void unique(Draft& d) {
  const baton_dtype type = d.pick({BATON_INT32, BATON_INT64});
  const int32_t count =
      static_cast<int32_t>(kMaxFoldedBytes / sizeof(int32_t)) + d.random().between(1, 500);
  const double range = d.pick({100, 3, 1000});
  const double limit = dtype_bits(d.dtype()) == 8 ? std::min(range, 100.0) : range;
  const TensorId x = d.constant(d.dtype(), {count}, {}, {-limit, limit});
  auto attributes = default_attributes<baton_unique_attributes>();
  attributes.idx_out_type = static_cast<int32_t>(type);
  d.node(BATON_OP_UNIQUE, {x}, Outputs{{d.dtype(), {}}, {type, {}}}, attributes);
}

// Of the alternatives: the condition is always bool.
constexpr uint32_t kSelectTypes = dtype_bit(BATON_FLOAT32) | dtype_bit(BATON_FLOAT64) |
                                  dtype_bit(BATON_FLOAT16) | dtype_bit(BATON_INT8) |
                                  dtype_bit(BATON_UINT8) | dtype_bit(BATON_INT16) |
                                  dtype_bit(BATON_INT32) | dtype_bit(BATON_UINT32) |
                                  dtype_bit(BATON_INT64) | dtype_bit(BATON_BOOL);

constexpr Recipe kRecipes[] = {
    {BATON_OP_ARG_MAX, arg_reduce},
    {BATON_OP_ARG_MIN, arg_reduce},
    {.op = BATON_OP_SELECT, .make = select, .dtypes = kSelectTypes},
    {.op = BATON_OP_SELECT_V2, .make = select_v2, .count = 36, .dtypes = kSelectTypes},
    {BATON_OP_TOPK_V2, top_k},
    {BATON_OP_UNIQUE, unique, 8},
    {BATON_OP_WHERE, where, 8},
};

}  // namespace

extern const Recipes choices_recipes{kRecipes};

}  // namespace baton::conformance
