#include "core/plan/cost.h"

namespace baton {

uint64_t reference_cost_ns(const Node& node, std::span<const Value> values) {
  constexpr uint64_t kStart = 200;
  if (node.op != nullptr && node.op->work != nullptr) {
    // A context needs mutable values only to write outputs, which work() does not.
    auto* mutable_values = const_cast<Value*>(values.data());
    return kStart + node.op->work(NodeContext(node.abi, {mutable_values, values.size()}));
  }
  uint64_t elements = 0;
  for (const int32_t t : node.outputs()) {
    const Value& value = values[static_cast<size_t>(t)];
    if (value.shape_known()) elements += static_cast<uint64_t>(value.count());
  }
  return kStart + elements;
}

uint64_t crossing_cost_ns(const Partition& partition, const DelegateOffer& offer,
                          std::span<const Value> values) {
  uint64_t bytes = 0;
  for (const int32_t t : partition.inputs) bytes += values[static_cast<size_t>(t)].bytes();
  for (const int32_t t : partition.outputs) bytes += values[static_cast<size_t>(t)].bytes();
  const uint64_t transfer =
      offer.transfer_bytes_per_us == 0 ? 0 : bytes * 1000 / offer.transfer_bytes_per_us;
  return offer.launch_ns + transfer;
}

}  // namespace baton
