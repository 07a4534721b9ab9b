#include "core/plan/cost.h"

namespace baton {

uint64_t reference_cost_ns(const Node& node, std::span<const Value> values) {
  constexpr uint64_t kStart = 200;
  if (node.op != nullptr && node.op->work != nullptr) {
    // A context needs mutable values only to write outputs, which work() does not.
    auto* mutable_values = const_cast<Value*>(values.data());
    return saturating_add(
        kStart, node.op->work(NodeContext(node.abi, {mutable_values, values.size()}, node.op)));
  }
  uint64_t elements = 0;
  for (const int32_t t : node.outputs()) {
    const Value& value = values[static_cast<size_t>(t)];
    if (value.shape_known()) {
      elements = saturating_add(elements, static_cast<uint64_t>(value.count()));
    }
  }
  return saturating_add(kStart, elements);
}

uint64_t crossing_cost_ns(const Partition& partition, const DelegateOffer& offer,
                          std::span<const Value> values) {
  uint64_t bytes = 0;
  for (const auto* list : {&partition.inputs, &partition.outputs}) {
    for (const int32_t t : *list) {
      bytes = saturating_add(bytes, values[static_cast<size_t>(t)].bytes());
    }
  }
  if (offer.transfer_bytes_per_us == 0) return offer.launch_ns;
  const uint64_t transfer =
      checked_multiply(bytes, 1000).value_or(UINT64_MAX) / offer.transfer_bytes_per_us;
  return saturating_add(offer.launch_ns, transfer);
}

}  // namespace baton
