/* Written by core/schema/generate_headers.py from core/schema/tflite.fbs. */

/* The attributes of the built-in operators: one struct per options table of the .tflite format,
 * with the names and the order of its fields.
 *
 * Rules, the same for every struct here:
 *  - `struct_size` is the number of bytes that the writer of the struct knew. A reader looks only
 *    inside it (BATON_ATTRIBUTE_HAS); a field outside has the value of the _INIT macro. Fields are
 *    only appended and no padding is ever reused, so each new field makes the struct larger.
 *  - Offsets are the same on every machine: pointers take 8 bytes also where they are 4 bytes long
 *    (then `NAME_high` follows, which is 0).
 *  - `NAME_reserved`, `NAME_high` and `reserved` are padding and 0.
 *  - Booleans are uint8_t, 0 or 1. Enumerations are int32_t with the constants below, element types
 *    with those of baton/types.h; a file may hold a value that is not among them.
 *  - An array is a pointer and `NAME_count`, the number of elements. A null pointer means that the
 *    file does not have the array. Strings end in a zero byte; null if absent.
 *  - Pointers lead into the model and live as long as whatever handed out the struct.
 *  - `BATON_X_ATTRIBUTES_INIT` initialises a struct with the defaults of the format. */

#ifndef BATON_ATTRIBUTES_H_
#define BATON_ATTRIBUTES_H_

#include <stddef.h>
#include <stdint.h>

#include "baton/types.h"

