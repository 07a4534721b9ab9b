/* Baton plugin ABI, version 0.1.
 *
 * A plugin is a shared library, `libbaton_NAME.so`, that exports one function,
 * `baton_plugin_query` (baton_plugin_query_NAME when linked statically; see BATON_PLUGIN_ENTRY).
 * It needs this header, nothing else of Baton: it never links libbaton. Everything that it may ask
 * of the host comes through the baton_host table.
 *
 * Rules of the ABI
 *  1. Every struct begins with `uint32_t struct_size`, set by whoever fills it in. A reader looks
 *     only inside it (BATON_HAS). Fields are only ever appended, and never into padding, so that
 *     each makes the struct larger; zero in an appended field means what an older plugin or host
 *     did. Structs are passed by pointer, never embedded in another struct, never in arrays.
 *  2. Only fixed-width integers, floats and pointers cross. No C++ type, exception, allocator,
 *     FILE or enum-typed field does. Strings are UTF-8, end in a zero byte, and belong to the
 *     side that made them for as long as the object that holds them lives.
 *  3. Until version 1.0, host and plugin must have the same major and minor version, and ids of
 *     extensions begin with "draft.".
 *  4. Functions return BATON_OK or another baton_status. A plugin that returns an error says why,
 *     once, through host->report: a sentence with what, where and what to do. The host adds plugin,
 *     device and node. Results (*program, *instance ...) are looked at only after BATON_OK.
 *  5. An exception that leaves a plugin's function is caught and treated as BATON_ERROR. That is a
 *     safety net, not an interface.
 *  6. A plugin keeps nothing in globals: several runtimes may live in one process.
 *
 * Thread tags. Each function says who may call it:
 *   [any-thread]           at any time, from any thread, also at the same time
 *   [plugin-serial]        calls for one baton_plugin are made one at a time, from any thread
 *   [instance-serial]      calls for one baton_instance are made one at a time, from any thread
 * A plugin with BATON_PLUGIN_ONE_THREAD in its info has all calls, from `create` to `destroy`, made
 * from one and the same thread, which the host keeps for it; whatever the tag, one at a time.
 * The host's functions never call back into the plugin, but for what they are handed to call.
 *
 * Life:  query -> create -> device info -> examine -> compile -> instantiate
 *        -> { reshape | execute }* -> destroy_instance / destroy_program -> destroy (plugin)
 * A program outlives the instances made from it, an instance its fences: the host counts. The
 * library is never unloaded while any object made by it is alive.
 *
 * This header is C99 and C++17. Units are in the names: ns, us, bytes.
 */
#ifndef BATON_PLUGIN_H_
#define BATON_PLUGIN_H_

#include <stddef.h>
#include <stdint.h>

#include "baton/attributes.h"
#include "baton/builtin_ops.h"
#include "baton/types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BATON_PLUGIN_ABI_MAJOR 0u
#define BATON_PLUGIN_ABI_MINOR 1u
#define BATON_PLUGIN_ABI_VERSION ((BATON_PLUGIN_ABI_MAJOR << 16) | BATON_PLUGIN_ABI_MINOR)

/* True when `field` lies inside the struct that `pointer` shows, by its struct_size. A function
 * pointer that is there may still be NULL: an absent optional function. */
#define BATON_HAS(pointer, type, field) \
  ((pointer)->struct_size >= offsetof(type, field) + sizeof((pointer)->field))

/* ---- Host services -------------------------------------------------------------------------- */

enum baton_log_level_values {
  BATON_LOG_ERROR = 0,
  BATON_LOG_WARNING = 1,
  BATON_LOG_INFO = 2,
  BATON_LOG_DEBUG = 3
};

