#include "delegates/cpu/types.h"

namespace baton::cpu {

const char* kernel_type(baton_dtype dtype) {
  switch (dtype) {
    case BATON_FLOAT32:
      return "f32";
    case BATON_INT8:
      return "s8";
    case BATON_UINT8:
    case BATON_BOOL:
      return "u8";
    case BATON_INT16:
      return "s16";
    case BATON_INT32:
      return "s32";
    case BATON_INT64:
      return "s64";
    default:
      return "";
  }
}

}  // namespace baton::cpu