#ifdef __cplusplus
extern "C" {
#endif

#if UINTPTR_MAX == 0xFFFFFFFFu
#define BATON_ATTRIBUTE_POINTER(type, name) \
  type name;                                \
  uint32_t name##_high
#define BATON_ATTRIBUTE_NULL 0, 0
#else
#define BATON_ATTRIBUTE_POINTER(type, name) type name
#define BATON_ATTRIBUTE_NULL 0
#endif

/* Whether the struct behind pointer `attributes` of type `type` is large enough to hold `field`. */
#define BATON_ATTRIBUTE_HAS(type, attributes, field) \
  ((attributes)->struct_size >= offsetof(type, field) + sizeof((attributes)->field))

/* StablehloPrecisionConfig */
enum {
  BATON_STABLEHLO_PRECISION_CONFIG_DEFAULT = 0,
  BATON_STABLEHLO_PRECISION_CONFIG_HIGH = 1,
  BATON_STABLEHLO_PRECISION_CONFIG_HIGHEST = 2,
};

/* StablehloComparisonDirection */
enum {
  BATON_STABLEHLO_COMPARISON_DIRECTION_EQ = 0,
  BATON_STABLEHLO_COMPARISON_DIRECTION_NE = 1,
  BATON_STABLEHLO_COMPARISON_DIRECTION_GE = 2,
  BATON_STABLEHLO_COMPARISON_DIRECTION_GT = 3,
  BATON_STABLEHLO_COMPARISON_DIRECTION_LE = 4,
  BATON_STABLEHLO_COMPARISON_DIRECTION_LT = 5,
};

/* StablehloComparisonType */
enum {
  BATON_STABLEHLO_COMPARISON_TYPE_NOTYPE = 0,
  BATON_STABLEHLO_COMPARISON_TYPE_FLOAT = 1,
  BATON_STABLEHLO_COMPARISON_TYPE_FLOAT_TOTAL_ORDER = 2,
  BATON_STABLEHLO_COMPARISON_TYPE_SIGNED = 3,
  BATON_STABLEHLO_COMPARISON_TYPE_UNSIGNED = 4,
};

/* RngAlgorithm */
enum {
  BATON_RNG_ALGORITHM_DEFAULT = 0,
  BATON_RNG_ALGORITHM_PHILOX = 1,
  BATON_RNG_ALGORITHM_THREEFRY = 2,
};

/* Padding */
enum {
  BATON_PADDING_SAME = 0,
  BATON_PADDING_VALID = 1,
};

/* ActivationFunctionType */
enum {
  BATON_ACTIVATION_NONE = 0,
  BATON_ACTIVATION_RELU = 1,
  BATON_ACTIVATION_RELU_N1_TO_1 = 2,
  BATON_ACTIVATION_RELU6 = 3,
  BATON_ACTIVATION_TANH = 4,
  BATON_ACTIVATION_SIGN_BIT = 5,
};

/* LSHProjectionType */
enum {
  BATON_LSH_PROJECTION_UNKNOWN = 0,
  BATON_LSH_PROJECTION_SPARSE = 1,
  BATON_LSH_PROJECTION_DENSE = 2,
};

/* FullyConnectedOptionsWeightsFormat */
enum {
  BATON_FULLY_CONNECTED_WEIGHTS_FORMAT_DEFAULT = 0,
  BATON_FULLY_CONNECTED_WEIGHTS_FORMAT_SHUFFLED4X16INT8 = 1,
};

/* LSTMKernelType */
enum {
  BATON_LSTM_KERNEL_TYPE_FULL = 0,
  BATON_LSTM_KERNEL_TYPE_BASIC = 1,
};

/* CombinerType */
enum {
  BATON_COMBINER_SUM = 0,
  BATON_COMBINER_MEAN = 1,
  BATON_COMBINER_SQRTN = 2,
};

/* MirrorPadMode */
enum {
  BATON_MIRROR_PAD_MODE_REFLECT = 0,
  BATON_MIRROR_PAD_MODE_SYMMETRIC = 1,
};

/* ReduceWindowFunction */
enum {
  BATON_REDUCE_WINDOW_FUNCTION_UNSUPPORTED = 0,
  BATON_REDUCE_WINDOW_FUNCTION_ADD = 1,
  BATON_REDUCE_WINDOW_FUNCTION_MUL = 2,
  BATON_REDUCE_WINDOW_FUNCTION_MINIMUM = 3,
  BATON_REDUCE_WINDOW_FUNCTION_MAXIMUM = 4,
  BATON_REDUCE_WINDOW_FUNCTION_ALL = 5,
  BATON_REDUCE_WINDOW_FUNCTION_ANY = 6,
};

/* CustomOptionsFormat */
enum {
  BATON_CUSTOM_OPTIONS_FORMAT_FLEXBUFFERS = 0,
};

/* clang-format off */

/* Conv2DOptions */
typedef struct baton_conv_2d_attributes {
  uint32_t struct_size;
  int32_t padding;
  int32_t stride_w;
  int32_t stride_h;
  int32_t fused_activation_function;
  int32_t dilation_w_factor;
  int32_t dilation_h_factor;
  int32_t quantized_bias_type;
} baton_conv_2d_attributes;
#define BATON_CONV_2D_ATTRIBUTES_INIT {sizeof(baton_conv_2d_attributes), 0, 0, 0, 0, 1, 1, 0}

/* DepthwiseConv2DOptions */
typedef struct baton_depthwise_conv_2d_attributes {
  uint32_t struct_size;
  int32_t padding;
  int32_t stride_w;
  int32_t stride_h;
  int32_t depth_multiplier;
  int32_t fused_activation_function;
  int32_t dilation_w_factor;
  int32_t dilation_h_factor;
} baton_depthwise_conv_2d_attributes;
#define BATON_DEPTHWISE_CONV_2D_ATTRIBUTES_INIT \
  {sizeof(baton_depthwise_conv_2d_attributes), 0, 0, 0, 0, 0, 1, 1}

/* ConcatEmbeddingsOptions */
typedef struct baton_concat_embeddings_attributes {
  uint32_t struct_size;
  int32_t num_channels;
  BATON_ATTRIBUTE_POINTER(const int32_t*, num_columns_per_channel);
  uint32_t num_columns_per_channel_count;
  uint32_t num_columns_per_channel_reserved;
  BATON_ATTRIBUTE_POINTER(const int32_t*, embedding_dim_per_channel);
  uint32_t embedding_dim_per_channel_count;
  uint32_t embedding_dim_per_channel_reserved;
} baton_concat_embeddings_attributes;
#define BATON_CONCAT_EMBEDDINGS_ATTRIBUTES_INIT \
  {sizeof(baton_concat_embeddings_attributes), 0, BATON_ATTRIBUTE_NULL, 0, 0, \
    BATON_ATTRIBUTE_NULL, 0, 0}

/* LSHProjectionOptions */
typedef struct baton_lsh_projection_attributes {
  uint32_t struct_size;
  int32_t type;
} baton_lsh_projection_attributes;
#define BATON_LSH_PROJECTION_ATTRIBUTES_INIT {sizeof(baton_lsh_projection_attributes), 0}

/* Pool2DOptions */
typedef struct baton_pool_2d_attributes {
  uint32_t struct_size;
  int32_t padding;
  int32_t stride_w;
  int32_t stride_h;
  int32_t filter_width;
  int32_t filter_height;
  int32_t fused_activation_function;
} baton_pool_2d_attributes;
#define BATON_POOL_2D_ATTRIBUTES_INIT {sizeof(baton_pool_2d_attributes), 0, 0, 0, 0, 0, 0}

/* SVDFOptions */
typedef struct baton_svdf_attributes {
  uint32_t struct_size;
  int32_t rank;
  int32_t fused_activation_function;
  uint8_t asymmetric_quantize_inputs;
  uint8_t asymmetric_quantize_inputs_reserved[3];
} baton_svdf_attributes;
#define BATON_SVDF_ATTRIBUTES_INIT {sizeof(baton_svdf_attributes), 0, 0, 0, {0}}

/* RNNOptions */
typedef struct baton_rnn_attributes {
  uint32_t struct_size;
  int32_t fused_activation_function;
  uint8_t asymmetric_quantize_inputs;
  uint8_t asymmetric_quantize_inputs_reserved[3];
} baton_rnn_attributes;
#define BATON_RNN_ATTRIBUTES_INIT {sizeof(baton_rnn_attributes), 0, 0, {0}}

/* FullyConnectedOptions */
typedef struct baton_fully_connected_attributes {
  uint32_t struct_size;
  int32_t fused_activation_function;
  int32_t weights_format;
  uint8_t keep_num_dims;
  uint8_t keep_num_dims_reserved[3];
  uint8_t asymmetric_quantize_inputs;
  uint8_t asymmetric_quantize_inputs_reserved[3];
  int32_t quantized_bias_type;
} baton_fully_connected_attributes;
#define BATON_FULLY_CONNECTED_ATTRIBUTES_INIT \
  {sizeof(baton_fully_connected_attributes), 0, 0, 0, {0}, 0, {0}, 0}

/* SoftmaxOptions */
typedef struct baton_softmax_attributes {
  uint32_t struct_size;
  float beta;
} baton_softmax_attributes;
#define BATON_SOFTMAX_ATTRIBUTES_INIT {sizeof(baton_softmax_attributes), 0.0f}

/* ConcatenationOptions */
typedef struct baton_concatenation_attributes {
  uint32_t struct_size;
  int32_t axis;
  int32_t fused_activation_function;
} baton_concatenation_attributes;
#define BATON_CONCATENATION_ATTRIBUTES_INIT {sizeof(baton_concatenation_attributes), 0, 0}

/* AddOptions */
typedef struct baton_add_attributes {
  uint32_t struct_size;
  int32_t fused_activation_function;
  uint8_t pot_scale_int16;
  uint8_t pot_scale_int16_reserved[3];
} baton_add_attributes;
#define BATON_ADD_ATTRIBUTES_INIT {sizeof(baton_add_attributes), 0, 1, {0}}

/* L2NormOptions */
typedef struct baton_l2_norm_attributes {
  uint32_t struct_size;
  int32_t fused_activation_function;
} baton_l2_norm_attributes;
#define BATON_L2_NORM_ATTRIBUTES_INIT {sizeof(baton_l2_norm_attributes), 0}

/* LocalResponseNormalizationOptions */
typedef struct baton_local_response_normalization_attributes {
  uint32_t struct_size;
  int32_t radius;
  float bias;
  float alpha;
  float beta;
} baton_local_response_normalization_attributes;
#define BATON_LOCAL_RESPONSE_NORMALIZATION_ATTRIBUTES_INIT \
  {sizeof(baton_local_response_normalization_attributes), 0, 0.0f, 0.0f, 0.0f}

/* LSTMOptions */
typedef struct baton_lstm_attributes {
  uint32_t struct_size;
  int32_t fused_activation_function;
  float cell_clip;
  float proj_clip;
  int32_t kernel_type;
  uint8_t asymmetric_quantize_inputs;
  uint8_t asymmetric_quantize_inputs_reserved[3];
} baton_lstm_attributes;
#define BATON_LSTM_ATTRIBUTES_INIT {sizeof(baton_lstm_attributes), 0, 0.0f, 0.0f, 0, 0, {0}}

/* ResizeBilinearOptions */
typedef struct baton_resize_bilinear_attributes {
  uint32_t struct_size;
  uint8_t align_corners;
  uint8_t align_corners_reserved[3];
  uint8_t half_pixel_centers;
  uint8_t half_pixel_centers_reserved[3];
} baton_resize_bilinear_attributes;
#define BATON_RESIZE_BILINEAR_ATTRIBUTES_INIT \
  {sizeof(baton_resize_bilinear_attributes), 0, {0}, 0, {0}}

/* CallOptions */
typedef struct baton_call_attributes {
  uint32_t struct_size;
  uint32_t subgraph;
} baton_call_attributes;
#define BATON_CALL_ATTRIBUTES_INIT {sizeof(baton_call_attributes), 0}

/* ReshapeOptions */
typedef struct baton_reshape_attributes {
  uint32_t struct_size;
  uint32_t reserved;
  BATON_ATTRIBUTE_POINTER(const int32_t*, new_shape);
  uint32_t new_shape_count;
  uint32_t new_shape_reserved;
} baton_reshape_attributes;
#define BATON_RESHAPE_ATTRIBUTES_INIT \
  {sizeof(baton_reshape_attributes), 0, BATON_ATTRIBUTE_NULL, 0, 0}

/* SkipGramOptions */
typedef struct baton_skip_gram_attributes {
  uint32_t struct_size;
  int32_t ngram_size;
  int32_t max_skip_size;
  uint8_t include_all_ngrams;
  uint8_t include_all_ngrams_reserved[3];
} baton_skip_gram_attributes;
#define BATON_SKIP_GRAM_ATTRIBUTES_INIT {sizeof(baton_skip_gram_attributes), 0, 0, 0, {0}}

/* SpaceToDepthOptions */
typedef struct baton_space_to_depth_attributes {
  uint32_t struct_size;
  int32_t block_size;
} baton_space_to_depth_attributes;
#define BATON_SPACE_TO_DEPTH_ATTRIBUTES_INIT {sizeof(baton_space_to_depth_attributes), 0}

/* EmbeddingLookupSparseOptions */
typedef struct baton_embedding_lookup_sparse_attributes {
  uint32_t struct_size;
  int32_t combiner;
} baton_embedding_lookup_sparse_attributes;
#define BATON_EMBEDDING_LOOKUP_SPARSE_ATTRIBUTES_INIT \
  {sizeof(baton_embedding_lookup_sparse_attributes), 0}

/* MulOptions */
typedef struct baton_mul_attributes {
  uint32_t struct_size;
  int32_t fused_activation_function;
} baton_mul_attributes;
#define BATON_MUL_ATTRIBUTES_INIT {sizeof(baton_mul_attributes), 0}

/* PadOptions */
typedef struct baton_pad_attributes {
  uint32_t struct_size;
} baton_pad_attributes;
#define BATON_PAD_ATTRIBUTES_INIT {sizeof(baton_pad_attributes)}

/* GatherOptions */
typedef struct baton_gather_attributes {
  uint32_t struct_size;
  int32_t axis;
  int32_t batch_dims;
} baton_gather_attributes;
#define BATON_GATHER_ATTRIBUTES_INIT {sizeof(baton_gather_attributes), 0, 0}

/* BatchToSpaceNDOptions */
typedef struct baton_batch_to_space_nd_attributes {
  uint32_t struct_size;
} baton_batch_to_space_nd_attributes;
#define BATON_BATCH_TO_SPACE_ND_ATTRIBUTES_INIT {sizeof(baton_batch_to_space_nd_attributes)}

/* SpaceToBatchNDOptions */
typedef struct baton_space_to_batch_nd_attributes {
  uint32_t struct_size;
} baton_space_to_batch_nd_attributes;
#define BATON_SPACE_TO_BATCH_ND_ATTRIBUTES_INIT {sizeof(baton_space_to_batch_nd_attributes)}

/* TransposeOptions */
typedef struct baton_transpose_attributes {
  uint32_t struct_size;
} baton_transpose_attributes;
#define BATON_TRANSPOSE_ATTRIBUTES_INIT {sizeof(baton_transpose_attributes)}

/* ReducerOptions */
typedef struct baton_reducer_attributes {
  uint32_t struct_size;
  uint8_t keep_dims;
  uint8_t keep_dims_reserved[3];
} baton_reducer_attributes;
#define BATON_REDUCER_ATTRIBUTES_INIT {sizeof(baton_reducer_attributes), 0, {0}}

/* SubOptions */
typedef struct baton_sub_attributes {
  uint32_t struct_size;
  int32_t fused_activation_function;
  uint8_t pot_scale_int16;
  uint8_t pot_scale_int16_reserved[3];
} baton_sub_attributes;
#define BATON_SUB_ATTRIBUTES_INIT {sizeof(baton_sub_attributes), 0, 1, {0}}

/* DivOptions */
typedef struct baton_div_attributes {
  uint32_t struct_size;
  int32_t fused_activation_function;
} baton_div_attributes;
#define BATON_DIV_ATTRIBUTES_INIT {sizeof(baton_div_attributes), 0}

/* SqueezeOptions */
typedef struct baton_squeeze_attributes {
  uint32_t struct_size;
  uint32_t reserved;
  BATON_ATTRIBUTE_POINTER(const int32_t*, squeeze_dims);
  uint32_t squeeze_dims_count;
  uint32_t squeeze_dims_reserved;
} baton_squeeze_attributes;
#define BATON_SQUEEZE_ATTRIBUTES_INIT \
  {sizeof(baton_squeeze_attributes), 0, BATON_ATTRIBUTE_NULL, 0, 0}

/* SequenceRNNOptions */
typedef struct baton_sequence_rnn_attributes {
  uint32_t struct_size;
  uint8_t time_major;
  uint8_t time_major_reserved[3];
  int32_t fused_activation_function;
  uint8_t asymmetric_quantize_inputs;
  uint8_t asymmetric_quantize_inputs_reserved[3];
} baton_sequence_rnn_attributes;
#define BATON_SEQUENCE_RNN_ATTRIBUTES_INIT \
  {sizeof(baton_sequence_rnn_attributes), 0, {0}, 0, 0, {0}}

/* StridedSliceOptions */
typedef struct baton_strided_slice_attributes {
  uint32_t struct_size;
  int32_t begin_mask;
  int32_t end_mask;
  int32_t ellipsis_mask;
  int32_t new_axis_mask;
  int32_t shrink_axis_mask;
  uint8_t offset;
  uint8_t offset_reserved[3];
} baton_strided_slice_attributes;
#define BATON_STRIDED_SLICE_ATTRIBUTES_INIT \
  {sizeof(baton_strided_slice_attributes), 0, 0, 0, 0, 0, 0, {0}}

/* ExpOptions */
typedef struct baton_exp_attributes {
  uint32_t struct_size;
} baton_exp_attributes;
#define BATON_EXP_ATTRIBUTES_INIT {sizeof(baton_exp_attributes)}

/* TopKV2Options */
typedef struct baton_top_k_v2_attributes {
  uint32_t struct_size;
} baton_top_k_v2_attributes;
#define BATON_TOP_K_V2_ATTRIBUTES_INIT {sizeof(baton_top_k_v2_attributes)}

/* SplitOptions */
typedef struct baton_split_attributes {
  uint32_t struct_size;
  int32_t num_splits;
} baton_split_attributes;
#define BATON_SPLIT_ATTRIBUTES_INIT {sizeof(baton_split_attributes), 0}

/* LogSoftmaxOptions */
typedef struct baton_log_softmax_attributes {
  uint32_t struct_size;
} baton_log_softmax_attributes;
#define BATON_LOG_SOFTMAX_ATTRIBUTES_INIT {sizeof(baton_log_softmax_attributes)}

/* CastOptions */
typedef struct baton_cast_attributes {
  uint32_t struct_size;
  int32_t in_data_type;
  int32_t out_data_type;
} baton_cast_attributes;
#define BATON_CAST_ATTRIBUTES_INIT {sizeof(baton_cast_attributes), 0, 0}

/* DequantizeOptions */
typedef struct baton_dequantize_attributes {
  uint32_t struct_size;
} baton_dequantize_attributes;
#define BATON_DEQUANTIZE_ATTRIBUTES_INIT {sizeof(baton_dequantize_attributes)}

/* MaximumMinimumOptions */
typedef struct baton_maximum_minimum_attributes {
  uint32_t struct_size;
} baton_maximum_minimum_attributes;
#define BATON_MAXIMUM_MINIMUM_ATTRIBUTES_INIT {sizeof(baton_maximum_minimum_attributes)}

/* ArgMaxOptions */
typedef struct baton_arg_max_attributes {
  uint32_t struct_size;
  int32_t output_type;
} baton_arg_max_attributes;
#define BATON_ARG_MAX_ATTRIBUTES_INIT {sizeof(baton_arg_max_attributes), 0}

/* LessOptions */
typedef struct baton_less_attributes {
  uint32_t struct_size;
} baton_less_attributes;
#define BATON_LESS_ATTRIBUTES_INIT {sizeof(baton_less_attributes)}

/* NegOptions */
typedef struct baton_neg_attributes {
  uint32_t struct_size;
} baton_neg_attributes;
#define BATON_NEG_ATTRIBUTES_INIT {sizeof(baton_neg_attributes)}

/* PadV2Options */
typedef struct baton_pad_v2_attributes {
  uint32_t struct_size;
} baton_pad_v2_attributes;
#define BATON_PAD_V2_ATTRIBUTES_INIT {sizeof(baton_pad_v2_attributes)}

/* GreaterOptions */
typedef struct baton_greater_attributes {
  uint32_t struct_size;
} baton_greater_attributes;
#define BATON_GREATER_ATTRIBUTES_INIT {sizeof(baton_greater_attributes)}

/* GreaterEqualOptions */
typedef struct baton_greater_equal_attributes {
  uint32_t struct_size;
} baton_greater_equal_attributes;
#define BATON_GREATER_EQUAL_ATTRIBUTES_INIT {sizeof(baton_greater_equal_attributes)}

/* LessEqualOptions */
typedef struct baton_less_equal_attributes {
  uint32_t struct_size;
} baton_less_equal_attributes;
#define BATON_LESS_EQUAL_ATTRIBUTES_INIT {sizeof(baton_less_equal_attributes)}

/* SelectOptions */
typedef struct baton_select_attributes {
  uint32_t struct_size;
} baton_select_attributes;
#define BATON_SELECT_ATTRIBUTES_INIT {sizeof(baton_select_attributes)}

/* SliceOptions */
typedef struct baton_slice_attributes {
  uint32_t struct_size;
} baton_slice_attributes;
#define BATON_SLICE_ATTRIBUTES_INIT {sizeof(baton_slice_attributes)}

/* TransposeConvOptions */
typedef struct baton_transpose_conv_attributes {
  uint32_t struct_size;
  int32_t padding;
  int32_t stride_w;
  int32_t stride_h;
  int32_t fused_activation_function;
  int32_t quantized_bias_type;
} baton_transpose_conv_attributes;
#define BATON_TRANSPOSE_CONV_ATTRIBUTES_INIT \
  {sizeof(baton_transpose_conv_attributes), 0, 0, 0, 0, 0}

/* SparseToDenseOptions */
typedef struct baton_sparse_to_dense_attributes {
  uint32_t struct_size;
  uint8_t validate_indices;
  uint8_t validate_indices_reserved[3];
} baton_sparse_to_dense_attributes;
#define BATON_SPARSE_TO_DENSE_ATTRIBUTES_INIT {sizeof(baton_sparse_to_dense_attributes), 0, {0}}

/* TileOptions */
typedef struct baton_tile_attributes {
  uint32_t struct_size;
} baton_tile_attributes;
#define BATON_TILE_ATTRIBUTES_INIT {sizeof(baton_tile_attributes)}

/* ExpandDimsOptions */
typedef struct baton_expand_dims_attributes {
  uint32_t struct_size;
} baton_expand_dims_attributes;
#define BATON_EXPAND_DIMS_ATTRIBUTES_INIT {sizeof(baton_expand_dims_attributes)}

/* EqualOptions */
typedef struct baton_equal_attributes {
  uint32_t struct_size;
} baton_equal_attributes;
#define BATON_EQUAL_ATTRIBUTES_INIT {sizeof(baton_equal_attributes)}

/* NotEqualOptions */
typedef struct baton_not_equal_attributes {
  uint32_t struct_size;
} baton_not_equal_attributes;
#define BATON_NOT_EQUAL_ATTRIBUTES_INIT {sizeof(baton_not_equal_attributes)}

/* ShapeOptions */
typedef struct baton_shape_attributes {
  uint32_t struct_size;
  int32_t out_type;
} baton_shape_attributes;
#define BATON_SHAPE_ATTRIBUTES_INIT {sizeof(baton_shape_attributes), 0}

/* PowOptions */
typedef struct baton_pow_attributes {
  uint32_t struct_size;
} baton_pow_attributes;
#define BATON_POW_ATTRIBUTES_INIT {sizeof(baton_pow_attributes)}

/* ArgMinOptions */
typedef struct baton_arg_min_attributes {
  uint32_t struct_size;
  int32_t output_type;
} baton_arg_min_attributes;
#define BATON_ARG_MIN_ATTRIBUTES_INIT {sizeof(baton_arg_min_attributes), 0}

/* FakeQuantOptions */
typedef struct baton_fake_quant_attributes {
  uint32_t struct_size;
  float min;
  float max;
  int32_t num_bits;
  uint8_t narrow_range;
  uint8_t narrow_range_reserved[3];
} baton_fake_quant_attributes;
#define BATON_FAKE_QUANT_ATTRIBUTES_INIT \
  {sizeof(baton_fake_quant_attributes), 0.0f, 0.0f, 0, 0, {0}}

/* PackOptions */
typedef struct baton_pack_attributes {
  uint32_t struct_size;
  int32_t values_count;
  int32_t axis;
} baton_pack_attributes;
#define BATON_PACK_ATTRIBUTES_INIT {sizeof(baton_pack_attributes), 0, 0}

/* LogicalOrOptions */
typedef struct baton_logical_or_attributes {
  uint32_t struct_size;
} baton_logical_or_attributes;
#define BATON_LOGICAL_OR_ATTRIBUTES_INIT {sizeof(baton_logical_or_attributes)}

/* OneHotOptions */
typedef struct baton_one_hot_attributes {
  uint32_t struct_size;
  int32_t axis;
} baton_one_hot_attributes;
#define BATON_ONE_HOT_ATTRIBUTES_INIT {sizeof(baton_one_hot_attributes), 0}

/* LogicalAndOptions */
typedef struct baton_logical_and_attributes {
  uint32_t struct_size;
} baton_logical_and_attributes;
#define BATON_LOGICAL_AND_ATTRIBUTES_INIT {sizeof(baton_logical_and_attributes)}

/* LogicalNotOptions */
typedef struct baton_logical_not_attributes {
  uint32_t struct_size;
} baton_logical_not_attributes;
#define BATON_LOGICAL_NOT_ATTRIBUTES_INIT {sizeof(baton_logical_not_attributes)}

/* UnpackOptions */
typedef struct baton_unpack_attributes {
  uint32_t struct_size;
  int32_t num;
  int32_t axis;
} baton_unpack_attributes;
#define BATON_UNPACK_ATTRIBUTES_INIT {sizeof(baton_unpack_attributes), 0, 0}

/* FloorDivOptions */
typedef struct baton_floor_div_attributes {
  uint32_t struct_size;
} baton_floor_div_attributes;
#define BATON_FLOOR_DIV_ATTRIBUTES_INIT {sizeof(baton_floor_div_attributes)}

/* SquareOptions */
typedef struct baton_square_attributes {
  uint32_t struct_size;
} baton_square_attributes;
#define BATON_SQUARE_ATTRIBUTES_INIT {sizeof(baton_square_attributes)}

/* ZerosLikeOptions */
typedef struct baton_zeros_like_attributes {
  uint32_t struct_size;
} baton_zeros_like_attributes;
#define BATON_ZEROS_LIKE_ATTRIBUTES_INIT {sizeof(baton_zeros_like_attributes)}

/* FillOptions */
typedef struct baton_fill_attributes {
  uint32_t struct_size;
} baton_fill_attributes;
#define BATON_FILL_ATTRIBUTES_INIT {sizeof(baton_fill_attributes)}

/* BidirectionalSequenceLSTMOptions */
typedef struct baton_bidirectional_sequence_lstm_attributes {
  uint32_t struct_size;
  int32_t fused_activation_function;
  float cell_clip;
  float proj_clip;
  uint8_t merge_outputs;
  uint8_t merge_outputs_reserved[3];
  uint8_t time_major;
  uint8_t time_major_reserved[3];
  uint8_t asymmetric_quantize_inputs;
  uint8_t asymmetric_quantize_inputs_reserved[3];
} baton_bidirectional_sequence_lstm_attributes;
#define BATON_BIDIRECTIONAL_SEQUENCE_LSTM_ATTRIBUTES_INIT \
  {sizeof(baton_bidirectional_sequence_lstm_attributes), 0, 0.0f, 0.0f, 0, {0}, 1, {0}, 0, {0}}

/* BidirectionalSequenceRNNOptions */
typedef struct baton_bidirectional_sequence_rnn_attributes {
  uint32_t struct_size;
  uint8_t time_major;
  uint8_t time_major_reserved[3];
  int32_t fused_activation_function;
  uint8_t merge_outputs;
  uint8_t merge_outputs_reserved[3];
  uint8_t asymmetric_quantize_inputs;
  uint8_t asymmetric_quantize_inputs_reserved[3];
} baton_bidirectional_sequence_rnn_attributes;
#define BATON_BIDIRECTIONAL_SEQUENCE_RNN_ATTRIBUTES_INIT \
  {sizeof(baton_bidirectional_sequence_rnn_attributes), 0, {0}, 0, 0, {0}, 0, {0}}

/* UnidirectionalSequenceLSTMOptions */
typedef struct baton_unidirectional_sequence_lstm_attributes {
  uint32_t struct_size;
  int32_t fused_activation_function;
  float cell_clip;
  float proj_clip;
  uint8_t time_major;
  uint8_t time_major_reserved[3];
  uint8_t asymmetric_quantize_inputs;
  uint8_t asymmetric_quantize_inputs_reserved[3];
  uint8_t diagonal_recurrent_tensors;
  uint8_t diagonal_recurrent_tensors_reserved[3];
} baton_unidirectional_sequence_lstm_attributes;
#define BATON_UNIDIRECTIONAL_SEQUENCE_LSTM_ATTRIBUTES_INIT \
  {sizeof(baton_unidirectional_sequence_lstm_attributes), 0, 0.0f, 0.0f, 0, {0}, 0, {0}, 0, {0}}

/* FloorModOptions */
typedef struct baton_floor_mod_attributes {
  uint32_t struct_size;
} baton_floor_mod_attributes;
#define BATON_FLOOR_MOD_ATTRIBUTES_INIT {sizeof(baton_floor_mod_attributes)}

/* RangeOptions */
typedef struct baton_range_attributes {
  uint32_t struct_size;
} baton_range_attributes;
#define BATON_RANGE_ATTRIBUTES_INIT {sizeof(baton_range_attributes)}

/* ResizeNearestNeighborOptions */
typedef struct baton_resize_nearest_neighbor_attributes {
  uint32_t struct_size;
  uint8_t align_corners;
  uint8_t align_corners_reserved[3];
  uint8_t half_pixel_centers;
  uint8_t half_pixel_centers_reserved[3];
} baton_resize_nearest_neighbor_attributes;
#define BATON_RESIZE_NEAREST_NEIGHBOR_ATTRIBUTES_INIT \
  {sizeof(baton_resize_nearest_neighbor_attributes), 0, {0}, 0, {0}}

/* LeakyReluOptions */
typedef struct baton_leaky_relu_attributes {
  uint32_t struct_size;
  float alpha;
} baton_leaky_relu_attributes;
#define BATON_LEAKY_RELU_ATTRIBUTES_INIT {sizeof(baton_leaky_relu_attributes), 0.0f}

/* SquaredDifferenceOptions */
typedef struct baton_squared_difference_attributes {
  uint32_t struct_size;
} baton_squared_difference_attributes;
#define BATON_SQUARED_DIFFERENCE_ATTRIBUTES_INIT {sizeof(baton_squared_difference_attributes)}

/* MirrorPadOptions */
typedef struct baton_mirror_pad_attributes {
  uint32_t struct_size;
  int32_t mode;
} baton_mirror_pad_attributes;
#define BATON_MIRROR_PAD_ATTRIBUTES_INIT {sizeof(baton_mirror_pad_attributes), 0}

/* AbsOptions */
typedef struct baton_abs_attributes {
  uint32_t struct_size;
} baton_abs_attributes;
#define BATON_ABS_ATTRIBUTES_INIT {sizeof(baton_abs_attributes)}

/* SplitVOptions */
typedef struct baton_split_v_attributes {
  uint32_t struct_size;
  int32_t num_splits;
} baton_split_v_attributes;
#define BATON_SPLIT_V_ATTRIBUTES_INIT {sizeof(baton_split_v_attributes), 0}

/* UniqueOptions */
typedef struct baton_unique_attributes {
  uint32_t struct_size;
  int32_t idx_out_type;
} baton_unique_attributes;
#define BATON_UNIQUE_ATTRIBUTES_INIT {sizeof(baton_unique_attributes), 2}

/* ReverseV2Options */
typedef struct baton_reverse_v2_attributes {
  uint32_t struct_size;
} baton_reverse_v2_attributes;
#define BATON_REVERSE_V2_ATTRIBUTES_INIT {sizeof(baton_reverse_v2_attributes)}

/* AddNOptions */
typedef struct baton_add_n_attributes {
  uint32_t struct_size;
} baton_add_n_attributes;
#define BATON_ADD_N_ATTRIBUTES_INIT {sizeof(baton_add_n_attributes)}

/* GatherNdOptions */
typedef struct baton_gather_nd_attributes {
  uint32_t struct_size;
} baton_gather_nd_attributes;
#define BATON_GATHER_ND_ATTRIBUTES_INIT {sizeof(baton_gather_nd_attributes)}

/* CosOptions */
typedef struct baton_cos_attributes {
  uint32_t struct_size;
} baton_cos_attributes;
#define BATON_COS_ATTRIBUTES_INIT {sizeof(baton_cos_attributes)}

/* WhereOptions */
typedef struct baton_where_attributes {
  uint32_t struct_size;
} baton_where_attributes;
#define BATON_WHERE_ATTRIBUTES_INIT {sizeof(baton_where_attributes)}

/* RankOptions */
typedef struct baton_rank_attributes {
  uint32_t struct_size;
} baton_rank_attributes;
#define BATON_RANK_ATTRIBUTES_INIT {sizeof(baton_rank_attributes)}

/* ReverseSequenceOptions */
typedef struct baton_reverse_sequence_attributes {
  uint32_t struct_size;
  int32_t seq_dim;
  int32_t batch_dim;
} baton_reverse_sequence_attributes;
#define BATON_REVERSE_SEQUENCE_ATTRIBUTES_INIT {sizeof(baton_reverse_sequence_attributes), 0, 0}

/* MatrixDiagOptions */
typedef struct baton_matrix_diag_attributes {
  uint32_t struct_size;
} baton_matrix_diag_attributes;
#define BATON_MATRIX_DIAG_ATTRIBUTES_INIT {sizeof(baton_matrix_diag_attributes)}

/* QuantizeOptions */
typedef struct baton_quantize_attributes {
  uint32_t struct_size;
} baton_quantize_attributes;
#define BATON_QUANTIZE_ATTRIBUTES_INIT {sizeof(baton_quantize_attributes)}

/* MatrixSetDiagOptions */
typedef struct baton_matrix_set_diag_attributes {
  uint32_t struct_size;
} baton_matrix_set_diag_attributes;
#define BATON_MATRIX_SET_DIAG_ATTRIBUTES_INIT {sizeof(baton_matrix_set_diag_attributes)}

/* HardSwishOptions */
typedef struct baton_hard_swish_attributes {
  uint32_t struct_size;
} baton_hard_swish_attributes;
#define BATON_HARD_SWISH_ATTRIBUTES_INIT {sizeof(baton_hard_swish_attributes)}

/* IfOptions */
typedef struct baton_if_attributes {
  uint32_t struct_size;
  int32_t then_subgraph_index;
  int32_t else_subgraph_index;
} baton_if_attributes;
#define BATON_IF_ATTRIBUTES_INIT {sizeof(baton_if_attributes), 0, 0}

/* WhileOptions */
typedef struct baton_while_attributes {
  uint32_t struct_size;
  int32_t cond_subgraph_index;
  int32_t body_subgraph_index;
} baton_while_attributes;
#define BATON_WHILE_ATTRIBUTES_INIT {sizeof(baton_while_attributes), 0, 0}

/* DepthToSpaceOptions */
typedef struct baton_depth_to_space_attributes {
  uint32_t struct_size;
  int32_t block_size;
} baton_depth_to_space_attributes;
#define BATON_DEPTH_TO_SPACE_ATTRIBUTES_INIT {sizeof(baton_depth_to_space_attributes), 0}

/* NonMaxSuppressionV4Options */
typedef struct baton_non_max_suppression_v4_attributes {
  uint32_t struct_size;
} baton_non_max_suppression_v4_attributes;
#define BATON_NON_MAX_SUPPRESSION_V4_ATTRIBUTES_INIT \
  {sizeof(baton_non_max_suppression_v4_attributes)}

/* NonMaxSuppressionV5Options */
typedef struct baton_non_max_suppression_v5_attributes {
  uint32_t struct_size;
} baton_non_max_suppression_v5_attributes;
#define BATON_NON_MAX_SUPPRESSION_V5_ATTRIBUTES_INIT \
  {sizeof(baton_non_max_suppression_v5_attributes)}

/* ScatterNdOptions */
typedef struct baton_scatter_nd_attributes {
  uint32_t struct_size;
} baton_scatter_nd_attributes;
#define BATON_SCATTER_ND_ATTRIBUTES_INIT {sizeof(baton_scatter_nd_attributes)}

/* SelectV2Options */
typedef struct baton_select_v2_attributes {
  uint32_t struct_size;
} baton_select_v2_attributes;
#define BATON_SELECT_V2_ATTRIBUTES_INIT {sizeof(baton_select_v2_attributes)}

/* DensifyOptions */
typedef struct baton_densify_attributes {
  uint32_t struct_size;
} baton_densify_attributes;
#define BATON_DENSIFY_ATTRIBUTES_INIT {sizeof(baton_densify_attributes)}

/* SegmentSumOptions */
typedef struct baton_segment_sum_attributes {
  uint32_t struct_size;
} baton_segment_sum_attributes;
#define BATON_SEGMENT_SUM_ATTRIBUTES_INIT {sizeof(baton_segment_sum_attributes)}

/* BatchMatMulOptions */
typedef struct baton_batch_mat_mul_attributes {
  uint32_t struct_size;
  uint8_t adj_x;
  uint8_t adj_x_reserved[3];
  uint8_t adj_y;
  uint8_t adj_y_reserved[3];
  uint8_t asymmetric_quantize_inputs;
  uint8_t asymmetric_quantize_inputs_reserved[3];
} baton_batch_mat_mul_attributes;
#define BATON_BATCH_MAT_MUL_ATTRIBUTES_INIT \
  {sizeof(baton_batch_mat_mul_attributes), 0, {0}, 0, {0}, 0, {0}}

/* CumsumOptions */
typedef struct baton_cumsum_attributes {
  uint32_t struct_size;
  uint8_t exclusive;
  uint8_t exclusive_reserved[3];
  uint8_t reverse;
  uint8_t reverse_reserved[3];
} baton_cumsum_attributes;
#define BATON_CUMSUM_ATTRIBUTES_INIT {sizeof(baton_cumsum_attributes), 0, {0}, 0, {0}}

/* CallOnceOptions */
typedef struct baton_call_once_attributes {
  uint32_t struct_size;
  int32_t init_subgraph_index;
} baton_call_once_attributes;
#define BATON_CALL_ONCE_ATTRIBUTES_INIT {sizeof(baton_call_once_attributes), 0}

/* BroadcastToOptions */
typedef struct baton_broadcast_to_attributes {
  uint32_t struct_size;
} baton_broadcast_to_attributes;
#define BATON_BROADCAST_TO_ATTRIBUTES_INIT {sizeof(baton_broadcast_to_attributes)}

/* Rfft2dOptions */
typedef struct baton_rfft2d_attributes {
  uint32_t struct_size;
} baton_rfft2d_attributes;
#define BATON_RFFT2D_ATTRIBUTES_INIT {sizeof(baton_rfft2d_attributes)}

/* Conv3DOptions */
typedef struct baton_conv_3d_attributes {
  uint32_t struct_size;
  int32_t padding;
  int32_t stride_d;
  int32_t stride_w;
  int32_t stride_h;
  int32_t fused_activation_function;
  int32_t dilation_d_factor;
  int32_t dilation_w_factor;
  int32_t dilation_h_factor;
} baton_conv_3d_attributes;
#define BATON_CONV_3D_ATTRIBUTES_INIT {sizeof(baton_conv_3d_attributes), 0, 0, 0, 0, 0, 1, 1, 1}

/* HashtableOptions */
typedef struct baton_hashtable_attributes {
  uint32_t struct_size;
  int32_t table_id;
  int32_t key_dtype;
  int32_t value_dtype;
} baton_hashtable_attributes;
#define BATON_HASHTABLE_ATTRIBUTES_INIT {sizeof(baton_hashtable_attributes), 0, 0, 0}

/* HashtableFindOptions */
typedef struct baton_hashtable_find_attributes {
  uint32_t struct_size;
} baton_hashtable_find_attributes;
#define BATON_HASHTABLE_FIND_ATTRIBUTES_INIT {sizeof(baton_hashtable_find_attributes)}

/* HashtableImportOptions */
typedef struct baton_hashtable_import_attributes {
  uint32_t struct_size;
} baton_hashtable_import_attributes;
#define BATON_HASHTABLE_IMPORT_ATTRIBUTES_INIT {sizeof(baton_hashtable_import_attributes)}

/* HashtableSizeOptions */
typedef struct baton_hashtable_size_attributes {
  uint32_t struct_size;
} baton_hashtable_size_attributes;
#define BATON_HASHTABLE_SIZE_ATTRIBUTES_INIT {sizeof(baton_hashtable_size_attributes)}

/* VarHandleOptions */
typedef struct baton_var_handle_attributes {
  uint32_t struct_size;
  uint32_t reserved;
  BATON_ATTRIBUTE_POINTER(const char*, container);
  BATON_ATTRIBUTE_POINTER(const char*, shared_name);
} baton_var_handle_attributes;
#define BATON_VAR_HANDLE_ATTRIBUTES_INIT \
  {sizeof(baton_var_handle_attributes), 0, BATON_ATTRIBUTE_NULL, BATON_ATTRIBUTE_NULL}

/* ReadVariableOptions */
typedef struct baton_read_variable_attributes {
  uint32_t struct_size;
} baton_read_variable_attributes;
#define BATON_READ_VARIABLE_ATTRIBUTES_INIT {sizeof(baton_read_variable_attributes)}

/* AssignVariableOptions */
typedef struct baton_assign_variable_attributes {
  uint32_t struct_size;
} baton_assign_variable_attributes;
#define BATON_ASSIGN_VARIABLE_ATTRIBUTES_INIT {sizeof(baton_assign_variable_attributes)}

/* RandomOptions */
typedef struct baton_random_attributes {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t seed;
  int64_t seed2;
} baton_random_attributes;
#define BATON_RANDOM_ATTRIBUTES_INIT {sizeof(baton_random_attributes), 0, 0, 0}

/* BucketizeOptions */
typedef struct baton_bucketize_attributes {
  uint32_t struct_size;
  uint32_t reserved;
  BATON_ATTRIBUTE_POINTER(const float*, boundaries);
  uint32_t boundaries_count;
  uint32_t boundaries_reserved;
} baton_bucketize_attributes;
#define BATON_BUCKETIZE_ATTRIBUTES_INIT \
  {sizeof(baton_bucketize_attributes), 0, BATON_ATTRIBUTE_NULL, 0, 0}

/* GeluOptions */
typedef struct baton_gelu_attributes {
  uint32_t struct_size;
  uint8_t approximate;
  uint8_t approximate_reserved[3];
} baton_gelu_attributes;
#define BATON_GELU_ATTRIBUTES_INIT {sizeof(baton_gelu_attributes), 0, {0}}

/* DynamicUpdateSliceOptions */
typedef struct baton_dynamic_update_slice_attributes {
  uint32_t struct_size;
} baton_dynamic_update_slice_attributes;
#define BATON_DYNAMIC_UPDATE_SLICE_ATTRIBUTES_INIT {sizeof(baton_dynamic_update_slice_attributes)}

/* UnsortedSegmentProdOptions */
typedef struct baton_unsorted_segment_prod_attributes {
  uint32_t struct_size;
} baton_unsorted_segment_prod_attributes;
#define BATON_UNSORTED_SEGMENT_PROD_ATTRIBUTES_INIT {sizeof(baton_unsorted_segment_prod_attributes)}

/* UnsortedSegmentMaxOptions */
typedef struct baton_unsorted_segment_max_attributes {
  uint32_t struct_size;
} baton_unsorted_segment_max_attributes;
#define BATON_UNSORTED_SEGMENT_MAX_ATTRIBUTES_INIT {sizeof(baton_unsorted_segment_max_attributes)}

/* UnsortedSegmentMinOptions */
typedef struct baton_unsorted_segment_min_attributes {
  uint32_t struct_size;
} baton_unsorted_segment_min_attributes;
#define BATON_UNSORTED_SEGMENT_MIN_ATTRIBUTES_INIT {sizeof(baton_unsorted_segment_min_attributes)}

/* UnsortedSegmentSumOptions */
typedef struct baton_unsorted_segment_sum_attributes {
  uint32_t struct_size;
} baton_unsorted_segment_sum_attributes;
#define BATON_UNSORTED_SEGMENT_SUM_ATTRIBUTES_INIT {sizeof(baton_unsorted_segment_sum_attributes)}

/* ATan2Options */
typedef struct baton_atan2_attributes {
  uint32_t struct_size;
} baton_atan2_attributes;
#define BATON_ATAN2_ATTRIBUTES_INIT {sizeof(baton_atan2_attributes)}

/* SignOptions */
typedef struct baton_sign_attributes {
  uint32_t struct_size;
} baton_sign_attributes;
#define BATON_SIGN_ATTRIBUTES_INIT {sizeof(baton_sign_attributes)}

/* BitcastOptions */
typedef struct baton_bitcast_attributes {
  uint32_t struct_size;
} baton_bitcast_attributes;
#define BATON_BITCAST_ATTRIBUTES_INIT {sizeof(baton_bitcast_attributes)}

/* BitwiseXorOptions */
typedef struct baton_bitwise_xor_attributes {
  uint32_t struct_size;
} baton_bitwise_xor_attributes;
#define BATON_BITWISE_XOR_ATTRIBUTES_INIT {sizeof(baton_bitwise_xor_attributes)}

/* RightShiftOptions */
typedef struct baton_right_shift_attributes {
  uint32_t struct_size;
} baton_right_shift_attributes;
#define BATON_RIGHT_SHIFT_ATTRIBUTES_INIT {sizeof(baton_right_shift_attributes)}

/* StablehloConcatenateOptions */
typedef struct baton_stablehlo_concatenate_attributes {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t dimension;
} baton_stablehlo_concatenate_attributes;
#define BATON_STABLEHLO_CONCATENATE_ATTRIBUTES_INIT \
  {sizeof(baton_stablehlo_concatenate_attributes), 0, 0}

/* StablehloBroadcastInDimOptions */
typedef struct baton_stablehlo_broadcast_in_dim_attributes {
  uint32_t struct_size;
  uint32_t reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, broadcast_dimensions);
  uint32_t broadcast_dimensions_count;
  uint32_t broadcast_dimensions_reserved;
} baton_stablehlo_broadcast_in_dim_attributes;
#define BATON_STABLEHLO_BROADCAST_IN_DIM_ATTRIBUTES_INIT \
  {sizeof(baton_stablehlo_broadcast_in_dim_attributes), 0, BATON_ATTRIBUTE_NULL, 0, 0}

