/* A shared library that exports something, but no baton_plugin_query. */
__attribute__((visibility("default"))) int baton_plugin_query_me_not(void);
int baton_plugin_query_me_not(void) { return 0; }