/* Why a node is not run by a device, or why a stage failed. Append only. */
enum baton_reason_values {
  BATON_REASON_NONE = 0,             /* supported                                               */
  BATON_REASON_OP_UNKNOWN = 1,       /* the delegate does not have the operator                 */
  BATON_REASON_OP_VERSION = 2,       /* the node needs a newer version of the operator          */
  BATON_REASON_DTYPE = 3,            /* an element type, or their combination                   */
  BATON_REASON_RANK = 4,             /* number of dimensions                                    */
  BATON_REASON_SHAPE = 5,            /* sizes or broadcast of these shapes                      */
  BATON_REASON_DYNAMIC_SHAPE = 6,    /* a shape is not known before the run                     */
  BATON_REASON_QUANTIZATION = 7,     /* scale, zero point or scheme                             */
  BATON_REASON_ATTRIBUTE = 8,        /* the value of an attribute (stride, padding, axis, ...)  */
  BATON_REASON_TOO_LARGE = 9,        /* a limit of the device's memory or addressing            */
  BATON_REASON_NOT_CONSTANT = 10,    /* an input must be a constant                             */
  BATON_REASON_OPTION = 11,          /* an option of the user keeps it off                      */
  BATON_REASON_DEVICE_FEATURE = 12,  /* the device lacks a feature                              */
  BATON_REASON_MEMORY = 13,          /* memory could not be had                                 */
  BATON_REASON_PINNED = 14,          /* host: the user keeps this node off this delegate        */
  BATON_REASON_PREFERRED = 15,       /* host: a delegate earlier in the user's order runs it    */
  BATON_REASON_NOT_WORTH_IT = 16,    /* host: crossing over costs more than it gains            */
  BATON_REASON_HOST_ONLY = 17,       /* host: kept in the core (control flow, variables, ...)   */
  BATON_REASON_DELEGATE_FAILED = 18, /* host: the delegate failed and is off                    */
  BATON_REASON_FOLDED = 19,          /* host: computed once while planning                      */
  BATON_REASON_OTHER = 20            /* see the text                                            */
};

typedef struct baton_host baton_host;

/* Lives as long as the plugin object. All functions [any-thread]. */
struct baton_host {
  uint32_t struct_size;
  uint32_t abi_version;
  const char* version; /* Baton's version, "0.1.0" */
  void* context;       /* the host's own */

  /* Goes to the user's log sink. `text` is copied. */
  void (*log)(const baton_host* host, int32_t level, const char* text);

  /* Gives the reason for the error that the current call is about to return. The text is copied
   * during the call and shown once, with plugin and device in front. `reason` is a BATON_REASON_.
   * The last report of a call counts. Inside parallel_for it counts for the call that runs it. From
   * a thread of the plugin's own it counts for the call that the plugin is in; with several at the
   * same time use execution->report instead, else it only goes to the log. */
  void (*report)(const baton_host* host, uint32_t reason, const char* text);

  /* Memory with `alignment` (a power of two), counted in the runtime's figures. NULL when there is
   * none. `release` accepts NULL. */
  void* (*allocate)(const baton_host* host, uint64_t bytes, uint64_t alignment);
  void (*release)(const baton_host* host, void* memory);

  /* A table by versioned id, or NULL when this host does not have it. */
  const void* (*get_extension)(const baton_host* host, const char* id);
};

/* What `execute` may ask of the host. Valid during the call only. */
typedef struct baton_execution baton_execution;
typedef void (*baton_range_fn)(void* user, uint32_t worker, uint64_t begin, uint64_t end);

struct baton_execution {
  uint32_t struct_size;
  uint32_t thread_count; /* workers of parallel_for, >= 1 */
  void* context;

  /* Runs fn over [0, count) in pieces of at least `grain` (0: the host chooses) on the session's
   * threads; the caller takes part; returns when all is done. worker < thread_count; two pieces
   * that run at the same time have different workers. Only from the thread that execute was called
   * on; inside fn it calls the inner fn at once, as the worker that it is in. */
  void (*parallel_for)(const baton_execution* execution, uint64_t count, uint64_t grain,
                       baton_range_fn fn, void* user);

  /* Nonzero once the user cancelled the run or its time is up: return BATON_CANCELLED soon.
   * [any-thread] */
  int32_t (*is_cancelled)(const baton_execution* execution);

  /* Memory of instance_info.scratch_bytes, 64-byte aligned, undefined content; NULL for 0. */
  void* scratch;

  /* As host->report, for this execution. [any-thread] */
  void (*report)(const baton_execution* execution, uint32_t reason, const char* text);
};

/* ---- The graph, as a delegate sees it ------------------------------------------------------- */