/* StablehloSliceOptions */
typedef struct baton_stablehlo_slice_attributes {
  uint32_t struct_size;
  uint32_t reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, start_indices);
  uint32_t start_indices_count;
  uint32_t start_indices_reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, limit_indices);
  uint32_t limit_indices_count;
  uint32_t limit_indices_reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, strides);
  uint32_t strides_count;
  uint32_t strides_reserved;
} baton_stablehlo_slice_attributes;
#define BATON_STABLEHLO_SLICE_ATTRIBUTES_INIT \
  {sizeof(baton_stablehlo_slice_attributes), 0, BATON_ATTRIBUTE_NULL, 0, 0, BATON_ATTRIBUTE_NULL, \
    0, 0, BATON_ATTRIBUTE_NULL, 0, 0}

/* StablehloConvolutionOptions */
typedef struct baton_stablehlo_convolution_attributes {
  uint32_t struct_size;
  uint32_t reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, window_strides);
  uint32_t window_strides_count;
  uint32_t window_strides_reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, padding);
  uint32_t padding_count;
  uint32_t padding_reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, lhs_dilation);
  uint32_t lhs_dilation_count;
  uint32_t lhs_dilation_reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, rhs_dilation);
  uint32_t rhs_dilation_count;
  uint32_t rhs_dilation_reserved;
  BATON_ATTRIBUTE_POINTER(const uint8_t*, window_reversal);
  uint32_t window_reversal_count;
  uint32_t window_reversal_reserved;
  int64_t input_batch_dimension;
  int64_t input_feature_dimension;
  BATON_ATTRIBUTE_POINTER(const int64_t*, input_spatial_dimensions);
  uint32_t input_spatial_dimensions_count;
  uint32_t input_spatial_dimensions_reserved;
  int64_t kernel_input_feature_dimension;
  int64_t kernel_output_feature_dimension;
  BATON_ATTRIBUTE_POINTER(const int64_t*, kernel_spatial_dimensions);
  uint32_t kernel_spatial_dimensions_count;
  uint32_t kernel_spatial_dimensions_reserved;
  int64_t output_batch_dimension;
  int64_t output_feature_dimension;
  BATON_ATTRIBUTE_POINTER(const int64_t*, output_spatial_dimensions);
  uint32_t output_spatial_dimensions_count;
  uint32_t output_spatial_dimensions_reserved;
  int64_t feature_group_count;
  int64_t batch_group_count;
  BATON_ATTRIBUTE_POINTER(const uint32_t*, precision_config);
  uint32_t precision_config_count;
  uint32_t precision_config_reserved;
} baton_stablehlo_convolution_attributes;
#define BATON_STABLEHLO_CONVOLUTION_ATTRIBUTES_INIT \
  {sizeof(baton_stablehlo_convolution_attributes), 0, BATON_ATTRIBUTE_NULL, 0, 0, \
    BATON_ATTRIBUTE_NULL, 0, 0, BATON_ATTRIBUTE_NULL, 0, 0, BATON_ATTRIBUTE_NULL, 0, 0, \
    BATON_ATTRIBUTE_NULL, 0, 0, 0, 0, BATON_ATTRIBUTE_NULL, 0, 0, 0, 0, BATON_ATTRIBUTE_NULL, 0, \
    0, 0, 0, BATON_ATTRIBUTE_NULL, 0, 0, 0, 0, BATON_ATTRIBUTE_NULL, 0, 0}

