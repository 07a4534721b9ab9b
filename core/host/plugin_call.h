// One call into a plugin while it is in progress: where its reports go.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "baton/plugin.h"

namespace baton {

struct PluginCall {
  explicit PluginCall(const void* owner) : plugin(owner) {}

  // [any thread] The last one counts.
  void report(uint32_t why, const char* sentence);
  // [any thread] A piece of parallel_for threw.
  void thrown(std::string what);

  // The call that this thread is in, or nullptr.
  static PluginCall* current();
  // The same when it is one of that plugin, else nullptr.
  static PluginCall* current_of(const void* plugin);

  // Makes a call the current one of this thread for a while.
  class Scope {
   public:
    explicit Scope(PluginCall* call);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    PluginCall* outer_;
  };

  const void* plugin;
  PluginCall* previous = nullptr;  // list of the plugin's calls in progress
  PluginCall* next = nullptr;

  std::mutex mutex;  // of what follows
  bool reported = false;
  bool threw = false;
  uint32_t reason = BATON_REASON_NONE;
  std::string text;
};

// A foreign text as one line of bounded length. nullptr gives "".
std::string one_line(const char* text);

}  // namespace baton
