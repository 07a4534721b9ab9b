#include "tests/amx/tile_instructions.h"

#include <cstring>

namespace baton::kernels {
namespace {

int64_t displacement(const uint8_t* from, int mod) {
  if (mod == 1) return static_cast<int8_t>(*from);
  int32_t value = 0;
  if (mod == 2) std::memcpy(&value, from, sizeof(value));
  return value;
}

std::byte* memory_at(uintptr_t address) { return reinterpret_cast<std::byte*>(address); }

constexpr int kNone = 0, k66 = 1, kF3 = 2, kF2 = 3;

// TDP*: modrm names the sums and the rows, the prefix the weights.
struct Product {
  uint8_t opcode, prefix;
  Dot dot;
};
constexpr Product kProducts[] = {
    {0x5e, kF2, Dot::kSignedBytes},
    {0x5e, k66, Dot::kUnsignedBytes},
    {0x5c, kF3, Dot::kBfloat16},
};

}  // namespace

bool decode(const uint8_t* code, const greg_t* values, TileInstruction* instruction) {
  constexpr int kOrder[] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                            REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
  const size_t r = code[1] & 0x80 ? 0 : 8, x = code[1] & 0x40 ? 0 : 8, b = code[1] & 0x20 ? 0 : 8;
  // A VEX prefix of map 0F38, 128 bits, W0.
  if (code[0] != 0xc4 || (code[1] & 31) != 2 || (code[2] & 0x84) != 0) return false;
  TileInstruction& it = *instruction;
  it = {};
  it.prefix = code[2] & 3;
  it.opcode = code[3];
  it.modrm = code[4];
  it.reg = (it.modrm >> 3 & 7) + r;
  it.rm = (it.modrm & 7) + b;
  it.vvvv = static_cast<size_t>(~code[2] >> 3 & 15);
  it.length = 5;
  if (!it.in_memory()) return true;
  const int mod = it.modrm >> 6;
  size_t base = it.rm;
  if ((it.modrm & 7) == 4) {  // SIB
    const size_t index = (code[5] >> 3 & 7) + x;
    base = (code[5] & 7) + b;
    if (index != 4) it.stride = values[kOrder[index]] << (code[5] >> 6);
    it.length = 6;
  }
  if (mod == 0 && (base & 7) == 5) return false;  // no base register
  it.address = static_cast<uintptr_t>(values[kOrder[base]] + displacement(code + it.length, mod));
  it.length += mod == 1 ? 1 : mod == 2 ? 4 : 0;
  return true;
}

bool carry_out(const TileInstruction& it, TileModel* tiles) {
  const auto is = [&](uint8_t opcode, uint8_t prefix, bool in_memory) {
    return it.opcode == opcode && it.prefix == prefix && it.in_memory() == in_memory && it.reg < 8;
  };
  if (is(0x49, kNone, true) && it.reg == 0) {
    TileConfig config;
    // An address like any other's, index and all.
    std::memcpy(&config, memory_at(it.address + static_cast<uintptr_t>(it.stride)), sizeof(config));
    tiles->configure(config);
    return true;
  }
  if (is(0x49, kNone, false) && it.modrm == 0xc0) {
    tiles->release();
    return true;
  }
  if (is(0x4b, kF2, true)) {
    tiles->load(it.reg, memory_at(it.address), it.stride);
    return true;
  }
  if (is(0x4b, kF3, true)) {
    tiles->store(it.reg, memory_at(it.address), it.stride);
    return true;
  }
  for (const Product& product : kProducts) {
    if (!is(product.opcode, product.prefix, false) || it.rm >= 8 || it.vvvv >= 8) continue;
    tiles->dot(product.dot, it.reg, it.rm, it.vvvv);
    return true;
  }
  return false;
}

}  // namespace baton::kernels