/* StablehloCustomCallOptions */
typedef struct baton_stablehlo_custom_call_attributes {
  uint32_t struct_size;
  uint32_t reserved;
  BATON_ATTRIBUTE_POINTER(const char*, call_target_name);
  uint8_t has_side_effect;
  uint8_t has_side_effect_reserved[7];
  BATON_ATTRIBUTE_POINTER(const char*, backend_config);
  int32_t api_version;
  uint32_t api_version_reserved;
  BATON_ATTRIBUTE_POINTER(const int32_t*, called_computations);
  uint32_t called_computations_count;
  uint32_t called_computations_reserved;
  BATON_ATTRIBUTE_POINTER(const uint8_t*, custom_attributes);
  uint32_t custom_attributes_count;
  uint32_t custom_attributes_reserved;
} baton_stablehlo_custom_call_attributes;
#define BATON_STABLEHLO_CUSTOM_CALL_ATTRIBUTES_INIT \
  {sizeof(baton_stablehlo_custom_call_attributes), 0, BATON_ATTRIBUTE_NULL, 0, {0}, \
    BATON_ATTRIBUTE_NULL, 0, 0, BATON_ATTRIBUTE_NULL, 0, 0, BATON_ATTRIBUTE_NULL, 0, 0}

/* StablehloReduceOptions */
typedef struct baton_stablehlo_reduce_attributes {
  uint32_t struct_size;
  uint32_t reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, dimensions);
  uint32_t dimensions_count;
  uint32_t dimensions_reserved;
  int32_t body_subgraph_index;
  uint32_t body_subgraph_index_reserved;
} baton_stablehlo_reduce_attributes;
#define BATON_STABLEHLO_REDUCE_ATTRIBUTES_INIT \
  {sizeof(baton_stablehlo_reduce_attributes), 0, BATON_ATTRIBUTE_NULL, 0, 0, 0, 0}

