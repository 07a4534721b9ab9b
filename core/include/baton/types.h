/* What the public API and the plugin ABI share: status codes, element types, tensors.
 * C99 and C++17. The rules for structs are in plugin.h. */
#ifndef BATON_TYPES_H_
#define BATON_TYPES_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Results of functions. Append only. */
typedef int32_t baton_status;
enum baton_status_values {
  BATON_OK = 0,
  BATON_ERROR = 1,            /* the work failed                                            */
  BATON_INVALID_ARGUMENT = 2, /* the caller's fault: an index, a size, a name               */
  BATON_NOT_FOUND = 3,        /* a file, plugin, tensor or signature that is not there      */
  BATON_INVALID_MODEL = 4,    /* the file is malformed                                      */
  BATON_UNSUPPORTED = 5,      /* well-formed, but nobody here can do it                     */
  BATON_OUT_OF_MEMORY = 6,    /* or over the quota that the caller set                      */
  BATON_CANCELLED = 7,
  BATON_TIMED_OUT = 8,
  BATON_RECOMPILE_NEEDED = 9, /* plugins only: reshape cannot keep the program              */
  BATON_DELEGATE_FAILED = 10, /* a delegate failed, and fall-back was not allowed           */
  BATON_BUSY = 11             /* the object is in use: a session that is running            */
};

/* Element types, numbered as in the .tflite schema's TensorType. */
typedef int32_t baton_dtype;
enum baton_dtype_values {
  BATON_FLOAT32 = 0,
  BATON_FLOAT16 = 1,
  BATON_INT32 = 2,
  BATON_UINT8 = 3,
  BATON_INT64 = 4,
  BATON_STRING = 5,
  BATON_BOOL = 6,
  BATON_INT16 = 7,
  BATON_COMPLEX64 = 8,
  BATON_INT8 = 9,
  BATON_FLOAT64 = 10,
  BATON_COMPLEX128 = 11,
  BATON_UINT64 = 12,
  BATON_RESOURCE = 13,
  BATON_VARIANT = 14,
  BATON_UINT32 = 15,
  BATON_UINT16 = 16,
  BATON_INT4 = 17,
  BATON_BFLOAT16 = 18,
  BATON_INT2 = 19,
  BATON_UINT4 = 20,
  BATON_FLOAT8_E4M3FN = 21,
  BATON_FLOAT8_E5M2 = 22
};

enum baton_quantization_kind_values {
  BATON_QUANTIZATION_NONE = 0,
  BATON_QUANTIZATION_PER_TENSOR = 1, /* count is 1 */
  BATON_QUANTIZATION_PER_AXIS = 2,   /* count is dims[axis] */
  BATON_QUANTIZATION_BLOCK = 3       /* scales of blocks of block_size along axis */
};

/* real = scale * (quantised - zero_point). */
typedef struct baton_quantization {
  uint32_t struct_size;
  int32_t kind; /* BATON_QUANTIZATION_ */
  uint32_t count;
  int32_t axis;
  const float* scales;        /* [count] */
  const int64_t* zero_points; /* [count] */
  uint32_t block_size;
  uint32_t reserved;
} baton_quantization;

enum baton_tensor_flag_values {
  BATON_TENSOR_CONSTANT = 1,     /* `data` is its content */
  BATON_TENSOR_VARIABLE = 2,     /* state that is carried from run to run */
  BATON_TENSOR_UNKNOWN_SHAPE = 4 /* the shape depends on data; rank and dims say nothing */
};

/* One tensor of a subgraph. Dense, row-major; images are NHWC. Sub-byte types are dense over the
 * whole tensor, low nibble first. */
typedef struct baton_tensor {
  uint32_t struct_size;
  int32_t index;    /* in its subgraph of the file */
  const char* name; /* never NULL; names need not be unique */
  baton_dtype dtype;
  uint32_t bits; /* per element (a resource: its id); 0 for strings */
  uint32_t flags;
  uint32_t rank;
  const int32_t* dims;                    /* [rank], the shape now */
  const int32_t* dims_signature;          /* [rank], -1 where the model lets the size vary */
  const baton_quantization* quantization; /* never NULL */
  const void* data; /* constants: 64-byte aligned, 64 readable bytes past the end; else NULL */
  uint64_t bytes;   /* of the content, at dims */
} baton_tensor;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* BATON_TYPES_H_ */
