// What is about shapes: SHAPE, RANK, BROADCAST_ARGS; and RANGE, which counts.
#include <type_traits>

#include "delegates/cpu/check.h"
#include "delegates/cpu/integers.h"
#include "delegates/cpu/operator.h"

namespace baton::cpu {
namespace {

// ---- SHAPE, RANK --------------------------------------------------------------------------------

Refusal check_shape(const NodeView& node) { return require_integers("output", node.output()); }

std::unique_ptr<Step> compile_shape(const NodeView& node, const Compiler&) {
  const int32_t input = node.input(0).index();
  const bool wide = node.output().dtype() == BATON_INT64;
  return make_step({}, {node.output().index()}, [=](const Sizes& sizes) {
    return make_work(1, 1, [=, dims = dims_of(sizes, input)](const Call& call, uint64_t, uint64_t) {
      for (size_t i = 0; i < dims.size(); ++i) {
        if (wide) {
          call.output<int64_t>(0)[i] = dims[i];
        } else {
          call.output<int32_t>(0)[i] = static_cast<int32_t>(dims[i]);
        }
      }
    });
  });
}

Refusal check_rank(const NodeView& node) {
  return require_dtype("output", node.output(), {BATON_INT32});
}

std::unique_ptr<Step> compile_rank(const NodeView& node, const Compiler&) {
  const auto rank = static_cast<int32_t>(node.input(0).rank());
  return make_step({}, {node.output().index()}, [=](const Sizes&) {
    return make_work(
        1, 1, [=](const Call& call, uint64_t, uint64_t) { *call.output<int32_t>(0) = rank; });
  });
}

// ---- BROADCAST_ARGS -----------------------------------------------------------------------------

Refusal check_broadcast_args(const NodeView& node) {
  return first_of({require_integers("shape", node.input(0)),
                   require_dtype("second shape", node.input(1), {node.input(0).dtype()}),
                   require_same_dtype("shape", node.input(0), "output", node.output())});
}

template <typename T>
void broadcast_args(const Call& call, const int64_t (&ranks)[2], int64_t rank) {
  const auto size = [&](size_t input, int64_t from_end) {
    return from_end < ranks[input] ? call.input<T>(input)[ranks[input] - 1 - from_end] : T{1};
  };
  for (int64_t i = 0; i < rank; ++i) {
    const T a = size(0, i), b = size(1, i);
    if (a != b && a != 1 && b != 1) {
      throw sdk::Error(BATON_REASON_OTHER, "sizes " + std::to_string(a) + " and " +
                                               std::to_string(b) +
                                               " cannot be broadcast to each other");
    }
    call.output<T>(0)[rank - 1 - i] = a == 1 ? b : a;
  }
}

std::unique_ptr<Step> compile_broadcast_args(const NodeView& node, const Compiler&) {
  const int32_t a = node.input(0).index(), b = node.input(1).index();
  const bool wide = node.output().dtype() == BATON_INT64;
  return make_step({a, b}, {node.output().index()}, [=](const Sizes& sizes) {
    const int64_t first = sizes.count(a), second = sizes.count(b);
    return make_work(1, 1, [=](const Call& call, uint64_t, uint64_t) {
      const int64_t ranks[2] = {first, second};
      const int64_t rank = first > second ? first : second;
      if (wide) {
        broadcast_args<int64_t>(call, ranks, rank);
      } else {
        broadcast_args<int32_t>(call, ranks, rank);
      }
    });
  });
}

// ---- RANGE --------------------------------------------------------------------------------------

Refusal check_range(const NodeView& node) {
  const Operand& start = node.input(0);
  return first_of({require_dtype("start", start, {BATON_FLOAT32, BATON_INT32, BATON_INT64}),
                   require_dtype("limit", node.input(1), {start.dtype()}),
                   require_dtype("step", node.input(2), {start.dtype()}),
                   require_same_dtype("start", start, "output", node.output())});
}

// Each element is the last one and the step: not a product, which float32 rounds otherwise.
template <typename T>
std::unique_ptr<Step> make_range(const NodeView& node) {
  const int32_t output = node.output().index();
  return make_step(
      {node.input(0).index(), node.input(2).index()}, {output}, [=](const Sizes& sizes) {
        const int64_t count = sizes.count(output);
        return make_work(1, 1, [=](const Call& call, uint64_t, uint64_t) {
          T value = *call.input<T>(0);
          const T step = *call.input<T>(1);
          for (int64_t i = 0; i < count; ++i) {
            call.output<T>(0)[i] = value;
            if constexpr (std::is_integral_v<T>) {
              using Bits = std::make_unsigned_t<T>;
              value = static_cast<T>(static_cast<Bits>(value) + static_cast<Bits>(step));
            } else {
              value += step;
            }
          }
        });
      });
}

std::unique_ptr<Step> compile_range(const NodeView& node, const Compiler&) {
  switch (node.output().dtype()) {
    case BATON_FLOAT32:
      return make_range<float>(node);
    case BATON_INT64:
      return make_range<int64_t>(node);
    default:
      return make_range<int32_t>(node);
  }
}

constexpr Operator kOperators[] = {
    {BATON_OP_BROADCAST_ARGS, 1, check_broadcast_args, compile_broadcast_args},
    {BATON_OP_RANGE, 2, check_range, compile_range},
    {BATON_OP_RANK, 1, check_rank, compile_rank},
    {BATON_OP_SHAPE, 1, check_shape, compile_shape},
};

}  // namespace

sdk::Span<const Operator> shapes_operators() { return kOperators; }

}  // namespace baton::cpu