/* StablehloScatterOptions */
typedef struct baton_stablehlo_scatter_attributes {
  uint32_t struct_size;
  uint8_t indices_are_sorted;
  uint8_t indices_are_sorted_reserved[3];
  BATON_ATTRIBUTE_POINTER(const int64_t*, update_window_dims);
  uint32_t update_window_dims_count;
  uint32_t update_window_dims_reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, inserted_window_dims);
  uint32_t inserted_window_dims_count;
  uint32_t inserted_window_dims_reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, scatter_dims_to_operand_dims);
  uint32_t scatter_dims_to_operand_dims_count;
  uint32_t scatter_dims_to_operand_dims_reserved;
  int64_t index_vector_dim;
  uint8_t unique_indices;
  uint8_t unique_indices_reserved[7];
  int32_t update_computation_subgraph_index;
  uint32_t update_computation_subgraph_index_reserved;
} baton_stablehlo_scatter_attributes;
#define BATON_STABLEHLO_SCATTER_ATTRIBUTES_INIT \
  {sizeof(baton_stablehlo_scatter_attributes), 0, {0}, BATON_ATTRIBUTE_NULL, 0, 0, \
    BATON_ATTRIBUTE_NULL, 0, 0, BATON_ATTRIBUTE_NULL, 0, 0, 0, 0, {0}, 0, 0}

