#include "core/host/plugin_call.h"

#include <utility>

namespace baton {
namespace {

constexpr size_t kMaxText = 1000;

thread_local PluginCall* t_call = nullptr;

}  // namespace

std::string one_line(const char* text) {
  std::string line;
  if (text == nullptr) return line;
  for (; *text != 0 && line.size() < kMaxText; ++text) {
    const unsigned char c = static_cast<unsigned char>(*text);
    line += c < 0x20 || c == 0x7F ? ' ' : *text;
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

void PluginCall::report(uint32_t why, const char* sentence) {
  std::string line = one_line(sentence);
  const std::lock_guard lock(mutex);
  reported = true;
  reason = why > BATON_REASON_OTHER ? static_cast<uint32_t>(BATON_REASON_OTHER) : why;
  text = std::move(line);
}

void PluginCall::thrown(std::string what) {
  const std::lock_guard lock(mutex);
  threw = true;
  text = std::move(what);
}

PluginCall* PluginCall::current() { return t_call; }

PluginCall* PluginCall::current_of(const void* plugin) {
  return t_call != nullptr && t_call->plugin == plugin ? t_call : nullptr;
}

PluginCall::Scope::Scope(PluginCall* call) : outer_(t_call) { t_call = call; }
PluginCall::Scope::~Scope() { t_call = outer_; }

}  // namespace baton
