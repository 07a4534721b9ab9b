#pragma once

#include <array>
#include <string_view>

#include "image.h"
#include "random.h"

namespace shapes {

// The classes, in the order of the network's outputs.
inline constexpr std::array<std::string_view, 10> kLabels = {
    "circle", "square", "triangle", "star",  "heart",
    "cross",  "ring",   "crescent", "arrow", "pentagon"};
inline constexpr int kClasses = static_cast<int>(kLabels.size());

// A square picture of one shape: random colours, place, size and rotation, on a background of a
// gradient, soft spots and noise.
Image draw_picture(int label, int side, Random& random);

}  // namespace shapes
