// Models that wait for operators.
#pragma once

#include <set>
#include <string>

namespace baton::test {

// Models that need an operator which the core does not have yet. A listed model that passes fails
// the test: strike it out.
inline const std::set<std::string> kWaiting = {
    "audio/keyword_scrambled_16x8.tflite",
    "int16_golden/conv/conv0.tflite",
    "int16_golden/conv/conv10.tflite",
    "int16_golden/conv/conv12.tflite",
    "int16_golden/conv/conv14.tflite",
    "int16_golden/conv/conv16.tflite",
    "int16_golden/conv/conv18.tflite",
    "int16_golden/conv/conv2.tflite",
    "int16_golden/conv/conv20.tflite",
    "int16_golden/conv/conv4.tflite",
    "int16_golden/conv/conv6.tflite",
    "int16_golden/conv/conv8.tflite",
    "int16_golden/transpose_conv/transpose_conv0.tflite",
    "int16_golden/transpose_conv/transpose_conv2.tflite",
    "int16_golden/transpose_conv/transpose_conv4.tflite",
    "oneop/transposeconv-samepad-stride2.float32.tflite",
    "oneop/transposeconv-validpad-stride2.float32.tflite",
    "oneop/transposeconv-validpad.float32.tflite",
    "pose/movenet_single_pose_lightning_ptq.tflite",
    "segmentation/dilated_conv_dynamic.tflite",
    "small/js/delegate_compatibility_test.tflite",
    "small/js/fallback_model.tflite",
    "small/litert/group_norm_2_groups_op.tflite",
    "small/litert/l2_norm_composite.tflite",
    "small/litert/matmul_quant.tflite",
    "small/litert/simple_atan2_op.tflite",
    "small/litert/simple_ceil_op.tflite",
    "small/litert/simple_reduceall_op.tflite",
    "small/litert/simple_round_op.tflite",
    "small/litert/simple_scatter_nd_op.tflite",
    "small/litert/simple_topk_op_runtime_k.tflite",
    "small/litert/single_rsqrt_default_a16w8_recipe_quantized.tflite",
    "small/litert/single_rsqrt_default_a8w8_recipe_quantized.tflite",
    "small/litert/static_w8_a16_quantized_k_einsum.tflite",
    "small/litert/static_w8_a16_quantized_q_einsum.tflite",
    "small/litert/static_w8_a16_quantized_v_einsum.tflite",
    "small/quantize/gather_nd.bin",
    "small/quantize/mixed16x8.bin",
    "small/quantize/where.bin",
    "small/runtime/add_quantized.bin",
};

}  // namespace baton::test
