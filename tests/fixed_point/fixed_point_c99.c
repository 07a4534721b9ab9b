/* The header in C99: compiled with -std=c99 -pedantic, called from the C++ test. */
#include "baton/fixed_point.h"

int32_t fixed_point_c99_probe(int32_t x, double real) {
  int32_t significand, shift;
  uint8_t table[256];
  baton_quantize_multiplier(real, &significand, &shift);
  baton_lut8_fill_uint8(table, 0.05f, 128, 1.0f / 256, 0, baton_transform_logistic, NULL);
  return baton_multiply_by_quantized_multiplier(x, significand, shift) + table[128];
}
