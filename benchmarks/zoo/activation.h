// What comes behind a layer: fused where the format can, else an operator of its own.
#pragma once

namespace baton::zoo {

enum class Activation { kNone, kRelu, kRelu6, kHardSwish, kGelu };

}  // namespace baton::zoo