enum baton_node_flag_values {
  BATON_NODE_OFFERED = 1 /* the delegate may take it; others are there for context */
};

typedef struct baton_node {
  uint32_t struct_size;
  uint32_t index;      /* the operator's index in its subgraph of the file: its identity */
  int32_t op;          /* BATON_OP_, TensorFlow Lite's built-in number; BATON_OP_CUSTOM */
  int32_t version;     /* as the file says */
  int32_t min_version; /* smallest version that expresses what the node uses */
  uint32_t flags;      /* BATON_NODE_ */
  uint32_t input_count;
  uint32_t output_count;
  uint32_t intermediate_count;
  uint32_t reserved;
  const char* name;             /* "CONV_2D", or the custom operator's name */
  const int32_t* inputs;        /* tensor indices; -1: an optional input that is absent */
  const int32_t* outputs;       /* tensor indices */
  const int32_t* intermediates; /* tensor indices */
  const void* attributes;       /* the operator's struct of attributes.h; NULL when it has none */
  const void* custom_data;      /* custom operators: the file's bytes */
  uint64_t custom_bytes;
} baton_node;

/* A subgraph (examine), or a partition of it (compile). Constant and valid during the call; the
 * tensors and nodes that it returns, too. Shapes are those of the session, or the default ones when
 * there is none yet. In `compile` the attributes and data of the partition's nodes and constants
 * stay valid as long as the program, unless done_with_constant was called for them; in `examine`
 * constant data may be less aligned than 64 bytes. All functions [any-thread]. */
typedef struct baton_graph baton_graph;
struct baton_graph {
  uint32_t struct_size;
  uint32_t subgraph; /* index in the file */
  void* context;

  /* Nodes in an order in which they can run. examine: every node of the subgraph; compile: those
   * of the partition. */
  uint32_t (*node_count)(const baton_graph* graph);
  const baton_node* (*node)(const baton_graph* graph, uint32_t position);

  /* Tensors by their index in the subgraph of the file. NULL when out of range. */
  uint32_t (*tensor_count)(const baton_graph* graph);
  const baton_tensor* (*tensor)(const baton_graph* graph, int32_t index);

  /* Tensor indices that cross the border: of the subgraph in examine, of the partition in
   * compile. Constants are not inputs. Variable tensors are in neither: see state. The order is
   * the order of the buffers in execute. */
  uint32_t (*input_count)(const baton_graph* graph);
  int32_t (*input)(const baton_graph* graph, uint32_t position);
  uint32_t (*output_count)(const baton_graph* graph);
  int32_t (*output)(const baton_graph* graph, uint32_t position);
  uint32_t (*state_count)(const baton_graph* graph);
  int32_t (*state)(const baton_graph* graph, uint32_t position);

  /* 64 bits of a hash of the constant's type, shape and bytes. 0 when it is no constant. */
  uint64_t (*constant_hash)(const baton_graph* graph, int32_t tensor);

  /* The plugin has its own copy: the host may drop the pages. Only in compile. */
  void (*done_with_constant)(const baton_graph* graph, int32_t tensor);

  /* Hexadecimal, of the file's bytes; for cache keys. The first call reads the whole file. */
  const char* (*model_hash)(const baton_graph* graph);
};

/* Shapes for instantiate and reshape: those of every tensor of the partition. Valid during the
 * call. [any-thread] */
typedef struct baton_shapes baton_shapes;
struct baton_shapes {
  uint32_t struct_size;
  uint32_t thread_count; /* that execute will have, for scratch memory per worker */
  void* context;
  /* The rank; *dims gets the sizes. -1 when there is no such tensor. */
  int32_t (*dims)(const baton_shapes* shapes, int32_t tensor, const int32_t** dims);
};

/* ---- Buffers -------------------------------------------------------------------------------- */

enum baton_buffer_kind_values {
  BATON_BUFFER_HOST = 0,  /* handle is a pointer; 64-byte aligned, 64 readable bytes past the end */
  BATON_BUFFER_DEVICE = 1 /* handle came from the draft.device_buffers extension */
};

typedef struct baton_buffer {
  uint32_t struct_size;
  int32_t kind; /* BATON_BUFFER_ */
  void* handle;
  uint64_t offset; /* bytes from handle */
  uint64_t bytes;  /* of the tensor */
} baton_buffer;

