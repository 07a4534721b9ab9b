#include "tools/check/selection.h"

#include <algorithm>
#include <map>
#include <random>
#include <utility>

#include "tools/support/failure.h"

namespace baton::tools {
namespace {

// The library's matcher calls itself for each parenthesis.
constexpr size_t kMostRegex = 1000;

constexpr const char* kOperators = "operators";

template <typename T>
void shuffle(std::vector<T>* list, std::mt19937_64* random) {
  for (size_t i = list->size(); i > 1; --i) std::swap((*list)[i - 1], (*list)[(*random)() % i]);
}

using Key = std::pair<std::string, std::string>;

// Of one group: in turn one of each operator and type; first of all operators one type.
std::vector<size_t> spread(const Catalogue& catalogue, const std::vector<size_t>& cases,
                           uint64_t most, std::mt19937_64* random) {
  std::map<std::string, std::map<std::string, std::vector<size_t>>> by_op;
  for (const size_t i : cases) {
    by_op[catalogue.cases[i].op][catalogue.cases[i].type].push_back(i);
  }
  std::vector<std::vector<std::vector<size_t>>> ops;
  for (auto& [op, by_type] : by_op) {
    std::vector<std::vector<size_t>>& types = ops.emplace_back();
    for (auto& [type, list] : by_type) {
      shuffle(&list, random);
      types.push_back(std::move(list));
    }
    shuffle(&types, random);
  }
  shuffle(&ops, random);

  std::vector<std::vector<size_t>> turns;
  for (size_t rank = 0, added = 1; added > 0; ++rank) {
    added = 0;
    for (auto& types : ops) {
      if (rank >= types.size()) continue;
      turns.push_back(std::move(types[rank]));
      ++added;
    }
  }
  std::vector<size_t> chosen;
  for (size_t round = 0, added = 1; added > 0; ++round) {
    added = 0;
    for (const std::vector<size_t>& list : turns) {
      if (round >= list.size()) continue;
      if (chosen.size() >= most) return chosen;
      chosen.push_back(list[round]);
      ++added;
    }
  }
  return chosen;
}

}  // namespace

std::regex read_regex(const std::string& text) {
  if (text.size() > kMostRegex) throw std::regex_error(std::regex_constants::error_complexity);
  return std::regex(text, std::regex::ECMAScript);
}

std::vector<size_t> filtered(const Catalogue& catalogue, const std::string& filter) {
  std::vector<size_t> cases;
  try {
    const std::regex regex = read_regex(filter);
    for (size_t i = 0; i < catalogue.cases.size(); ++i) {
      if (filter.empty() || std::regex_search(catalogue.cases[i].name, regex)) cases.push_back(i);
    }
  } catch (const std::regex_error& problem) {
    misuse("--filter: '{}' is no regular expression that can be used: {}", filter, problem.what());
  }
  if (cases.empty()) {
    misuse("--filter: '{}' matches no case; --list shows them, {} for instance", filter,
           catalogue.cases.empty() ? "none" : catalogue.cases.front().name);
  }
  return cases;
}

std::vector<size_t> sampled(const Catalogue& catalogue, std::vector<size_t> cases, uint64_t most,
                            uint64_t seed) {
  if (cases.size() <= most) return cases;
  std::vector<std::vector<size_t>> groups(catalogue.groups.size());
  for (const size_t i : cases) groups[catalogue.cases[i].group].push_back(i);

  const auto is_operators = [&](size_t g) { return catalogue.groups[g].name == kOperators; };
  // The smallest first, so that what they do not need goes to the others; `operators` last.
  std::vector<size_t> order;
  uint64_t operators = 0;
  for (size_t g = 0; g < groups.size(); ++g) {
    if (groups[g].empty()) continue;
    order.push_back(g);
    if (is_operators(g)) operators = groups[g].size();
  }
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::pair(is_operators(a), groups[a].size()) <
           std::pair(is_operators(b), groups[b].size());
  });

  uint64_t left = most - std::min(operators, most - most / 2);
  uint64_t to_share = order.size() - (operators > 0 ? 1 : 0);
  std::mt19937_64 random(seed);
  std::vector<size_t> chosen;
  for (const size_t g : order) {
    const uint64_t share = is_operators(g) ? most - chosen.size() : left / to_share--;
    const std::vector<size_t> taken =
        spread(catalogue, groups[g], std::min<uint64_t>(groups[g].size(), share), &random);
    chosen.insert(chosen.end(), taken.begin(), taken.end());
    if (!is_operators(g)) left -= taken.size();
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace baton::tools
