// Models of one operator with random types, shapes, attributes and quantisation: near enough to
// what the operator takes that many run, and with a bent number here and there.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tests/fuzz/choices.h"

namespace baton::fuzz {

// A .tflite file. The first choice is the operator, by its number in the schema, that of custom
// operators meaning the core's; empty when the schema has no such number.
std::vector<uint8_t> operator_case(Choices& choices);

// Choices to start from: one for each operator that has a shape of its own.
std::vector<std::pair<std::string, std::vector<uint8_t>>> operator_seeds();

}  // namespace baton::fuzz
