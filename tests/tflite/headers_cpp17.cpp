#include <baton/attributes.h>
#include <baton/builtin_ops.h>

int32_t baton_test_headers_cpp17() {
  const baton_conv_2d_attributes conv = BATON_CONV_2D_ATTRIBUTES_INIT;
  const baton_reshape_attributes reshape = BATON_RESHAPE_ATTRIBUTES_INIT;
  const baton_stablehlo_convolution_attributes wide = BATON_STABLEHLO_CONVOLUTION_ATTRIBUTES_INIT;
  const baton_reshape_attributes* pointer = &reshape;
  return conv.dilation_h_factor + BATON_OP_CONV_2D + (wide.padding == 0) +
         BATON_ATTRIBUTE_HAS(baton_reshape_attributes, pointer, new_shape_count);
}
