/* Runs a model on generated inputs and prints a hash of each output's bytes. With a delegate, which
 * then has to run every node.
 *
 * Links libbaton alone, so that it runs wherever the core does. Two machines agree when they print
 * the same: see compare.sh. */
#include <baton/baton.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { kWrongUsage = 2 };

/* The generator that `baton run` fills inputs with. Returns 0 for element types it does not know.
 */
static int fill(const baton_tensor* tensor, void* data) {
  uint32_t x = 12345;
  const uint64_t width = tensor->bits / 8;
  for (uint64_t i = 0; width != 0 && i < tensor->bytes / width; ++i) {
    x = UINT32_C(1664525) * x + UINT32_C(1013904223);
    const uint8_t byte = (uint8_t)(x >> 24);
    char* element = (char*)data + i * width;
    switch (tensor->dtype) {
      case BATON_FLOAT32: {
        const float value = (float)(byte / 255.0 * 2 - 1);
        memcpy(element, &value, sizeof value);
        break;
      }
      case BATON_UINT8:
      case BATON_INT8:
        memcpy(element, &byte, sizeof byte);
        break;
      case BATON_INT32: {
        const int32_t value = byte % 10;
        memcpy(element, &value, sizeof value);
        break;
      }
      default:
        return 0;
    }
  }
  return 1;
}

/* FNV-1a. */
static uint64_t hash(const void* data, uint64_t bytes) {
  uint64_t h = UINT64_C(0xcbf29ce484222325);
  for (uint64_t i = 0; i < bytes; ++i) {
    h = (h ^ ((const uint8_t*)data)[i]) * UINT64_C(0x100000001b3);
  }
  return h;
}

static int run(baton_session* session, baton_error** error) {
  for (uint32_t i = 0; i < baton_session_input_count(session); ++i) {
    if (!fill(baton_session_input(session, i), baton_session_input_data(session, i))) {
      fprintf(stderr, "input %" PRIu32 " has an element type that this program cannot fill\n", i);
      return 0;
    }
  }
  if (baton_session_run(session, error) != BATON_OK) return 0;
  for (uint32_t i = 0; i < baton_session_output_count(session); ++i) {
    const uint64_t bytes = baton_session_output(session, i)->bytes;
    printf("%" PRIu32 " %s %" PRIu64 " bytes %016" PRIx64 "\n", i,
           baton_session_output_name(session, i), bytes,
           hash(baton_session_output_data(session, i), bytes));
  }
  return 1;
}

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    fprintf(stderr, "usage: baton_smoke MODEL [PLUGIN]\n");
    return kWrongUsage;
  }
  baton_runtime* runtime = NULL;
  baton_model* model = NULL;
  baton_compiled* compiled = NULL;
  baton_session* session = NULL;
  baton_error* error = NULL;
  baton_session_options options = BATON_SESSION_OPTIONS_INIT;
  options.threads = 2;
  baton_delegate_choice choice = {sizeof choice, 0, argc > 2 ? argv[2] : NULL, NULL, NULL};
  const baton_delegate_choice* choices[] = {&choice};
  baton_compile_options compile = BATON_COMPILE_OPTIONS_INIT;
  if (choice.name != NULL) {
    compile.flags = BATON_COMPILE_STRICT | BATON_COMPILE_IGNORE_COSTS;
    compile.delegate_count = 1;
    compile.delegates = choices;
  }

  const int ok = baton_runtime_create(NULL, &runtime, &error) == BATON_OK &&
                 baton_model_load_file(runtime, argv[1], NULL, &model, &error) == BATON_OK &&
                 baton_model_compile(model, &compile, &compiled, &error) == BATON_OK &&
                 baton_session_create(compiled, &options, &session, &error) == BATON_OK &&
                 run(session, &error);
  if (error != NULL) fprintf(stderr, "baton_smoke: %s\n", baton_error_message(error));

  baton_error_destroy(error);
  baton_session_destroy(session);
  baton_compiled_destroy(compiled);
  baton_model_destroy(model);
  baton_runtime_destroy(runtime);
  return ok ? 0 : 1;
}
