/* Baton's C API, version 0.1: load a .tflite model, choose delegates, run.
 *
 *   baton_runtime       owns plugins, the log sink and options; several may live in one process
 *     baton_model       a file, verified; shared, read-only
 *       baton_compiled  a placement of its nodes and the delegates' programs; shared, read-only
 *         baton_session memory, state and threads of one user of it
 *
 * Each object keeps what it was made from alive: they may be destroyed in any order. Destroy
 * accepts NULL.
 *
 * Threads: runtime, model and compiled functions may be called from any thread at any time. A
 * session is used by one thread at a time; only baton_session_cancel may come from another.
 * Different sessions run at the same time.
 *
 * Errors: functions that can fail return a baton_status; `error`, where it is not NULL, gets an
 * object with the code and one sentence that says what, where and what to do, to be freed by
 * baton_error_destroy. On success it gets NULL. On failure nothing else has changed.
 *
 * Structs begin with `struct_size` = sizeof the struct (the _INIT macros set it); fields are only
 * appended, and zero means the default. Tensors and views returned as pointers belong to the object
 * that they came from and live as long as it, unless said otherwise. Strings are UTF-8.
 */
#ifndef BATON_BATON_H_
#define BATON_BATON_H_

#include <stddef.h>
#include <stdint.h>

#include "baton/plugin.h"
#include "baton/types.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define BATON_API __declspec(dllexport)
#else
#define BATON_API __attribute__((visibility("default")))
#endif

#define BATON_VERSION "0.1.0"
/* The version of the library that is loaded. */
BATON_API const char* baton_version(void);

/* ---- Errors -------------------------------------------------------------------------------- */

typedef struct baton_error baton_error;
BATON_API baton_status baton_error_code(const baton_error* error);
BATON_API const char* baton_error_message(const baton_error* error);
BATON_API void baton_error_destroy(baton_error* error);

/* "float32" ...; "unknown" for other numbers. */
BATON_API const char* baton_dtype_name(baton_dtype dtype);
/* "CONV_2D" for 3 ...; NULL for numbers that the schema does not have. */
BATON_API const char* baton_operator_name(int32_t op);
/* "operator unknown", "element type" ... for a BATON_REASON_. */
BATON_API const char* baton_reason_name(uint32_t reason);

/* ---- Runtime ------------------------------------------------------------------------------- */

typedef struct baton_runtime baton_runtime;

/* Called from any thread; `text` lives during the call. level is a BATON_LOG_. */
typedef void (*baton_log_fn)(void* user, int32_t level, const char* text);

typedef struct baton_runtime_options {
  uint32_t struct_size;
  uint32_t plugin_path_count;
  /* Folders to look for plugins in, before the default ones ($BATON_PLUGIN_PATH, then the folders
   * beside libbaton: docs/configuration.md). */
  const char* const* plugin_paths;
  baton_log_fn log; /* NULL: silent */
  void* log_user;
  /* Where delegates may keep compiled programs; NULL: nowhere. */
  const char* cache_folder;
} baton_runtime_options;
#define BATON_RUNTIME_OPTIONS_INIT \
  { sizeof(baton_runtime_options), 0, NULL, NULL, NULL, NULL }

BATON_API baton_status baton_runtime_create(const baton_runtime_options* options,
                                            baton_runtime** runtime, baton_error** error);
BATON_API void baton_runtime_destroy(baton_runtime* runtime);

/* A plugin that is linked into the program (BATON_PLUGIN_STATIC). */
BATON_API baton_status baton_runtime_register(baton_runtime* runtime, baton_plugin_query_fn query,
                                              baton_error** error);
/* Opens a plugin, by name or by path, for the operators that it brings: before models that use them
 * are loaded. Plugins named in baton_compile_options are opened there. */
BATON_API baton_status baton_runtime_load_plugin(baton_runtime* runtime, const char* name_or_path,
                                                 baton_error** error);

