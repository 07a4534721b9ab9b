#include "core/host/execution_view.h"

#include "core/host/guard.h"

namespace baton {
namespace {

// The worker that this thread is, while it is inside a piece of parallel_for; else -1.
thread_local int64_t t_worker = -1;

}  // namespace

ExecutionView::ExecutionView(SessionServices* services, void* scratch) : services_(services) {
  abi_.struct_size = sizeof(abi_);
  abi_.thread_count = services != nullptr ? services->thread_count() : 1;
  abi_.context = this;
  abi_.parallel_for = &ExecutionView::parallel_for;
  abi_.is_cancelled = &ExecutionView::is_cancelled;
  abi_.scratch = scratch;
  abi_.report = &ExecutionView::report;
}

ExecutionView& ExecutionView::self(const baton_execution* execution) {
  return *static_cast<ExecutionView*>(execution->context);
}

// What fn throws must not cross the frames of the thread pool: it is kept, and the call fails.
void ExecutionView::run_piece(baton_range_fn fn, void* user, uint32_t worker, uint64_t begin,
                              uint64_t end) {
  const PluginCall::Scope scope(call_);
  const int64_t outer = t_worker;
  t_worker = worker;
  std::string what;
  if (!call_guarded([&] { fn(user, worker, begin, end); }, &what)) call_->thrown(std::move(what));
  t_worker = outer;
}

void ExecutionView::parallel_for(const baton_execution* execution, uint64_t count, uint64_t grain,
                                 baton_range_fn fn, void* user) {
  if (count == 0 || fn == nullptr) return;
  ExecutionView& view = self(execution);
  if (t_worker >= 0 || view.services_ == nullptr || view.services_->thread_count() == 1) {
    const uint32_t worker = t_worker >= 0 ? static_cast<uint32_t>(t_worker) : 0;
    view.run_piece(fn, user, worker, 0, count);
    return;
  }
  struct Job {
    ExecutionView* view;
    baton_range_fn fn;
    void* user;
  } job{&view, fn, user};
  view.services_->parallel_for(
      count, grain,
      [](void* context, uint32_t worker, uint64_t begin, uint64_t end) {
        const Job& j = *static_cast<const Job*>(context);
        j.view->run_piece(j.fn, j.user, worker, begin, end);
      },
      &job);
}

int32_t ExecutionView::is_cancelled(const baton_execution* execution) {
  const SessionServices* services = self(execution).services_;
  return services != nullptr && services->cancelled() ? 1 : 0;
}

void ExecutionView::report(const baton_execution* execution, uint32_t reason, const char* text) {
  self(execution).call_->report(reason, text);
}

}  // namespace baton
