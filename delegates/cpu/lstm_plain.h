// The gates of LSTM cells with the reference kernels' bits: for hybrid cells, whose next step
// quantises what comes out, so that a last bit can become a whole step of 8 bits.
#pragma once

#include "delegates/kernels/lstm.h"

namespace baton::cpu {

extern const kernels::F32Lstm kPlainLstm;

}  // namespace baton::cpu
