// A plugin at work in one runtime: its object, its devices, its operators, and the one way to call
// it (on the right thread, one at a time where asked for, exceptions caught, reasons collected).
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "baton/plugin.h"
#include "core/base/status.h"
#include "core/host/host_services.h"
#include "core/host/plugin_library.h"
#include "core/ops/operator.h"

namespace baton {

class PluginThread;
struct PluginCall;
struct PluginOperator;

class Plugin : public std::enable_shared_from_this<Plugin> {
 public:
  static Result<std::shared_ptr<Plugin>> create(std::shared_ptr<const PluginLibrary> library,
                                                std::shared_ptr<HostServices> services);
  ~Plugin();
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  const PluginLibrary& library() const { return *library_; }
  const std::string& name() const { return library_->name(); }
  // "plugin NAME": begins its errors.
  const std::string& label() const { return label_; }
  baton_plugin* object() const { return object_; }
  HostServices& services() const { return *services_; }
  // The table; nullptr when the plugin brings operators only.
  const baton_delegate* delegate() const { return library_->info().delegate; }
  // By device number. Empty when there is no delegate.
  std::span<const baton_device_info* const> devices() const { return devices_; }

  // Operators that the plugin brings, in the core's form. Valid as long as this plugin: whoever
  // keeps a graph that uses them keeps the plugin too.
  std::span<const Operator* const> operators() const { return operator_list_; }
  const Operator* find_operator(const char* name) const;

  // Extension tables; nullptr when absent. Fetched once.
  const baton_ext_program_cache* program_cache() const { return program_cache_; }
  const baton_ext_profile* profile() const { return profile_; }
  const baton_ext_async* async() const { return async_; }
  const baton_ext_device_buffers* device_buffers() const { return device_buffers_; }
  const baton_ext_intermediates* intermediates() const { return intermediates_; }

  enum class Serial { kNo, kYes };
  // Calls fn() -> baton_status, which calls one function of the plugin. `who` and `stage` are for
  // the error: "WHO failed to STAGE: the plugin's sentence". Allocates nothing when all goes well.
  template <typename Fn>
  Status call(Serial serial, const std::string& who, const char* stage, const Fn& fn) const {
    return call_function(
        serial, who, stage,
        [](void* context) -> int32_t { return (*static_cast<const Fn*>(context))(); },
        const_cast<Fn*>(&fn));
  }

 private:
  Plugin(std::shared_ptr<const PluginLibrary> library, std::shared_ptr<HostServices> services);
  Status start();
  Status read_devices();
  Status read_extensions();
  Status call_function(Serial serial, const std::string& who, const char* stage,
                       int32_t (*fn)(void*), void* context) const;
  void report(uint32_t reason, const char* text) const;

  static void host_log(const baton_host* host, int32_t level, const char* text);
  static void host_report(const baton_host* host, uint32_t reason, const char* text);
  static void* host_allocate(const baton_host* host, uint64_t bytes, uint64_t alignment);
  static void host_release(const baton_host* host, void* memory);
  static const void* host_get_extension(const baton_host* host, const char* id);

  std::shared_ptr<const PluginLibrary> library_;
  std::shared_ptr<HostServices> services_;
  baton_host host_{};
  baton_plugin* object_ = nullptr;
  std::string label_;
  std::vector<const baton_device_info*> devices_;
  std::vector<std::unique_ptr<PluginOperator>> operators_;
  std::vector<const Operator*> operator_list_;
  const baton_ext_program_cache* program_cache_ = nullptr;
  const baton_ext_profile* profile_ = nullptr;
  const baton_ext_async* async_ = nullptr;
  const baton_ext_device_buffers* device_buffers_ = nullptr;
  const baton_ext_intermediates* intermediates_ = nullptr;

  std::unique_ptr<PluginThread> thread_;  // of a plugin with BATON_PLUGIN_ONE_THREAD
  mutable std::mutex serial_;
  mutable std::mutex calls_mutex_;
  mutable PluginCall* calls_ = nullptr;  // in progress
};

}  // namespace baton
