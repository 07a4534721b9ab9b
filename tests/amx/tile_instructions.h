// Instructions on tiles as the processor's handler of refused instructions sees them: decoded from
// their bytes, and carried out by the model.
#pragma once

#include <ucontext.h>

#include <cstddef>
#include <cstdint>

#include "tests/amx/tile_model.h"

namespace baton::kernels {

// Of the three-byte VEX prefix, the opcode, and what follows.
struct TileInstruction {
  uint8_t prefix, opcode, modrm;
  size_t reg, rm, vvvv;  // registers
  uintptr_t address;     // where modrm has one, without the index
  int64_t stride;        // the index
  int64_t length;

  bool in_memory() const { return modrm < 0xc0; }
};

// False where the bytes are no instruction on tiles in one of the forms that kernels use. `values`
// are those of the general registers.
bool decode(const uint8_t* code, const greg_t* values, TileInstruction* instruction);

// False where there is none of this opcode.
bool carry_out(const TileInstruction& instruction, TileModel* tiles);

}  // namespace baton::kernels
