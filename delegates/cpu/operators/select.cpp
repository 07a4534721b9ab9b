// SELECT and SELECT_V2: elements of one tensor or another, as a condition says.
#include <algorithm>
#include <string>
#include <vector>

#include "delegates/cpu/broadcast.h"
#include "delegates/cpu/check.h"
#include "delegates/cpu/operator.h"
#include "delegates/kernels/elementwise.h"
#include "delegates/kernels/kernel.h"

namespace baton::cpu {
namespace {

Refusal check(const NodeView& node) {
  if (const Refusal refusal =
          first_of({require_dtype("condition", node.input(0), {BATON_BOOL}),
                    require_same_dtype("first alternative", node.input(1), "second", node.input(2)),
                    require_same_dtype("first alternative", node.input(1), "output", node.output()),
                    require_rank("condition", node.input(0), 0, Broadcast::kMaxRank),
                    require_rank("first alternative", node.input(1), 0, Broadcast::kMaxRank),
                    require_rank("second alternative", node.input(2), 0, Broadcast::kMaxRank),
                    require_rank("output", node.output(), 0, Broadcast::kMaxRank)})) {
    return refusal;
  }
  const uint64_t bytes = bytes_of(node.output().dtype());
  if (bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8) return {};
  return {BATON_REASON_DTYPE, std::string("the alternatives have type ") +
                                  dtype_name(node.output().dtype()) +
                                  ", whose elements have another size than 1, 2, 4 or 8 bytes"};
}

// SELECT's condition may be one element, or a vector along the first dimension.
std::vector<int32_t> condition_dims(sdk::Span<const int32_t> condition,
                                    sdk::Span<const int32_t> output, bool broadcasts) {
  std::vector<int32_t> dims(condition.begin(), condition.end());
  if (broadcasts || dims.size() != 1) return dims;
  if (dims[0] == 1) return {};
  dims.resize(std::max<size_t>(1, output.size()), 1);
  return dims;
}

std::unique_ptr<Step> compile(const NodeView& node, const Compiler& compiler) {
  constexpr double kNs = 0.25;  // per element
  const int32_t condition = node.input(0).index();
  const int32_t a = node.input(1).index(), b = node.input(2).index();
  const int32_t output = node.output().index();
  const uint64_t bytes = bytes_of(node.output().dtype());
  const bool broadcasts = node.op() == BATON_OP_SELECT_V2;
  const auto run = kernels::find<kernels::SelectFunction>(
      "select", std::to_string(8 * bytes).c_str(), compiler.isa());
  return make_step({condition, a, b}, {output}, [=](const Sizes& sizes) {
    const std::vector<int32_t> dims =
        condition_dims(sizes.dims(condition), sizes.dims(output), broadcasts);
    const Broadcast broadcast(
        sizes.dims(output),
        {sizes.dims(a), sizes.dims(b), sdk::Span<const int32_t>(dims.data(), dims.size())});
    const auto elements = static_cast<double>(broadcast.elements_per_item());
    return make_work(broadcast.items(), grain_of_ns(elements * kNs),
                     [=](const Call& call, uint64_t begin, uint64_t end) {
                       broadcast.for_rows(begin, end, [&](const Broadcast::Rows& rows) {
                         kernels::SelectArgs args;
                         set_rows(rows, call.input<void>(1), call.input<void>(2), bytes,
                                  call.output<void>(0), bytes, &args);
                         args.condition = call.input<uint8_t>(0) + rows.from[2];
                         args.condition_row = rows.row[2];
                         args.condition_column = rows.column[2];
                         run(args);
                       });
                     });
  });
}

constexpr Operator kOperators[] = {
    {BATON_OP_SELECT, 4, check, compile},
    {BATON_OP_SELECT_V2, 2, check, compile},
};

}  // namespace

sdk::Span<const Operator> select_operators() { return kOperators; }

}  // namespace baton::cpu