/* Every plugin found: opens them all, which baton_model_compile does not. Destroy after use. */
typedef struct baton_plugin_list baton_plugin_list;
typedef struct baton_plugin_entry {
  uint32_t struct_size;
  uint32_t device_count;
  const char* name;              /* of the plugin, or of the file when it cannot be opened */
  const char* path;              /* "" for a registered one, and for the built-in "reference" */
  const char* error;             /* NULL, or why it cannot be used */
  const baton_plugin_info* info; /* NULL when it cannot be opened */
} baton_plugin_entry;
BATON_API baton_status baton_runtime_list_plugins(baton_runtime* runtime, baton_plugin_list** list,
                                                  baton_error** error);
/* The same of one plugin, by name or by path; the others are left alone. The list has one entry. */
BATON_API baton_status baton_runtime_describe_plugin(baton_runtime* runtime,
                                                     const char* name_or_path,
                                                     baton_plugin_list** list, baton_error** error);
BATON_API uint32_t baton_plugin_list_count(const baton_plugin_list* list);
BATON_API const baton_plugin_entry* baton_plugin_list_entry(const baton_plugin_list* list,
                                                            uint32_t position);
BATON_API const baton_device_info* baton_plugin_list_device(const baton_plugin_list* list,
                                                            uint32_t position, uint32_t device);
BATON_API void baton_plugin_list_destroy(baton_plugin_list* list);
/* The folders that are searched, the first first; NULL past the last. */
BATON_API const char* baton_runtime_plugin_folder(baton_runtime* runtime, uint32_t position);

/* ---- Model --------------------------------------------------------------------------------- */

typedef struct baton_model baton_model;

/* Quotas against hostile files; 0: no limit. What goes over one fails with BATON_OUT_OF_MEMORY: the
 * load, or the session's creation, resize or run. A session that could not resize, or run to its
 * end, is as it was before and goes on. */
typedef struct baton_load_options {
  uint32_t struct_size;
  /* How deep calls of subgraphs (IF, WHILE, CALL_ONCE) may nest; 0, or more than 64: 64, so that
   * the stack holds them. 64 is also what deeper files are refused with as BATON_INVALID_MODEL. */
  uint32_t max_subgraph_depth;
  uint64_t max_file_bytes;
  /* Of any one tensor, at any shape, and of the scratch memory of any one node. */
  uint64_t max_tensor_bytes;
  /* All that one session of the model reserves for tensors, scratch and variables (kept twice, to
   * go back to when a run fails). Not what kernels prepare from constants, nor what delegates
   * allocate by themselves. */
  uint64_t max_session_bytes;
  /* Nodes that one run executes, each time that a loop comes by them, whoever runs them; the call
   * of a subgraph counts like a node. */
  uint64_t max_steps;
} baton_load_options;
#define BATON_LOAD_OPTIONS_INIT \
  { sizeof(baton_load_options), 0, 0, 0, 0, 0 }

/* Maps the file. options may be NULL. */
BATON_API baton_status baton_model_load_file(baton_runtime* runtime, const char* path,
                                             const baton_load_options* options, baton_model** model,
                                             baton_error** error);
/* Uses the caller's memory, which must outlive the model and all that is made from it. */
BATON_API baton_status baton_model_load_memory(baton_runtime* runtime, const void* data,
                                               uint64_t bytes, const baton_load_options* options,
                                               baton_model** model, baton_error** error);
/* Maps `bytes` (0: to the end) of an open file from `offset`. The descriptor may be closed then. */
BATON_API baton_status baton_model_load_descriptor(baton_runtime* runtime, int descriptor,
                                                   uint64_t offset, uint64_t bytes,
                                                   const baton_load_options* options,
                                                   baton_model** model, baton_error** error);
BATON_API void baton_model_destroy(baton_model* model);

/* The model's subgraphs, at the shapes of the file. NULL when out of range. No node is marked as
 * offered. */
BATON_API uint32_t baton_model_subgraph_count(const baton_model* model);
BATON_API const baton_graph* baton_model_subgraph(const baton_model* model, uint32_t subgraph);
BATON_API const char* baton_model_subgraph_name(const baton_model* model, uint32_t subgraph);
/* Whether the core, or a loaded plugin, has a kernel for the node's operator. */
BATON_API int32_t baton_model_has_operator(const baton_model* model, uint32_t subgraph,
                                           uint32_t node);

