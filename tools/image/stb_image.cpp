// The one place where stb_image is compiled: three formats, from memory only.
#define STB_IMAGE_IMPLEMENTATION
#include "tools/image/stb_image_options.h"