/* StablehloCompareOptions */
typedef struct baton_stablehlo_compare_attributes {
  uint32_t struct_size;
  int32_t comparison_direction;
  int32_t compare_type;
} baton_stablehlo_compare_attributes;
#define BATON_STABLEHLO_COMPARE_ATTRIBUTES_INIT {sizeof(baton_stablehlo_compare_attributes), 0, 0}

/* StablehloDynamicSliceOptions */
typedef struct baton_stablehlo_dynamic_slice_attributes {
  uint32_t struct_size;
  uint32_t reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, slice_sizes);
  uint32_t slice_sizes_count;
  uint32_t slice_sizes_reserved;
} baton_stablehlo_dynamic_slice_attributes;
#define BATON_STABLEHLO_DYNAMIC_SLICE_ATTRIBUTES_INIT \
  {sizeof(baton_stablehlo_dynamic_slice_attributes), 0, BATON_ATTRIBUTE_NULL, 0, 0}

/* StablehloPadOptions */
typedef struct baton_stablehlo_pad_attributes {
  uint32_t struct_size;
  uint32_t reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, edge_padding_low);
  uint32_t edge_padding_low_count;
  uint32_t edge_padding_low_reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, edge_padding_high);
  uint32_t edge_padding_high_count;
  uint32_t edge_padding_high_reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, interior_padding);
  uint32_t interior_padding_count;
  uint32_t interior_padding_reserved;
} baton_stablehlo_pad_attributes;
#define BATON_STABLEHLO_PAD_ATTRIBUTES_INIT \
  {sizeof(baton_stablehlo_pad_attributes), 0, BATON_ATTRIBUTE_NULL, 0, 0, BATON_ATTRIBUTE_NULL, 0, \
    0, BATON_ATTRIBUTE_NULL, 0, 0}

