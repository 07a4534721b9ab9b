#include "delegates/cpu/extensions.h"

#include "delegates/cpu/program.h"

namespace baton::cpu {
namespace {

constexpr baton_ext_profile kProfile = {
    sizeof(baton_ext_profile), 0,
    [](baton_instance* instance, int32_t on) -> int32_t {
      return sdk::Border::guard(sdk::Border::host_of(instance), [&] {
        sdk::object_of<CpuInstance>(instance).enable_profile(on != 0);
      });
    },
    [](baton_instance* instance, void (*add)(void* user, uint32_t node, uint64_t ns),
       void* user) -> int32_t {
      return sdk::Border::guard(sdk::Border::host_of(instance), [&] {
        sdk::object_of<CpuInstance>(instance).read_profile(
            [&](uint32_t node, uint64_t ns) { add(user, node, ns); });
      });
    }};

constexpr baton_ext_intermediates kIntermediates = {
    sizeof(baton_ext_intermediates), 0,
    [](baton_instance* instance, int32_t tensor) -> int32_t {
      return sdk::Border::guard(sdk::Border::host_of(instance),
                                [&] { sdk::object_of<CpuInstance>(instance).keep(tensor); });
    },
    [](baton_instance* instance, int32_t tensor, void* to, uint64_t bytes) -> int32_t {
      return sdk::Border::guard(sdk::Border::host_of(instance), [&] {
        sdk::object_of<CpuInstance>(instance).read_kept(tensor, to, bytes);
      });
    }};

}  // namespace

const void* extension(std::string_view id) {
  if (id == BATON_EXT_PROFILE) return &kProfile;
  if (id == BATON_EXT_INTERMEDIATES) return &kIntermediates;
  return nullptr;
}

}  // namespace baton::cpu
