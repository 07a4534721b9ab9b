#include "tests/conformance/subject.h"

#include "tests/conformance/reference_plugin.h"

namespace baton::conformance {

void* Services::allocate(uint64_t bytes, uint64_t alignment) {
  allocations_.fetch_add(1, std::memory_order_relaxed);
  int64_t left = left_.load(std::memory_order_relaxed);
  while (left > 0 && !left_.compare_exchange_weak(left, left - 1, std::memory_order_relaxed)) {
  }
  return left == 0 ? nullptr : HostServices::allocate(bytes, alignment);
}

Bench::Bench(const Subject& subject)
    : subject_(subject),
      services_(std::make_shared<Services>(LogSink{[](void* user, int32_t level, const char* text) {
                                                     auto* self = static_cast<Bench*>(user);
                                                     if (level > BATON_LOG_WARNING) return;
                                                     const std::lock_guard<std::mutex> lock(
                                                         self->mutex_);
                                                     self->log_.emplace_back(text);
                                                   },
                                                   this})),
      host_(services_) {
  for (const std::string& folder : subject.plugin_folders()) host_.add_search_folder(folder);
  if (subject.spec().plugin == kReferenceName) {
    built_in_ = host_.add_built_in(reference_plugin_query);
  }
}

Bench::~Bench() = default;

std::vector<std::string> Bench::take_log() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(log_, {});
}

Result<std::shared_ptr<Plugin>> Bench::plugin() {
  if (plugin_ == nullptr) {
    BATON_RETURN_IF_ERROR(built_in_);
    const std::string& name = subject_.spec().plugin;
    BATON_ASSIGN_OR_RETURN(plugin_, host_.load(name == kReferenceName ? kReferencePlugin : name));
  }
  return plugin_;
}

Result<std::shared_ptr<Delegate>> Bench::delegate(const Options& more) {
  BATON_ASSIGN_OR_RETURN(const std::shared_ptr<Plugin> plugin, this->plugin());
  Options options = subject_.spec().options;
  options.insert(options.end(), more.begin(), more.end());
  return Delegate::create(plugin, options);
}

Subject::Subject(DelegateSpec spec, std::vector<std::string> plugin_folders)
    : spec_(std::move(spec)), plugin_folders_(std::move(plugin_folders)) {}

Subject::~Subject() = default;

Bench& Subject::bench() {
  if (bench_ == nullptr) bench_ = std::make_unique<Bench>(*this);
  return *bench_;
}

}  // namespace baton::conformance
