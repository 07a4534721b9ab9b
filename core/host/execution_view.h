// baton_execution over the session's services: what a plugin may ask for while it executes.
#pragma once

#include "baton/plugin.h"
#include "core/host/plugin_call.h"
#include "core/ops/operator.h"

namespace baton {

// Lives on the stack of one execution. `services` may be nullptr: one thread, never cancelled.
class ExecutionView {
 public:
  ExecutionView(SessionServices* services, void* scratch);
  ExecutionView(const ExecutionView&) = delete;
  ExecutionView& operator=(const ExecutionView&) = delete;

  // Call this inside Plugin::call, right before the plugin: reports go to that call.
  const baton_execution* enter() {
    call_ = PluginCall::current();
    return &abi_;
  }

 private:
  static ExecutionView& self(const baton_execution* execution);
  static void parallel_for(const baton_execution* execution, uint64_t count, uint64_t grain,
                           baton_range_fn fn, void* user);
  static int32_t is_cancelled(const baton_execution* execution);
  static void report(const baton_execution* execution, uint32_t reason, const char* text);
  void run_piece(baton_range_fn fn, void* user, uint32_t worker, uint64_t begin, uint64_t end);

  SessionServices* services_;
  PluginCall* call_ = nullptr;
  baton_execution abi_{};
};

}  // namespace baton