/* The buffers of one execution, in the order of the graph's inputs, outputs and states. Outputs do
 * not alias inputs, unless the device has BATON_DEVICE_IN_PLACE. state_in is what the last
 * successful run left; write state_out completely: the host commits it when execute succeeds, so
 * that a failed run can be repeated elsewhere. With BATON_DEVICE_IN_PLACE both may be one buffer.
 * [any-thread] during execute, or until the fence of submit was waited for. NULL when out of
 * range. */
typedef struct baton_bindings baton_bindings;
struct baton_bindings {
  uint32_t struct_size;
  uint32_t reserved;
  void* context;
  const baton_buffer* (*input)(const baton_bindings* bindings, uint32_t position);
  const baton_buffer* (*output)(const baton_bindings* bindings, uint32_t position);
  const baton_buffer* (*state_in)(const baton_bindings* bindings, uint32_t position);
  const baton_buffer* (*state_out)(const baton_bindings* bindings, uint32_t position);
};

/* ---- Options -------------------------------------------------------------------------------- */

enum baton_option_type_values {
  BATON_OPTION_STRING = 0,
  BATON_OPTION_INT = 1,
  BATON_OPTION_FLOAT = 2,
  BATON_OPTION_BOOL = 3 /* true, false, 1, 0, on, off, yes, no */
};

/* One line of the option schema. The host checks names, types and choices before it creates
 * anything. The name `device` is the host's: it picks the device by number or part of its name. */
typedef struct baton_option_spec {
  uint32_t struct_size;
  int32_t type; /* BATON_OPTION_ */
  const char* name;
  const char* default_value; /* never NULL */
  const char* help;          /* one sentence */
  const char* choices;       /* "a|b|c", or NULL: any value of the type */
} baton_option_spec;

/* The options that the user gave, checked. [any-thread], valid during the call. */
typedef struct baton_options baton_options;
struct baton_options {
  uint32_t struct_size;
  uint32_t reserved;
  void* context;
  /* The text: the user's, else the default. Booleans come as "true" or "false", numbers as C's
   * strtoll (base 10) and strtod read them in full. NULL for a name that is not in the schema. */
  const char* (*get)(const baton_options* options, const char* name);
};

/* ---- The delegate --------------------------------------------------------------------------- */

enum baton_device_kind_values {
  BATON_DEVICE_CPU = 0,
  BATON_DEVICE_GPU = 1,
  BATON_DEVICE_ACCELERATOR = 2
};

enum baton_device_flag_values {
  BATON_DEVICE_USABLE = 1,        /* else `unusable_reason` says why not                        */
  BATON_DEVICE_EXACT_INTEGER = 2, /* 8- and 16-bit operators give the reference kernels' bits   */
  BATON_DEVICE_IN_PLACE = 4,      /* execute cannot fail once started; outputs may alias inputs */
  BATON_DEVICE_RESIZABLE = 8      /* reshape never asks for a new compile                       */
};

typedef struct baton_device_info {
  uint32_t struct_size;
  uint32_t flags; /* BATON_DEVICE_ */
  const char* name;
  const char* driver; /* name and version, or "" */
  const char* unusable_reason;
  int32_t kind;
  uint32_t reserved;
  uint64_t memory_bytes;          /* 0: shares the host's */
  uint64_t launch_ns;             /* fixed cost of one execute */
  uint64_t transfer_bytes_per_us; /* to and from the host; 0: no transfer */
} baton_device_info;

typedef struct baton_plugin baton_plugin;     /* the plugin's own; one per runtime */
typedef struct baton_program baton_program;   /* the plugin's own; immutable, shared by sessions */
typedef struct baton_instance baton_instance; /* the plugin's own; one per session */

/* How examine answers: from the thread that it was called on, one answer per offered node; `node`
 * is baton_node.index. Valid during the call. The host takes a missing answer for a refusal without
 * a reason; delegate_check calls it an error. */
