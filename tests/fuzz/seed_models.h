// Small models that together reach every part of reader, graph and session: where fuzzing starts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace baton::fuzz {

struct SeedModel {
  std::string name;
  std::vector<uint8_t> file;
};

std::vector<SeedModel> seed_models();

// The kinds that mutation tests need, also where no real model is at hand.
std::vector<uint8_t> conv_model();
std::vector<uint8_t> lstm_model();
std::vector<uint8_t> svdf_model();
std::vector<uint8_t> dynamic_model();

}  // namespace baton::fuzz
