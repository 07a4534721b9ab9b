/* Loads a model, lets delegates take what they can, runs it on zeros, and prints the outputs and
 * who ran what.
 *
 *   minimal_c MODEL [DELEGATE]...
 */
#include <baton/baton.h>
#include <stdio.h>
#include <stdlib.h>

/* Ends the program with the sentence when something failed. */
static void check(baton_status status, baton_error* error) {
  if (status == BATON_OK) return;
  fprintf(stderr, "%s\n", baton_error_message(error));
  exit(1);
}

static void print_warning(void* user, int32_t level, const char* text) {
  (void)user;
  if (level <= BATON_LOG_WARNING) fprintf(stderr, "%s\n", text);
}

static void print_tensor(uint32_t output, const baton_tensor* tensor, const void* data) {
  uint64_t i, bytes = tensor->bytes;
  printf("output %u '%s', %s:", (unsigned)output, tensor->name, baton_dtype_name(tensor->dtype));
  if (tensor->dtype == BATON_FLOAT32) {
    for (i = 0; i < bytes / 4 && i < 8; ++i) printf(" %g", (double)((const float*)data)[i]);
  } else if (tensor->dtype == BATON_INT8) {
    for (i = 0; i < bytes && i < 8; ++i) printf(" %d", ((const int8_t*)data)[i]);
  } else if (tensor->dtype == BATON_UINT8) {
    for (i = 0; i < bytes && i < 8; ++i) printf(" %d", ((const uint8_t*)data)[i]);
  } else {
    printf(" %llu bytes", (unsigned long long)bytes);
  }
  printf("\n");
}

int main(int argc, char** argv) {
  baton_error* error = NULL;
  if (argc < 2 || argc > 10) {
    fprintf(stderr, "usage: minimal_c MODEL [DELEGATE]...\n");
    return 2;
  }

  baton_runtime_options runtime_options = BATON_RUNTIME_OPTIONS_INIT;
  runtime_options.log = print_warning;
  baton_runtime* runtime = NULL;
  check(baton_runtime_create(&runtime_options, &runtime, &error), error);

  baton_model* model = NULL;
  check(baton_model_load_file(runtime, argv[1], NULL, &model, &error), error);

  /* Delegates in order of preference; what none takes, the reference kernels run. */
  baton_delegate_choice choices[8];
  const baton_delegate_choice* pointers[8];
  baton_compile_options compile_options = BATON_COMPILE_OPTIONS_INIT;
  for (int i = 2; i < argc; ++i) {
    baton_delegate_choice* choice = &choices[i - 2];
    choice->struct_size = sizeof *choice;
    choice->option_count = 0;
    choice->name = argv[i];
    choice->keys = NULL;
    choice->values = NULL;
    pointers[i - 2] = choice;
  }
  compile_options.delegate_count = (uint32_t)(argc - 2);
  compile_options.delegates = pointers;
  baton_compiled* compiled = NULL;
  check(baton_model_compile(model, &compile_options, &compiled, &error), error);

  baton_session_options session_options = BATON_SESSION_OPTIONS_INIT;
  session_options.threads = 2;
  baton_session* session = NULL;
  check(baton_session_create(compiled, &session_options, &session, &error), error);

  for (uint32_t i = 0; i < baton_session_input_count(session); ++i) {
    const uint64_t bytes = baton_session_input(session, i)->bytes;
    void* zeros = calloc(1, bytes > 0 ? (size_t)bytes : 1);
    if (zeros == NULL) {
      fprintf(stderr, "no memory for input %u\n", (unsigned)i);
      return 1;
    }
    check(baton_session_set_input(session, i, zeros, bytes, &error), error);
    free(zeros);
  }
  check(baton_session_run(session, &error), error);

  for (uint32_t i = 0; i < baton_session_output_count(session); ++i) {
    print_tensor(i, baton_session_output(session, i), baton_session_output_data(session, i));
  }
  const baton_placement* placement = baton_session_placement(session);
  for (uint32_t i = 0; i < baton_placement_node_count(placement); ++i) {
    const baton_node_placement* node = baton_placement_node(placement, i);
    printf("node %u %s: %s\n", (unsigned)node->node, node->op_name, node->delegate);
  }

  baton_session_destroy(session);
  baton_compiled_destroy(compiled);
  baton_model_destroy(model);
  baton_runtime_destroy(runtime);
  return 0;
}