typedef struct baton_answer baton_answer;
struct baton_answer {
  uint32_t struct_size;
  uint32_t reserved;
  void* context;
  /* The device can run the node, in about cost_ns (-1: not known). */
  void (*yes)(const baton_answer* answer, uint32_t node, int64_t cost_ns);
  /* It cannot: a BATON_REASON_ and a sentence (copied). */
  void (*no)(const baton_answer* answer, uint32_t node, uint32_t reason, const char* text);
  /* Proposes that these nodes, all answered yes before, become one partition. Optional. A group
   * must be convex: no path leads out of it and back in. A node is in one group at most; the host
   * groups the others. */
  void (*group)(const baton_answer* answer, const uint32_t* nodes, uint32_t count);
};

/* What an instance needs. Filled in by instantiate and reshape; struct_size is set by the host. */
typedef struct baton_instance_info {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t scratch_bytes; /* placed in the session's arena, shared with others between runs */
} baton_instance_info;

/* Table of functions, constant data. `op` numbers and versions as in TensorFlow Lite. */
typedef struct baton_delegate {
  uint32_t struct_size;
  uint32_t reserved;

  /* [plugin-serial] Devices, the best first; the number does not change. The info lives as long as
   * the plugin. Fast: a device that is absent is listed as not usable, with the reason. */
  uint32_t (*device_count)(baton_plugin* plugin);
  const baton_device_info* (*device)(baton_plugin* plugin, uint32_t device);

  /* [any-thread] The highest version of a built-in operator that the delegate knows; 0: none. A
   * node that needs a higher one is not offered. NULL: every version. */
  int32_t (*max_version)(baton_plugin* plugin, uint32_t device, int32_t op);

  /* [plugin-serial] Answers for each offered node. */
  int32_t (*examine)(baton_plugin* plugin, uint32_t device, const baton_options* options,
                     const baton_graph* graph, const baton_answer* answer);

  /* [plugin-serial] Compiles a partition of nodes that it said yes to. */
  int32_t (*compile)(baton_plugin* plugin, uint32_t device, const baton_options* options,
                     const baton_graph* partition, baton_program** program);
  /* [plugin-serial] No instance of it is alive. */
  void (*destroy_program)(baton_program* program);

  /* [plugin-serial] For these shapes. BATON_RECOMPILE_NEEDED: the program cannot serve them. */
  int32_t (*instantiate)(baton_program* program, const baton_shapes* shapes,
                         baton_instance_info* info, baton_instance** instance);
  /* [instance-serial] New shapes. BATON_RECOMPILE_NEEDED: the host compiles and instantiates
   * anew. BATON_UNSUPPORTED, or a reported reason of rank, shape or size: the host examines, plans
   * and compiles at these shapes. Any other error: the delegate failed. After an error the instance
   * is only destroyed. */
  int32_t (*reshape)(baton_instance* instance, const baton_shapes* shapes,
                     baton_instance_info* info);
  /* [instance-serial] Runs. Returns when the outputs are written. */
  int32_t (*execute)(baton_instance* instance, const baton_execution* execution,
                     const baton_bindings* bindings);
  /* [instance-serial] */
  void (*destroy_instance)(baton_instance* instance);
} baton_delegate;

/* ---- Custom operators ------------------------------------------------------------------------ */

/* What a custom operator's functions see of a node. Valid during the call. */
typedef struct baton_kernel_call baton_kernel_call;
struct baton_kernel_call {
  uint32_t struct_size;
  uint32_t reserved;
  void* context;
  const baton_node* node;
  const baton_execution* execution; /* NULL in infer */
  /* The input with its current shape; `data` is its content in run, in infer only when known.
   * NULL when absent. */
  const baton_tensor* (*input)(const baton_kernel_call* call, uint32_t position);
  const baton_tensor* (*output)(const baton_kernel_call* call, uint32_t position);
  /* run: the output's memory, output->bytes of it. */
  void* (*output_data)(const baton_kernel_call* call, uint32_t position);
  /* infer: sets the output's shape. */
  int32_t (*set_output_dims)(const baton_kernel_call* call, uint32_t position, uint32_t rank,
                             const int32_t* dims);
};

