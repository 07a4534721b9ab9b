#ifndef __clang_analyzer__  // What it finds inside is not ours to mend.
#define STB_IMAGE_IMPLEMENTATION
#endif
#define STBI_ONLY_PNG
#include <stb/stb_image.h>