/* StablehloIotaOptions */
typedef struct baton_stablehlo_iota_attributes {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t iota_dimension;
} baton_stablehlo_iota_attributes;
#define BATON_STABLEHLO_IOTA_ATTRIBUTES_INIT {sizeof(baton_stablehlo_iota_attributes), 0, 0}

/* StablehloDotGeneralOptions */
typedef struct baton_stablehlo_dot_general_attributes {
  uint32_t struct_size;
  uint32_t reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, lhs_batching_dimensions);
  uint32_t lhs_batching_dimensions_count;
  uint32_t lhs_batching_dimensions_reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, rhs_batching_dimensions);
  uint32_t rhs_batching_dimensions_count;
  uint32_t rhs_batching_dimensions_reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, lhs_contracting_dimensions);
  uint32_t lhs_contracting_dimensions_count;
  uint32_t lhs_contracting_dimensions_reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, rhs_contracting_dimensions);
  uint32_t rhs_contracting_dimensions_count;
  uint32_t rhs_contracting_dimensions_reserved;
  BATON_ATTRIBUTE_POINTER(const uint32_t*, precision_config);
  uint32_t precision_config_count;
  uint32_t precision_config_reserved;
} baton_stablehlo_dot_general_attributes;
#define BATON_STABLEHLO_DOT_GENERAL_ATTRIBUTES_INIT \
  {sizeof(baton_stablehlo_dot_general_attributes), 0, BATON_ATTRIBUTE_NULL, 0, 0, \
    BATON_ATTRIBUTE_NULL, 0, 0, BATON_ATTRIBUTE_NULL, 0, 0, BATON_ATTRIBUTE_NULL, 0, 0, \
    BATON_ATTRIBUTE_NULL, 0, 0}

/* StablehloReduceWindowOptions */
typedef struct baton_stablehlo_reduce_window_attributes {
  uint32_t struct_size;
  uint32_t reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, window_dimensions);
  uint32_t window_dimensions_count;
  uint32_t window_dimensions_reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, window_strides);
  uint32_t window_strides_count;
  uint32_t window_strides_reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, base_dilations);
  uint32_t base_dilations_count;
  uint32_t base_dilations_reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, window_dilations);
  uint32_t window_dilations_count;
  uint32_t window_dilations_reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, padding);
  uint32_t padding_count;
  uint32_t padding_reserved;
  int32_t body_subgraph_index;
  uint32_t body_subgraph_index_reserved;
} baton_stablehlo_reduce_window_attributes;
#define BATON_STABLEHLO_REDUCE_WINDOW_ATTRIBUTES_INIT \
  {sizeof(baton_stablehlo_reduce_window_attributes), 0, BATON_ATTRIBUTE_NULL, 0, 0, \
    BATON_ATTRIBUTE_NULL, 0, 0, BATON_ATTRIBUTE_NULL, 0, 0, BATON_ATTRIBUTE_NULL, 0, 0, \
    BATON_ATTRIBUTE_NULL, 0, 0, 0, 0}

/* StablehloSortOptions */
typedef struct baton_stablehlo_sort_attributes {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t dimension;
  uint8_t is_stable;
  uint8_t is_stable_reserved[7];
  int32_t comparator_subgraph_index;
  uint32_t comparator_subgraph_index_reserved;
} baton_stablehlo_sort_attributes;
#define BATON_STABLEHLO_SORT_ATTRIBUTES_INIT \
  {sizeof(baton_stablehlo_sort_attributes), 0, 0, 0, {0}, 0, 0}

/* StablehloWhileOptions */
typedef struct baton_stablehlo_while_attributes {
  uint32_t struct_size;
  int32_t cond_subgraph_index;
  int32_t body_subgraph_index;
} baton_stablehlo_while_attributes;
#define BATON_STABLEHLO_WHILE_ATTRIBUTES_INIT {sizeof(baton_stablehlo_while_attributes), 0, 0}

/* StablehloGatherOptions */
typedef struct baton_stablehlo_gather_attributes {
  uint32_t struct_size;
  uint32_t reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, offset_dims);
  uint32_t offset_dims_count;
  uint32_t offset_dims_reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, collapsed_slice_dims);
  uint32_t collapsed_slice_dims_count;
  uint32_t collapsed_slice_dims_reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, start_index_map);
  uint32_t start_index_map_count;
  uint32_t start_index_map_reserved;
  int64_t index_vector_dim;
  BATON_ATTRIBUTE_POINTER(const int64_t*, slice_sizes);
  uint32_t slice_sizes_count;
  uint32_t slice_sizes_reserved;
  uint8_t indices_are_sorted;
  uint8_t indices_are_sorted_reserved[7];
} baton_stablehlo_gather_attributes;
#define BATON_STABLEHLO_GATHER_ATTRIBUTES_INIT \
  {sizeof(baton_stablehlo_gather_attributes), 0, BATON_ATTRIBUTE_NULL, 0, 0, BATON_ATTRIBUTE_NULL, \
    0, 0, BATON_ATTRIBUTE_NULL, 0, 0, 0, BATON_ATTRIBUTE_NULL, 0, 0, 0, {0}}

/* StablehloTransposeOptions */
typedef struct baton_stablehlo_transpose_attributes {
  uint32_t struct_size;
  uint32_t reserved;
  BATON_ATTRIBUTE_POINTER(const int64_t*, permutation);
  uint32_t permutation_count;
  uint32_t permutation_reserved;
} baton_stablehlo_transpose_attributes;
#define BATON_STABLEHLO_TRANSPOSE_ATTRIBUTES_INIT \
  {sizeof(baton_stablehlo_transpose_attributes), 0, BATON_ATTRIBUTE_NULL, 0, 0}

/* DilateOptions */
typedef struct baton_dilate_attributes {
  uint32_t struct_size;
} baton_dilate_attributes;
#define BATON_DILATE_ATTRIBUTES_INIT {sizeof(baton_dilate_attributes)}

/* StablehloRngBitGeneratorOptions */
typedef struct baton_stablehlo_rng_bit_generator_attributes {
  uint32_t struct_size;
  int32_t algorithm;
} baton_stablehlo_rng_bit_generator_attributes;
#define BATON_STABLEHLO_RNG_BIT_GENERATOR_ATTRIBUTES_INIT \
  {sizeof(baton_stablehlo_rng_bit_generator_attributes), 0}

/* ReduceWindowOptions */
typedef struct baton_reduce_window_attributes {
  uint32_t struct_size;
  int32_t reduce_function;
} baton_reduce_window_attributes;
#define BATON_REDUCE_WINDOW_ATTRIBUTES_INIT {sizeof(baton_reduce_window_attributes), 0}