typedef struct baton_custom_operator {
  uint32_t struct_size;
  int32_t max_version;
  const char* name; /* custom_code in the file */
  const char* help; /* one sentence */
  /* [any-thread] The shape rule, and the check of types and attributes. */
  int32_t (*infer)(baton_plugin* plugin, const baton_kernel_call* call);
  /* [any-thread] The kernel. Keeps nothing between calls. NULL: only a delegate can run it. */
  int32_t (*run)(baton_plugin* plugin, const baton_kernel_call* call);
} baton_custom_operator;

/* ---- The plugin ----------------------------------------------------------------------------- */

enum baton_plugin_flag_values {
  BATON_PLUGIN_ONE_THREAD = 1 /* call this plugin from one thread only */
};

/* Constant data, valid while the library is loaded. Returned without touching a driver. */
typedef struct baton_plugin_info {
  uint32_t struct_size;
  uint32_t abi_version; /* BATON_PLUGIN_ABI_VERSION that the plugin was built against */
  const char* name;     /* what --delegate= calls it: [a-z][a-z0-9_]* */
  const char* vendor;
  const char* version;
  const char* description; /* one sentence */
  uint32_t option_count;
  uint32_t operator_count;
  uint32_t flags; /* BATON_PLUGIN_ */
  uint32_t reserved;
  const baton_option_spec* (*option)(uint32_t position);              /* NULL when there is none */
  const baton_custom_operator* (*custom_operator)(uint32_t position); /* NULL: none */
  const baton_delegate* delegate; /* NULL: it brings operators only */

  /* [any-thread] One object per runtime. */
  int32_t (*create)(const baton_host* host, baton_plugin** plugin);
  /* Everything made by the plugin is gone. [plugin-serial] */
  void (*destroy)(baton_plugin* plugin);

  /* [any-thread] A table by id, or NULL. May be NULL. */
  const void* (*get_extension)(baton_plugin* plugin, const char* id);
} baton_plugin_info;

/* The one exported function. `host_abi` is the host's BATON_PLUGIN_ABI_VERSION. NULL: the plugin
 * cannot serve it. [any-thread] */
typedef const baton_plugin_info* (*baton_plugin_query_fn)(uint32_t host_abi);

#if defined(_WIN32)
#define BATON_PLUGIN_EXPORT __declspec(dllexport)
#else
#define BATON_PLUGIN_EXPORT __attribute__((visibility("default")))
#endif

/* Names the entry: `BATON_PLUGIN_ENTRY(mynpu)(uint32_t host_abi) { ... }`. With
 * BATON_PLUGIN_STATIC defined the symbol is baton_plugin_query_mynpu, for
 * baton_runtime_register. */
#ifdef __cplusplus
#define BATON_PLUGIN_LINKAGE extern "C"
#else
#define BATON_PLUGIN_LINKAGE
#endif
#ifdef BATON_PLUGIN_STATIC
#define BATON_PLUGIN_ENTRY(name) \
  BATON_PLUGIN_LINKAGE const baton_plugin_info* baton_plugin_query_##name
#else
#define BATON_PLUGIN_ENTRY(name) \
  BATON_PLUGIN_LINKAGE BATON_PLUGIN_EXPORT const baton_plugin_info* baton_plugin_query
#endif

/* ---- Extensions ----------------------------------------------------------------------------- */

/* Tables that plugin_info.get_extension returns. Absent without harm: so is a function that is
 * NULL, or that returns BATON_UNSUPPORTED (for one of several devices, say). */

/* Compiled programs as bytes. The host names a blob by model, partition, plugin version and device,
 * and keeps it; the plugin must still check what it is given. */
#define BATON_EXT_PROGRAM_CACHE "draft.program_cache/1"
enum baton_blob_verdict_values { BATON_BLOB_OK = 0, BATON_BLOB_STALE = 1, BATON_BLOB_FOREIGN = 2 };
typedef struct baton_ext_program_cache {
  uint32_t struct_size;
  uint32_t reserved;
  /* [plugin-serial] Writes the program through `write` (which copies), in one or more pieces. */
  int32_t (*save)(baton_program* program,
                  int32_t (*write)(void* user, const void* bytes, uint64_t count), void* user);
  /* [plugin-serial] *verdict gets BATON_BLOB_. Cheap. Any bytes may come. */
  int32_t (*validate)(baton_plugin* plugin, uint32_t device, const void* bytes, uint64_t count,
                      int32_t* verdict);
  /* [plugin-serial] As compile, from bytes that validate called BATON_BLOB_OK. */
  int32_t (*load)(baton_plugin* plugin, uint32_t device, const baton_options* options,
                  const baton_graph* partition, const void* bytes, uint64_t count,
                  baton_program** program);
} baton_ext_program_cache;

