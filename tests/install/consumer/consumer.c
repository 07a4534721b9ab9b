/* Says which libbaton it runs with, which must be the one it was compiled for; given a plugin, has
 * the runtime open it. */
#include <baton/baton.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char** argv) {
  printf("libbaton %s\n", baton_version());
  if (strcmp(baton_version(), BATON_VERSION) != 0) return 1;

  baton_runtime* runtime = NULL;
  baton_error* error = NULL;
  int ok = baton_runtime_create(NULL, &runtime, &error) == BATON_OK;
  for (int i = 1; ok && i < argc; ++i) {
    ok = baton_runtime_load_plugin(runtime, argv[i], &error) == BATON_OK;
  }
  if (error != NULL) fprintf(stderr, "%s\n", baton_error_message(error));
  baton_error_destroy(error);
  baton_runtime_destroy(runtime);
  return ok ? 0 : 1;
}
