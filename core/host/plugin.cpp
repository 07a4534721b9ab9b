#include "core/host/plugin.h"

#include <cstring>

#include "baton/baton.h"
#include "baton/file_constants.h"
#include "core/host/graph_view.h"
#include "core/host/guard.h"
#include "core/host/plugin_call.h"
#include "core/host/plugin_operator.h"
#include "core/host/plugin_thread.h"

namespace baton {
namespace {

constexpr uint32_t kMaxDevices = 256;

bool is_status(int32_t code) { return code >= BATON_OK && code <= BATON_BUSY; }

}  // namespace

Result<std::shared_ptr<Plugin>> Plugin::create(std::shared_ptr<const PluginLibrary> library,
                                               std::shared_ptr<HostServices> services) {
  std::shared_ptr<Plugin> plugin(new Plugin(std::move(library), std::move(services)));
  BATON_RETURN_IF_ERROR(plugin->start());
  return plugin;
}

Plugin::Plugin(std::shared_ptr<const PluginLibrary> library, std::shared_ptr<HostServices> services)
    : library_(std::move(library)), services_(std::move(services)) {
  label_ = "plugin " + library_->name();
  host_.struct_size = sizeof(host_);
  host_.abi_version = BATON_PLUGIN_ABI_VERSION;
  host_.version = BATON_VERSION;
  host_.context = this;
  host_.log = &Plugin::host_log;
  host_.report = &Plugin::host_report;
  host_.allocate = &Plugin::host_allocate;
  host_.release = &Plugin::host_release;
  host_.get_extension = &Plugin::host_get_extension;
}

Plugin::~Plugin() {
  if (object_ == nullptr) return;
  const Status status = call(Serial::kYes, label_, "end", [&] {
    library_->info().destroy(object_);
    return BATON_OK;
  });
  if (!status.ok()) services_->log(BATON_LOG_ERROR, status.message().c_str());
}

Status Plugin::start() {
  if (library_->one_thread()) {
    BATON_ASSIGN_OR_RETURN(thread_, PluginThread::start());
  }
  baton_plugin* object = nullptr;
  BATON_RETURN_IF_ERROR(
      call(Serial::kNo, label_, "start", [&] { return library_->info().create(&host_, &object); }));
  if (object == nullptr) {
    return error(BATON_ERROR, "%s failed to start: create gave no object", label_.c_str());
  }
  object_ = object;
  if (delegate() != nullptr) BATON_RETURN_IF_ERROR(read_devices());
  BATON_RETURN_IF_ERROR(read_extensions());
  for (const baton_custom_operator* source : library_->operators()) {
    operators_.push_back(std::make_unique<PluginOperator>(*this, *source));
    operator_list_.push_back(&operators_.back()->op);
  }
  return {};
}

Status Plugin::read_devices() {
  uint32_t count = 0;
  const auto count_devices = [&] {
    count = delegate()->device_count(object_);
    return BATON_OK;
  };
  BATON_RETURN_IF_ERROR(call(Serial::kYes, label_, "count its devices", count_devices));
  if (count > kMaxDevices) {
    return error(BATON_ERROR, "%s lists %u devices; at most %u are believed", label_.c_str(), count,
                 kMaxDevices);
  }
  for (uint32_t i = 0; i < count; ++i) {
    const baton_device_info* info = nullptr;
    const auto describe = [&] {
      info = delegate()->device(object_, i);
      return BATON_OK;
    };
    BATON_RETURN_IF_ERROR(call(Serial::kYes, label_, "describe a device", describe));
    if (info == nullptr) {
      return error(BATON_ERROR, "%s lists %u devices but describes no device %u", label_.c_str(),
                   count, i);
    }
    if (info->struct_size < sizeof(baton_device_info)) {
      return error(BATON_ERROR, "%s: the info of device %u has struct_size %u, ABI 0.1 needs %zu",
                   label_.c_str(), i, info->struct_size, sizeof(baton_device_info));
    }
    if (info->name == nullptr || info->driver == nullptr || info->unusable_reason == nullptr) {
      return error(BATON_ERROR, "%s: device %u has no name, driver or unusable_reason text",
                   label_.c_str(), i);
    }
    devices_.push_back(info);
  }
  return {};
}

Status Plugin::read_extensions() {
  if (library_->info().get_extension == nullptr) return {};
  // The ABI before 1.0 is exact: a table that is too small is a mistake, not an old version.
  const auto read = [&](const char* id, size_t size, const void** table) -> Status {
    BATON_RETURN_IF_ERROR(call(Serial::kNo, label_, "list its extensions", [&] {
      *table = library_->info().get_extension(object_, id);
      return BATON_OK;
    }));
    if (*table == nullptr) return {};
    uint32_t struct_size = 0;
    std::memcpy(&struct_size, *table, sizeof(struct_size));
    if (struct_size < size) {
      return error(BATON_ERROR, "%s: extension %s has struct_size %u, needs %zu", label_.c_str(),
                   id, struct_size, size);
    }
    return {};
  };
  const void* table = nullptr;
#define BATON_READ_EXTENSION(id, type, member)           \
  BATON_RETURN_IF_ERROR(read(id, sizeof(type), &table)); \
  member = static_cast<const type*>(table)
  BATON_READ_EXTENSION(BATON_EXT_PROGRAM_CACHE, baton_ext_program_cache, program_cache_);
  BATON_READ_EXTENSION(BATON_EXT_PROFILE, baton_ext_profile, profile_);
  BATON_READ_EXTENSION(BATON_EXT_ASYNC, baton_ext_async, async_);
  BATON_READ_EXTENSION(BATON_EXT_DEVICE_BUFFERS, baton_ext_device_buffers, device_buffers_);
  BATON_READ_EXTENSION(BATON_EXT_INTERMEDIATES, baton_ext_intermediates, intermediates_);
#undef BATON_READ_EXTENSION

  const bool complete =
      (!program_cache_ ||
       (program_cache_->save && program_cache_->validate && program_cache_->load)) &&
      (!profile_ || (profile_->enable && profile_->read)) &&
      (!async_ || (async_->submit && async_->wait && async_->destroy_fence)) &&
      (!device_buffers_ || (device_buffers_->allocate && device_buffers_->release &&
                            device_buffers_->upload && device_buffers_->download)) &&
      (!intermediates_ || (intermediates_->keep && intermediates_->read));
  if (!complete) return error(BATON_ERROR, "%s: an extension lacks a function", label_.c_str());
  return {};
}

const Operator* Plugin::find_operator(const char* name) const {
  for (const Operator* op : operator_list_) {
    if (std::strcmp(op->name, name) == 0) return op;
  }
  return nullptr;
}

Status Plugin::call_function(Serial serial, const std::string& who, const char* stage,
                             int32_t (*fn)(void*), void* context) const {
  PluginCall call(this);
  {
    const std::lock_guard lock(calls_mutex_);
    call.next = calls_;
    if (calls_ != nullptr) calls_->previous = &call;
    calls_ = &call;
  }
  struct Task {
    PluginCall* call;
    int32_t (*fn)(void*);
    void* context;
    int32_t code = BATON_OK;
    bool threw = false;
    std::string what = {};
  } task{&call, fn, context};
  const auto run = [](void* pointer) {
    Task& t = *static_cast<Task*>(pointer);
    const PluginCall::Scope scope(t.call);
    t.threw = !call_guarded([&t] { t.code = t.fn(t.context); }, &t.what);
  };
  if (thread_ != nullptr) {
    thread_->run(run, &task);
  } else if (serial == Serial::kYes) {
    const std::lock_guard lock(serial_);
    run(&task);
  } else {
    run(&task);
  }
  {
    const std::lock_guard lock(calls_mutex_);
    if (call.next != nullptr) call.next->previous = call.previous;
    (call.previous != nullptr ? call.previous->next : calls_) = call.next;
  }

  if (task.code == BATON_OK && !task.threw && !call.threw) return {};
  const char* label = who.c_str();
  if (task.threw || call.threw) {
    const std::string what = one_line((task.threw ? task.what : call.text).c_str());
    return Status(BATON_ERROR, format("%s failed to %s: it threw %s", label, stage, what.c_str()),
                  BATON_REASON_OTHER);
  }
  const uint32_t reason = call.reported ? call.reason : uint32_t{BATON_REASON_OTHER};
  if (!is_status(task.code)) {
    return Status(BATON_ERROR,
                  format("%s failed to %s: it returned %d, which is no status%s%s", label, stage,
                         task.code, call.text.empty() ? "" : "; ", call.text.c_str()),
                  reason);
  }
  return Status(task.code,
                format("%s failed to %s: %s", label, stage,
                       call.text.empty() ? "it gave no reason" : call.text.c_str()),
                reason);
}

void Plugin::report(uint32_t reason, const char* text) const {
  if (PluginCall* call = PluginCall::current_of(this)) return call->report(reason, text);
  {
    const std::lock_guard lock(calls_mutex_);
    if (calls_ != nullptr && calls_->next == nullptr) return calls_->report(reason, text);
  }
  services_->log(BATON_LOG_WARNING, (label_ + ": " + one_line(text)).c_str());
}

void Plugin::host_log(const baton_host* host, int32_t level, const char* text) {
  const Plugin& self = *static_cast<Plugin*>(host->context);
  if (level < BATON_LOG_ERROR) level = BATON_LOG_ERROR;
  if (level > BATON_LOG_DEBUG) level = BATON_LOG_DEBUG;
  self.services_->log(level, (self.label_ + ": " + one_line(text)).c_str());
}

void Plugin::host_report(const baton_host* host, uint32_t reason, const char* text) {
  static_cast<Plugin*>(host->context)->report(reason, text);
}

void* Plugin::host_allocate(const baton_host* host, uint64_t bytes, uint64_t alignment) {
  return static_cast<Plugin*>(host->context)->services_->allocate(bytes, alignment);
}

void Plugin::host_release(const baton_host* host, void* memory) {
  static_cast<Plugin*>(host->context)->services_->release(memory);
}

const void* Plugin::host_get_extension(const baton_host*, const char* id) {
  static constexpr baton_host_ext_file_constants kFileConstants = {sizeof(kFileConstants), 0,
                                                                   &GraphView::file_constant};
  return std::strcmp(id, BATON_HOST_EXT_FILE_CONSTANTS) == 0 ? &kFileConstants : nullptr;
}

}  // namespace baton