/* Device time per node of the last execute. */
#define BATON_EXT_PROFILE "draft.profile/1"
typedef struct baton_ext_profile {
  uint32_t struct_size;
  uint32_t reserved;
  /* [instance-serial] Time stamps cost time: on from the next execute, off again with 0. */
  int32_t (*enable)(baton_instance* instance, int32_t on);
  /* [instance-serial] Calls add(user, node, ns) for each node. Nodes that run as one divide their
   * time by an estimate of each one's work, or the first has all of it; those of which nothing is
   * left to do get 0. The sum is what was measured. */
  int32_t (*read)(baton_instance* instance, void (*add)(void* user, uint32_t node, uint64_t ns),
                  void* user);
} baton_ext_profile;

/* Execution that returns before it is done. */
#define BATON_EXT_ASYNC "draft.async/1"
typedef struct baton_fence baton_fence; /* the plugin's own */
typedef struct baton_ext_async {
  uint32_t struct_size;
  uint32_t reserved;
  /* [instance-serial] As execute, but returns once submitted. It starts after `wait_for` (a fence
   * of the same plugin, or NULL). Buffers and scratch memory stay valid until the fence was
   * waited for; `execution` itself is valid during the call only. */
  int32_t (*submit)(baton_instance* instance, const baton_execution* execution,
                    const baton_bindings* bindings, const baton_fence* wait_for,
                    baton_fence** done);
  /* [any-thread] BATON_OK when done, BATON_TIMED_OUT after timeout_ns (0: only asks; UINT64_MAX:
   * for ever), or the error of the execution, reported in this call. May be called again. */
  int32_t (*wait)(baton_fence* fence, uint64_t timeout_ns);
  /* [any-thread] Asks for an early end; wait then gives BATON_CANCELLED, or BATON_OK. */
  void (*cancel)(baton_fence* fence);
  /* [any-thread] After a wait that did not time out, before destroy_instance. */
  void (*destroy_fence)(baton_fence* fence);
} baton_ext_async;

/* Memory of the device, for tensors that pass between its partitions without the host. */
#define BATON_EXT_DEVICE_BUFFERS "draft.device_buffers/1"
typedef struct baton_ext_device_buffers {
  uint32_t struct_size;
  uint32_t reserved;
  /* [any-thread] */
  int32_t (*allocate)(baton_plugin* plugin, uint32_t device, uint64_t bytes, void** handle);
  void (*release)(baton_plugin* plugin, uint32_t device, void* handle);
  /* [any-thread] Copies between host memory and a buffer. `from` and `to` may be NULL for 0 bytes.
   */
  int32_t (*upload)(baton_plugin* plugin, uint32_t device, void* handle, uint64_t offset,
                    const void* from, uint64_t bytes);
  int32_t (*download)(baton_plugin* plugin, uint32_t device, void* handle, uint64_t offset,
                      void* to, uint64_t bytes);
} baton_ext_device_buffers;

/* Tensors inside a partition, so that diff can look at them. */
#define BATON_EXT_INTERMEDIATES "draft.intermediates/1"
typedef struct baton_ext_intermediates {
  uint32_t struct_size;
  uint32_t reserved;
  /* [instance-serial] Keeps this tensor of the partition from the next execute on.
   * BATON_UNSUPPORTED when it does not exist on the device (fused away). */
  int32_t (*keep)(baton_instance* instance, int32_t tensor);
  /* [instance-serial] Copies a kept tensor of the last execute; `bytes` is its whole size. */
  int32_t (*read)(baton_instance* instance, int32_t tensor, void* to, uint64_t bytes);
} baton_ext_intermediates;

#ifdef __cplusplus
} /* extern "C" */
#endif

#include "baton/plugin_layout.h"

#endif /* BATON_PLUGIN_H_ */