BATON_API const char* baton_model_description(const baton_model* model);
BATON_API uint64_t baton_model_bytes(const baton_model* model);
/* Harmless oddities of the file, one sentence each. NULL past the last. */
BATON_API const char* baton_model_oddity(const baton_model* model, uint32_t position);
/* Metadata entries of the file: *name; the bytes through *data and *bytes. 0 past the last. */
BATON_API int32_t baton_model_metadata(const baton_model* model, uint32_t position,
                                       const char** name, const void** data, uint64_t* bytes);

BATON_API uint32_t baton_model_signature_count(const baton_model* model);
BATON_API const char* baton_model_signature_key(const baton_model* model, uint32_t signature);
BATON_API uint32_t baton_model_signature_subgraph(const baton_model* model, uint32_t signature);
/* Arguments in the file's order; *tensor gets the tensor. NULL past the last. */
BATON_API const char* baton_model_signature_input(const baton_model* model, uint32_t signature,
                                                  uint32_t position, int32_t* tensor);
BATON_API const char* baton_model_signature_output(const baton_model* model, uint32_t signature,
                                                   uint32_t position, int32_t* tensor);

/* Attributes of a node for printing: calls add for each with its schema name and its value as text.
 * `node` came from baton_model_subgraph. */
BATON_API void baton_node_attributes(const baton_node* node,
                                     void (*add)(void* user, const char* name, const char* value),
                                     void* user);

/* ---- Compile: who runs what ------------------------------------------------------------------ */

typedef struct baton_compiled baton_compiled;

/* One delegate, in the user's order of preference: a plugin's name ("reference" for the core's own
 * kernels, which end the list) or its path, and its options. The option "device" (index, or part of
 * the name) is every delegate's. */
typedef struct baton_delegate_choice {
  uint32_t struct_size;
  uint32_t option_count;
  const char* name;
  const char* const* keys;   /* [option_count] */
  const char* const* values; /* [option_count] */
} baton_delegate_choice;

/* Keeps nodes off a delegate. A node is meant when every field that is set fits it. */
typedef struct baton_pin {
  uint32_t struct_size;
  int32_t subgraph; /* -1: any */
  int32_t node;     /* operator index in the file; -1: any */
  int32_t reserved;
  const char* op;       /* "CONV_2D", or a custom operator's name; NULL: any */
  const char* delegate; /* NULL: every delegate */
} baton_pin;

enum baton_compile_flag_values {
  /* A delegate that fails, at any stage, is an error instead of a fall-back. */
  BATON_COMPILE_STRICT = 1,
  /* Takes every partition, however small: costs are not weighed. */
  BATON_COMPILE_IGNORE_COSTS = 2
};

typedef struct baton_compile_options {
  uint32_t struct_size;
  uint32_t flags; /* BATON_COMPILE_ */
  uint32_t delegate_count;
  uint32_t pin_count;
  const baton_delegate_choice* const* delegates; /* none: reference kernels only */
  const baton_pin* const* pins;
  uint32_t min_partition_nodes; /* 0: 1 */
  uint32_t max_partitions;      /* per delegate; 0: any number */
} baton_compile_options;
#define BATON_COMPILE_OPTIONS_INIT \
  { sizeof(baton_compile_options), 0, 0, 0, NULL, NULL, 0, 0 }

/* A delegate that is named but not there is an error. One that fails later is off as a whole, and
 * the next one, or the reference kernels, run its nodes; see baton_placement_event. Fails when
 * nobody can run a node; the error lists all such operators. options may be NULL. */
BATON_API baton_status baton_model_compile(baton_model* model, const baton_compile_options* options,
                                           baton_compiled** compiled, baton_error** error);
BATON_API void baton_compiled_destroy(baton_compiled* compiled);

/* Who runs each node, and why not the others. */
typedef struct baton_placement baton_placement;

typedef struct baton_node_placement {
  uint32_t struct_size;
  uint32_t subgraph;
  uint32_t node; /* operator index in the file */
  int32_t op;
  const char* op_name;
  const char* delegate; /* "reference", or a plugin's name */
  const char* device;   /* "" for reference */
  int32_t partition;    /* in the subgraph; -1: runs alone */
  int32_t folded;       /* its value was computed while planning */
  int64_t cost_ns;      /* as the delegate said; -1: not known */
  uint32_t refusal_count;
  uint32_t reserved;
} baton_node_placement;

