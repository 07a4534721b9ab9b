#include <baton/plugin.h>

static int32_t create(const baton_host* host, baton_plugin** plugin) {
  *plugin = (baton_plugin*)host;
  return BATON_OK;
}

static void destroy(baton_plugin* plugin) { (void)plugin; }

static const baton_plugin_info kInfo = {
    .struct_size = sizeof(baton_plugin_info),
    .abi_version = BATON_PLUGIN_ABI_VERSION,
    .name = "consumer",
    .vendor = "A stranger",
    .version = "1.0",
    .description = "Brings nothing; shows that the SDK suffices for C.",
    .create = create,
    .destroy = destroy,
};

BATON_PLUGIN_ENTRY(consumer)(uint32_t host_abi) {
  return host_abi == BATON_PLUGIN_ABI_VERSION ? &kInfo : NULL;
}
