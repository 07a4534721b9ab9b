// The table of the networks: what they are called, who builds them, and what is known of them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "benchmarks/zoo/families.h"
#include "benchmarks/zoo/zoo.h"

namespace baton::zoo {

struct Network {
  Entry entry;
  void (*build)(Net& net, const Variant& variant);
  Variant variant;
};

std::span<const Network> networks();
// By name, or short name; null when there is none.
const Network* find_network(std::string_view name);

Net build_network(const Network& network, uint64_t seed, Net::Weights weights);

}  // namespace baton::zoo