/* Why a delegate that was asked for does not run a node. */
typedef struct baton_refusal {
  uint32_t struct_size;
  uint32_t reason; /* BATON_REASON_ */
  const char* delegate;
  const char* text;
} baton_refusal;

typedef struct baton_partition_placement {
  uint32_t struct_size;
  uint32_t subgraph;
  uint32_t partition;
  uint32_t node_count;
  const char* delegate;
  const char* device;
  uint32_t input_count;
  uint32_t output_count;
  uint64_t crossing_bytes; /* of inputs and outputs */
} baton_partition_placement;

/* What was planned. Lives as long as `compiled`. */
BATON_API const baton_placement* baton_compiled_placement(const baton_compiled* compiled);
BATON_API uint32_t baton_placement_node_count(const baton_placement* placement);
BATON_API const baton_node_placement* baton_placement_node(const baton_placement* placement,
                                                           uint32_t position);
BATON_API const baton_refusal* baton_placement_refusal(const baton_placement* placement,
                                                       uint32_t position, uint32_t refusal);
BATON_API uint32_t baton_placement_partition_count(const baton_placement* placement);
BATON_API const baton_partition_placement* baton_placement_partition(
    const baton_placement* placement, uint32_t position);
/* What went wrong on the way, one sentence each: "delegate 'x' failed at compile: ...; reference
 * runs its 12 nodes". NULL past the last. */
BATON_API const char* baton_placement_event(const baton_placement* placement, uint32_t position);

/* ---- Session -----------------------------------------------------------------------------------
 */

typedef struct baton_session baton_session;

typedef struct baton_session_options {
  uint32_t struct_size;
  uint32_t threads;      /* 0: 1 */
  const char* signature; /* NULL: the main subgraph, inputs and outputs in the file's order */
} baton_session_options;
#define BATON_SESSION_OPTIONS_INIT \
  { sizeof(baton_session_options), 0, NULL }

/* Plans and reserves everything for the default shapes. options may be NULL. */
BATON_API baton_status baton_session_create(baton_compiled* compiled,
                                            const baton_session_options* options,
                                            baton_session** session, baton_error** error);
BATON_API void baton_session_destroy(baton_session* session);

BATON_API uint32_t baton_session_input_count(const baton_session* session);
BATON_API uint32_t baton_session_output_count(const baton_session* session);
/* Description with the current shape; `data` is NULL. NULL when out of range. The pointer stays
 * valid; what it shows changes with resizes. An output whose shape depends on data has
 * BATON_TENSOR_UNKNOWN_SHAPE until the run. */
BATON_API const baton_tensor* baton_session_input(const baton_session* session, uint32_t input);
BATON_API const baton_tensor* baton_session_output(const baton_session* session, uint32_t output);
/* The name: of the signature's argument where a signature was chosen, else of the tensor. */
BATON_API const char* baton_session_input_name(const baton_session* session, uint32_t input);
BATON_API const char* baton_session_output_name(const baton_session* session, uint32_t output);
/* Position by that name; -1 when there is none. */
BATON_API int32_t baton_session_find_input(const baton_session* session, const char* name);
BATON_API int32_t baton_session_find_output(const baton_session* session, const char* name);

/* Asks for a new shape of an input. It takes effect with baton_session_prepare, and with every
 * function that needs it: run, set_input, input_data, bind. Until then, and where the model cannot
 * take the shapes, the old ones stay. Ask for all inputs that change, then prepare. */
BATON_API baton_status baton_session_resize_input(baton_session* session, uint32_t input,
                                                  uint32_t rank, const int32_t* dims,
                                                  baton_error** error);
/* Plans and reserves for the shapes asked for: outputs get their new shapes, contents of inputs are
 * lost, bindings end. Nothing to do: nothing is done. */
BATON_API baton_status baton_session_prepare(baton_session* session, baton_error** error);

/* Copies. `bytes` must be the tensor's size. Inputs keep their content from run to run, except that
 * a run turns booleans other than 0 and 1 into 1, also in memory that is bound. */
