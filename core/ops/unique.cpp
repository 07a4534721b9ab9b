#include <algorithm>
#include <bitset>
#include <memory>
#include <new>
#include <numeric>

#include "core/ops/support/check.h"
#include "core/ops/support/dispatch.h"

namespace baton::ops {
namespace {

constexpr uint32_t kDtypes = dtypes_of<float, int8_t, uint8_t, int16_t, int32_t, int64_t>();

// The places of the elements in ascending order, equal ones by place. NaNs are last, and equal to
// none.
template <typename T>
void sort_places(const T* elements, int32_t count, int32_t* places) {
  std::iota(places, places + count, 0);
  const auto is_nan = [=](int32_t i) { return elements[i] != elements[i]; };
  std::sort(places, places + count, [=](int32_t a, int32_t b) {
    if (elements[a] < elements[b]) return true;
    if (elements[b] < elements[a]) return false;
    return is_nan(a) != is_nan(b) ? is_nan(b) : a < b;
  });
}

// Small types are ticked off, the others need memory to be sorted in: no more than the input takes.
template <typename T>
Status count_distinct(const Value& input, int32_t* distinct) {
  const T* elements = input.as<const T>();
  const int32_t count = input.dim(0);
  *distinct = 0;
  if constexpr (sizeof(T) <= 2) {
    std::bitset<65536> seen;
    for (int32_t i = 0; i < count; ++i) seen.set(static_cast<uint16_t>(elements[i]));
    *distinct = static_cast<int32_t>(seen.count());
  } else {
    const std::unique_ptr<int32_t[]> places(new (std::nothrow) int32_t[static_cast<size_t>(count)]);
    if (places == nullptr) {
      return error(BATON_OUT_OF_MEMORY, "there is no memory to sort %d elements", count);
    }
    sort_places(elements, count, places.get());
    for (int32_t i = 0; i < count; ++i) {
      *distinct += i == 0 || elements[places[i]] != elements[places[i - 1]] ? 1 : 0;
    }
  }
  return {};
}

Status infer(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  if (input.rank() != 1) return error(BATON_INVALID_MODEL, "the input must be a vector");
  if (!input.known()) {
    ctx.set_output_unknown(0);
    ctx.set_output_unknown(1);
    return {};
  }
  int32_t distinct = 0;
  Status counted;
  BATON_RETURN_IF_ERROR((for_type<float, int8_t, uint8_t, int16_t, int32_t, int64_t>(
      input.dtype(), [&]<typename T>() { counted = count_distinct<T>(input, &distinct); })));
  BATON_RETURN_IF_ERROR(counted);
  BATON_RETURN_IF_ERROR(ctx.set_output_dims(0, {distinct}));
  return ctx.set_output_dims(1, input.dims());
}

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(check_dtype("input", ctx.input(0).dtype(), kDtypes));
  BATON_RETURN_IF_ERROR(check_same_dtype("input", ctx.input(0), "output", ctx.output(0)));
  BATON_RETURN_IF_ERROR(
      check_dtype("index output", ctx.output(1).dtype(), dtypes_of<int32_t, int64_t>()));
  ctx.request_scratch(2 * sizeof(int32_t) * static_cast<uint64_t>(ctx.input(0).count()));
  return {};
}

template <typename T, typename Index>
void number(const NodeContext& ctx) {
  const T* elements = ctx.input(0).as<const T>();
  const int32_t count = ctx.input(0).dim(0);
  auto* places = ctx.scratch<int32_t>();
  int32_t* first = places + count;  // for each element the first that is equal to it
  sort_places(elements, count, places);
  for (int32_t i = 0; i < count; ++i) {
    const bool repeated = i > 0 && elements[places[i]] == elements[places[i - 1]];
    first[places[i]] = repeated ? first[places[i - 1]] : places[i];
  }
  auto* indices = ctx.output(1).as<Index>();
  int32_t distinct = 0;
  for (int32_t i = 0; i < count; ++i) {
    if (first[i] == i) {
      ctx.output(0).as<T>()[distinct] = elements[i];
      indices[i] = static_cast<Index>(distinct++);
    } else {
      indices[i] = indices[first[i]];
    }
  }
}

Status run(NodeContext& ctx) {
  return for_type<float, int8_t, uint8_t, int16_t, int32_t, int64_t>(
      ctx.input(0).dtype(), [&]<typename T>() {
        ctx.output(1).dtype() == BATON_INT64 ? number<T, int64_t>(ctx) : number<T, int32_t>(ctx);
      });
}

uint64_t work(const NodeContext& ctx) { return static_cast<uint64_t>(ctx.input(0).count()) * 16; }

}  // namespace

extern const Operator unique{
    .code = BATON_OP_UNIQUE,
    .name = "UNIQUE",
    .summary = "The distinct elements of a vector in their order, and which of them each one is.",
    .max_version = 1,
    .outputs = {2, 2},
    .flags = kFoldable,
    .dtypes = kDtypes,
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .work = work,
};

}  // namespace baton::ops