/* StableHLOCompositeOptions */
typedef struct baton_stablehlo_composite_attributes {
  uint32_t struct_size;
  uint32_t reserved;
  BATON_ATTRIBUTE_POINTER(const char*, name);
  int32_t decomposition_subgraph_index;
  uint32_t decomposition_subgraph_index_reserved;
  BATON_ATTRIBUTE_POINTER(const uint8_t*, composite_attributes);
  uint32_t composite_attributes_count;
  uint32_t composite_attributes_reserved;
  int32_t composite_attributes_format;
  uint32_t composite_attributes_format_reserved;
  int32_t version;
  uint32_t version_reserved;
} baton_stablehlo_composite_attributes;
#define BATON_STABLEHLO_COMPOSITE_ATTRIBUTES_INIT \
  {sizeof(baton_stablehlo_composite_attributes), 0, BATON_ATTRIBUTE_NULL, 0, 0, \
    BATON_ATTRIBUTE_NULL, 0, 0, 0, 0, 0, 0}

/* StablehloShiftLeftOptions */
typedef struct baton_stablehlo_shift_left_attributes {
  uint32_t struct_size;
} baton_stablehlo_shift_left_attributes;
#define BATON_STABLEHLO_SHIFT_LEFT_ATTRIBUTES_INIT {sizeof(baton_stablehlo_shift_left_attributes)}

/* StablehloCaseOptions */
typedef struct baton_stablehlo_case_attributes {
  uint32_t struct_size;
  uint32_t reserved;
  BATON_ATTRIBUTE_POINTER(const int32_t*, branch_subgraph_indices);
  uint32_t branch_subgraph_indices_count;
  uint32_t branch_subgraph_indices_reserved;
} baton_stablehlo_case_attributes;
#define BATON_STABLEHLO_CASE_ATTRIBUTES_INIT \
  {sizeof(baton_stablehlo_case_attributes), 0, BATON_ATTRIBUTE_NULL, 0, 0}

/* clang-format on */

#if defined(__cplusplus)
#define BATON_ATTRIBUTE_SIZE(name, size) static_assert(sizeof(name) == (size), "layout of " #name)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define BATON_ATTRIBUTE_SIZE(name, size) _Static_assert(sizeof(name) == (size), "layout of " #name)
#else
#define BATON_ATTRIBUTE_SIZE(name, size) \
  typedef char name##_has_size[sizeof(name) == (size) ? 1 : -1]
#endif

BATON_ATTRIBUTE_SIZE(baton_conv_2d_attributes, 32);
BATON_ATTRIBUTE_SIZE(baton_depthwise_conv_2d_attributes, 32);
BATON_ATTRIBUTE_SIZE(baton_concat_embeddings_attributes, 40);
BATON_ATTRIBUTE_SIZE(baton_lsh_projection_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_pool_2d_attributes, 28);
BATON_ATTRIBUTE_SIZE(baton_svdf_attributes, 16);
BATON_ATTRIBUTE_SIZE(baton_rnn_attributes, 12);
BATON_ATTRIBUTE_SIZE(baton_fully_connected_attributes, 24);
BATON_ATTRIBUTE_SIZE(baton_softmax_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_concatenation_attributes, 12);
BATON_ATTRIBUTE_SIZE(baton_add_attributes, 12);
BATON_ATTRIBUTE_SIZE(baton_l2_norm_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_local_response_normalization_attributes, 20);
BATON_ATTRIBUTE_SIZE(baton_lstm_attributes, 24);
BATON_ATTRIBUTE_SIZE(baton_resize_bilinear_attributes, 12);
BATON_ATTRIBUTE_SIZE(baton_call_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_reshape_attributes, 24);
BATON_ATTRIBUTE_SIZE(baton_skip_gram_attributes, 16);
BATON_ATTRIBUTE_SIZE(baton_space_to_depth_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_embedding_lookup_sparse_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_mul_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_pad_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_gather_attributes, 12);
BATON_ATTRIBUTE_SIZE(baton_batch_to_space_nd_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_space_to_batch_nd_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_transpose_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_reducer_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_sub_attributes, 12);
BATON_ATTRIBUTE_SIZE(baton_div_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_squeeze_attributes, 24);
BATON_ATTRIBUTE_SIZE(baton_sequence_rnn_attributes, 16);
BATON_ATTRIBUTE_SIZE(baton_strided_slice_attributes, 28);
BATON_ATTRIBUTE_SIZE(baton_exp_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_top_k_v2_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_split_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_log_softmax_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_cast_attributes, 12);
BATON_ATTRIBUTE_SIZE(baton_dequantize_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_maximum_minimum_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_arg_max_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_less_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_neg_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_pad_v2_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_greater_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_greater_equal_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_less_equal_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_select_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_slice_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_transpose_conv_attributes, 24);
BATON_ATTRIBUTE_SIZE(baton_sparse_to_dense_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_tile_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_expand_dims_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_equal_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_not_equal_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_shape_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_pow_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_arg_min_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_fake_quant_attributes, 20);
BATON_ATTRIBUTE_SIZE(baton_pack_attributes, 12);
BATON_ATTRIBUTE_SIZE(baton_logical_or_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_one_hot_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_logical_and_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_logical_not_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_unpack_attributes, 12);
BATON_ATTRIBUTE_SIZE(baton_floor_div_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_square_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_zeros_like_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_fill_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_bidirectional_sequence_lstm_attributes, 28);
BATON_ATTRIBUTE_SIZE(baton_bidirectional_sequence_rnn_attributes, 20);
BATON_ATTRIBUTE_SIZE(baton_unidirectional_sequence_lstm_attributes, 28);
BATON_ATTRIBUTE_SIZE(baton_floor_mod_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_range_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_resize_nearest_neighbor_attributes, 12);
BATON_ATTRIBUTE_SIZE(baton_leaky_relu_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_squared_difference_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_mirror_pad_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_abs_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_split_v_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_unique_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_reverse_v2_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_add_n_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_gather_nd_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_cos_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_where_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_rank_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_reverse_sequence_attributes, 12);
BATON_ATTRIBUTE_SIZE(baton_matrix_diag_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_quantize_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_matrix_set_diag_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_hard_swish_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_if_attributes, 12);
BATON_ATTRIBUTE_SIZE(baton_while_attributes, 12);
BATON_ATTRIBUTE_SIZE(baton_depth_to_space_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_non_max_suppression_v4_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_non_max_suppression_v5_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_scatter_nd_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_select_v2_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_densify_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_segment_sum_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_batch_mat_mul_attributes, 16);
BATON_ATTRIBUTE_SIZE(baton_cumsum_attributes, 12);
BATON_ATTRIBUTE_SIZE(baton_call_once_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_broadcast_to_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_rfft2d_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_conv_3d_attributes, 36);
BATON_ATTRIBUTE_SIZE(baton_hashtable_attributes, 16);
BATON_ATTRIBUTE_SIZE(baton_hashtable_find_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_hashtable_import_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_hashtable_size_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_var_handle_attributes, 24);
BATON_ATTRIBUTE_SIZE(baton_read_variable_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_assign_variable_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_random_attributes, 24);
BATON_ATTRIBUTE_SIZE(baton_bucketize_attributes, 24);
BATON_ATTRIBUTE_SIZE(baton_gelu_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_dynamic_update_slice_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_unsorted_segment_prod_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_unsorted_segment_max_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_unsorted_segment_min_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_unsorted_segment_sum_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_atan2_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_sign_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_bitcast_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_bitwise_xor_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_right_shift_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_stablehlo_concatenate_attributes, 16);
BATON_ATTRIBUTE_SIZE(baton_stablehlo_broadcast_in_dim_attributes, 24);
BATON_ATTRIBUTE_SIZE(baton_stablehlo_slice_attributes, 56);
BATON_ATTRIBUTE_SIZE(baton_stablehlo_convolution_attributes, 216);
BATON_ATTRIBUTE_SIZE(baton_stablehlo_custom_call_attributes, 72);
BATON_ATTRIBUTE_SIZE(baton_stablehlo_reduce_attributes, 32);
BATON_ATTRIBUTE_SIZE(baton_stablehlo_scatter_attributes, 80);
BATON_ATTRIBUTE_SIZE(baton_stablehlo_compare_attributes, 12);
BATON_ATTRIBUTE_SIZE(baton_stablehlo_dynamic_slice_attributes, 24);
BATON_ATTRIBUTE_SIZE(baton_stablehlo_pad_attributes, 56);
BATON_ATTRIBUTE_SIZE(baton_stablehlo_iota_attributes, 16);
BATON_ATTRIBUTE_SIZE(baton_stablehlo_dot_general_attributes, 88);
BATON_ATTRIBUTE_SIZE(baton_stablehlo_reduce_window_attributes, 96);
BATON_ATTRIBUTE_SIZE(baton_stablehlo_sort_attributes, 32);
BATON_ATTRIBUTE_SIZE(baton_stablehlo_while_attributes, 12);
BATON_ATTRIBUTE_SIZE(baton_stablehlo_gather_attributes, 88);
BATON_ATTRIBUTE_SIZE(baton_stablehlo_transpose_attributes, 24);
BATON_ATTRIBUTE_SIZE(baton_dilate_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_stablehlo_rng_bit_generator_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_reduce_window_attributes, 8);
BATON_ATTRIBUTE_SIZE(baton_stablehlo_composite_attributes, 56);
BATON_ATTRIBUTE_SIZE(baton_stablehlo_shift_left_attributes, 4);
BATON_ATTRIBUTE_SIZE(baton_stablehlo_case_attributes, 24);

#undef BATON_ATTRIBUTE_SIZE

#ifdef __cplusplus
}
#endif

#endif /* BATON_ATTRIBUTES_H_ */