BATON_API baton_status baton_session_set_input(baton_session* session, uint32_t input,
                                               const void* data, uint64_t bytes,
                                               baton_error** error);
BATON_API baton_status baton_session_get_output(const baton_session* session, uint32_t output,
                                                void* data, uint64_t bytes, baton_error** error);
/* The session's own memory of an input or output; valid until the next resize, bind or destroy, of
 * an output also until the next run. NULL when out of range. */
BATON_API void* baton_session_input_data(baton_session* session, uint32_t input);
BATON_API const void* baton_session_output_data(const baton_session* session, uint32_t output);

/* The caller's memory instead of the session's, until the next resize; NULL ends it. 64-byte
 * aligned, and `capacity` at least the tensor's bytes + 64 (delegates may read past the end). */
BATON_API baton_status baton_session_bind_input(baton_session* session, uint32_t input,
                                                void* memory, uint64_t capacity,
                                                baton_error** error);
BATON_API baton_status baton_session_bind_output(baton_session* session, uint32_t output,
                                                 void* memory, uint64_t capacity,
                                                 baton_error** error);

/* Runs. When it fails, also with BATON_CANCELLED or BATON_TIMED_OUT, or over a quota of
 * baton_load_options, state is as before the run and the session can run again. */
BATON_API baton_status baton_session_run(baton_session* session, baton_error** error);
/* The same on a thread of the session. Inputs and outputs must be left alone until wait returns.
 * `done` (may be NULL) is called on that thread with the result, before wait returns. */
BATON_API baton_status baton_session_run_async(baton_session* session,
                                               void (*done)(void* user, baton_status status),
                                               void* user, baton_error** error);
/* Waits for run_async; its result. BATON_TIMED_OUT after timeout_ns when it still runs (UINT64_MAX:
 * no limit). BATON_INVALID_ARGUMENT when nothing was started. */
BATON_API baton_status baton_session_wait(baton_session* session, uint64_t timeout_ns,
                                          baton_error** error);
/* Ends the current run soon. From any thread; nothing happens when none runs. */
BATON_API void baton_session_cancel(baton_session* session);
/* Limit of each later run; 0: none. */
BATON_API void baton_session_set_timeout(baton_session* session, uint64_t timeout_ns);
/* Variables as in a new session. */
BATON_API baton_status baton_session_reset_state(baton_session* session, baton_error** error);

/* Reads a tensor of any subgraph in each run, without changing what runs: `fn` gets it, with data,
 * right after it was written, on the running thread; it lives during the call. A tensor inside a
 * partition is only to be had from delegates with the intermediates extension: else
 * BATON_UNSUPPORTED. fn NULL ends it. */
typedef void (*baton_tap_fn)(void* user, uint32_t subgraph, const baton_tensor* tensor);
BATON_API baton_status baton_session_tap(baton_session* session, uint32_t subgraph, int32_t tensor,
                                         baton_tap_fn fn, void* user, baton_error** error);

/* Time of each node and partition in the last run, once enabled. `node` is -1 for the rest of a
 * partition (all of it where the delegate does not profile); partition is -1 for nodes that run
 * alone. */
BATON_API void baton_session_enable_profile(baton_session* session, int32_t on);
BATON_API void baton_session_profile(const baton_session* session,
                                     void (*add)(void* user, uint32_t subgraph, int32_t node,
                                                 int32_t partition, uint64_t ns),
                                     void* user);

/* Who runs what in this session now: differs from the compiled one's after a delegate failed in a
 * run, or a resize led to another plan. Valid until the next call, run or resize. */
BATON_API const baton_placement* baton_session_placement(const baton_session* session);

typedef struct baton_memory_figures {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t arena_bytes;       /* tensors and scratch, all subgraphs */
  uint64_t arena_lower_bound; /* most bytes alive at one time: no plan needs less */
  uint64_t state_bytes;
  uint64_t dynamic_bytes; /* of tensors whose shape was found in the run */
} baton_memory_figures;
#define BATON_MEMORY_FIGURES_INIT \
  { sizeof(baton_memory_figures), 0, 0, 0, 0, 0 }
BATON_API void baton_session_memory(const baton_session* session, baton_memory_figures* figures);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* BATON_BATON_H_ */
