#include "tools/support/precision.h"

#include <fmt/core.h>

#include <memory>
#include <optional>
#include <string_view>

#include "tools/support/significand.h"
#include "tools/support/text.h"

namespace baton::tools {
namespace {

constexpr const char* kExact = "exact";

// A word that is not known may mean anything: it counts as the least exact.
bool is_less_exact(const std::string& a, const std::string& b) {
  return significand_bits(a) < significand_bits(b);
}

std::string given_precision(const DelegateChoice& choice) {
  for (const auto& [key, value] : choice.options) {
    if (key == "precision") return value;
  }
  return "";
}

struct Described {
  std::string name;                      // as placements show it
  std::optional<std::string> precision;  // the default; without: there is no such option
};

std::optional<Described> describe_plugin(const Runtime& runtime, const std::string& name) {
  baton_plugin_list* list = nullptr;
  if (baton_runtime_describe_plugin(runtime.get(), name.c_str(), &list, nullptr) != BATON_OK) {
    return std::nullopt;
  }
  const std::unique_ptr<baton_plugin_list, void (*)(baton_plugin_list*)> keep(
      list, baton_plugin_list_destroy);
  const baton_plugin_entry& entry = *baton_plugin_list_entry(list, 0);
  if (entry.info == nullptr) return std::nullopt;
  Described described{entry.name, std::nullopt};
  for (uint32_t i = 0; i < entry.info->option_count; ++i) {
    const baton_option_spec* option = entry.info->option(i);
    if (std::string_view(option->name) == "precision") described.precision = option->default_value;
  }
  return described;
}

}  // namespace

std::string Precisions::of(const std::string& delegate) const {
  const auto found = reduced.find(delegate);
  return found == reduced.end() ? kExact : found->second;
}

std::string Precisions::least() const {
  std::string least = kExact;
  for (const auto& [delegate, precision] : reduced) {
    if (is_less_exact(precision, least)) least = precision;
  }
  return least;
}

Precisions Precisions::in_use(const Placement& placement) const {
  Precisions used;
  for (uint32_t i = 0; i < placement.partition_count(); ++i) {
    const auto found = reduced.find(placement.partition(i).delegate);
    if (found != reduced.end()) used.reduced.insert(*found);
  }
  return used;
}

Precisions asked_precisions(const Runtime& runtime, const std::vector<DelegateChoice>& choices) {
  Precisions precisions;
  for (const DelegateChoice& choice : choices) {
    if (choice.name == "reference") break;  // it takes whatever is left
    const std::optional<Described> plugin = describe_plugin(runtime, choice.name);
    if (!plugin || !plugin->precision) continue;
    const std::string given = given_precision(choice);
    const std::string asked = plain(given.empty() ? *plugin->precision : given);
    // One plugin may be named twice, for two devices.
    if (is_less_exact(asked, precisions.of(plugin->name))) {
      precisions.reduced[plugin->name] = asked;
    }
  }
  return precisions;
}

std::string reduced_text(const std::string& precision) {
  return fmt::format("precision is reduced ({})", precision);
}

}  // namespace baton::tools
