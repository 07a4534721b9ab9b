// The table's kernels for AMX, as they are compiled, on processors without: instructions on tiles,
// which these refuse, are decoded from their bytes and carried out by the model. Processors with
// AMX run these kernels in the tests of their families.
#include <gtest/gtest.h>
#include <signal.h>
#include <ucontext.h>

#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "delegates/kernels/amx/bf16_gemm.h"
#include "delegates/kernels/kernel.h"
#include "tests/kernels/amx_model_tiles.h"
#include "tests/kernels/guarded.h"
#include "tests/kernels/int8_gemm_harness.h"

namespace baton::kernels {
namespace {

ModelTiles tiles;
int carried_out = 0;

// Of the three-byte VEX prefix, the opcode, and what follows.
struct Instruction {
  uint8_t prefix, opcode, modrm;
  size_t reg, rm, vvvv;  // registers
  std::byte* address;    // where modrm has one, without the index
  int64_t stride;        // the index
  int64_t length;
};

int64_t displacement(const uint8_t* from, int mod) {
  if (mod == 1) return static_cast<int8_t>(*from);
  int32_t value = 0;
  if (mod == 2) std::memcpy(&value, from, sizeof(value));
  return value;
}

Instruction decode(const uint8_t* code, const greg_t* values) {
  constexpr int kOrder[] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                            REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
  const size_t r = code[1] & 0x80 ? 0 : 8, x = code[1] & 0x40 ? 0 : 8, b = code[1] & 0x20 ? 0 : 8;
  // A VEX prefix of map 0F38, 128 bits, W0.
  if (code[0] != 0xc4 || (code[1] & 31) != 2 || (code[2] & 0x84) != 0) std::abort();
  Instruction it = {};
  it.prefix = code[2] & 3;
  it.opcode = code[3];
  it.modrm = code[4];
  it.reg = (it.modrm >> 3 & 7) + r;
  it.rm = (it.modrm & 7) + b;
  it.vvvv = static_cast<size_t>(~code[2] >> 3 & 15);
  it.length = 5;
  const int mod = it.modrm >> 6;
  if (mod == 3) return it;
  size_t base = it.rm;
  if ((it.modrm & 7) == 4) {  // SIB
    const size_t index = (code[5] >> 3 & 7) + x;
    base = (code[5] & 7) + b;
    if (index != 4) it.stride = values[kOrder[index]] << (code[5] >> 6);
    it.length = 6;
  }
  if (mod == 0 && (base & 7) == 5) std::abort();  // no base register: nothing here has this form
  it.address =
      reinterpret_cast<std::byte*>(values[kOrder[base]]) + displacement(code + it.length, mod);
  it.length += mod == 1 ? 1 : mod == 2 ? 4 : 0;
  return it;
}

template <size_t... kTile>
void load(const Instruction& it, std::index_sequence<kTile...>) {
  ((it.reg == kTile ? tiles.load<kTile>(it.address, it.stride) : void()), ...);
}
template <size_t... kTile>
void store(const Instruction& it, std::index_sequence<kTile...>) {
  ((it.reg == kTile ? tiles.store<kTile>(it.address, it.stride) : void()), ...);
}

// Sums 0 to 3 of rows 4 and 5 and weights 6 and 7: kOf counts them.
template <Dot kDot, size_t... kOf>
void dot(const Instruction& it, std::index_sequence<kOf...>) {
  bool found = false;
  const auto at = [&](size_t sums, size_t a, size_t b) {
    return it.reg == sums && it.rm == a && it.vvvv == b && (found = true);
  };
  ((at(kOf % 4, 4 + kOf / 4 % 2, 6 + kOf / 8)
        ? tiles.dot<kDot, kOf % 4, 4 + kOf / 4 % 2, 6 + kOf / 8>()
        : void()),
   ...);
  EXPECT_TRUE(found) << "a product of registers that kernels do not have for it";
}

void carry_out(const Instruction& it) {
  constexpr int kNone = 0, k66 = 1, kF3 = 2, kF2 = 3;
  constexpr auto kTiles = std::make_index_sequence<8>();
  constexpr auto kProducts = std::make_index_sequence<16>();
  const int form = it.opcode << 2 | it.prefix;
  const bool in_memory = it.modrm < 0xc0;
  if (form == (0x49 << 2 | kNone) && in_memory && it.reg == 0) {
    TileConfig config;
    std::memcpy(&config, it.address, sizeof(config));
    for (const uint8_t byte : config.reserved) EXPECT_EQ(byte, 0);
    for (size_t tile = 8; tile < 16; ++tile) {
      EXPECT_EQ(config.row_bytes[tile], 0);
      EXPECT_EQ(config.rows[tile], 0);
    }
    tiles.configure(config);
  } else if (form == (0x49 << 2 | kNone) && it.modrm == 0xc0) {
    tiles.release();
  } else if (form == (0x4b << 2 | kF2) && in_memory && it.reg < 8) {
    load(it, kTiles);
  } else if (form == (0x4b << 2 | kF3) && in_memory && it.reg < 8) {
    store(it, kTiles);
  } else if (form == (0x5e << 2 | kF2) && !in_memory) {
    dot<Dot::kSignedBytes>(it, kProducts);
  } else if (form == (0x5e << 2 | k66) && !in_memory) {
    dot<Dot::kUnsignedBytes>(it, kProducts);
  } else if (form == (0x5c << 2 | kF3) && !in_memory) {
    dot<Dot::kBfloat16>(it, kProducts);
  } else {
    std::abort();
  }
  ++carried_out;
}

void on_refusal(int, siginfo_t*, void* context) {
  greg_t* values = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  const Instruction it = decode(reinterpret_cast<const uint8_t*>(values[REG_RIP]), values);
  carry_out(it);
  values[REG_RIP] += it.length;
}

class AmxInstructions : public testing::Test {
 protected:
  void SetUp() override {
    if (!includes(best_level(), Isa::kAvx512Bf16) || includes(best_level(), Isa::kAmx)) {
      GTEST_SKIP() << "for machines with avx512bf16 and without amx: this one has "
                   << name_of(best_level());
    }
    struct sigaction action = {};
    action.sa_sigaction = &on_refusal;
    action.sa_flags = SA_SIGINFO;
    ASSERT_EQ(sigaction(SIGILL, &action, &before_), 0);
    installed_ = true;
    carried_out = 0;
  }
  void TearDown() override {
    if (installed_) sigaction(SIGILL, &before_, nullptr);
  }

 private:
  struct sigaction before_ = {};
  bool installed_ = false;
};

constexpr size_t kRows[] = {1, 16, 17, 32};
constexpr size_t kColumns[] = {5, 16, 17, 70};

TEST_F(AmxInstructions, BytesAreExact) {
  const auto* gemm = find<const Int8Gemm*>("gemm", "int8", Isa::kAmx);
  ASSERT_NE(gemm, nullptr);
  for (const size_t rows : kRows) {
    for (const size_t columns : kColumns) {
      for (const bool unsigned_input : {false, true}) {
        for (const size_t depth : {20, 64}) {  // gathered, and from where they are
          check(*gemm, {.rows = rows,
                        .columns = columns,
                        .taps = 2,
                        .depth = depth,
                        .unsigned_input = unsigned_input});
        }
      }
    }
  }
  EXPECT_GT(carried_out, 0);
}

std::vector<float> floats(size_t count) {
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i) values[i] = static_cast<float>(i * 37 % 101) / 64 - 0.75f;
  return with_slack(std::move(values), -1e30f);
}

std::vector<float> product(const F32Gemm& gemm, size_t rows, size_t columns, size_t depth) {
  const std::vector<float> a = floats(rows * depth), b = floats(columns * depth);
  const F32GemmWeights weights = {.data = b.data(),
                                  .column_stride = static_cast<int64_t>(depth),
                                  .bias = b.data(),
                                  .columns = columns,
                                  .depth = depth};
  const AlignedBytes packed(packed_bytes(gemm, columns, 1, depth));
  gemm.pack(weights, 0, (columns + gemm.columns - 1) / gemm.columns, packed.get());
  std::vector<const float*> pointers;
  for (size_t m = 0; m < rows; ++m) pointers.push_back(a.data() + m * depth);
  const AlignedBytes scratch(gemm.scratch_bytes(1, depth));
  std::vector<float> out(rows * columns);
  F32GemmTile tile;
  tile.a = pointers.data();
  tile.packed = packed.get();
  tile.depth = depth;
  tile.rows = rows;
  tile.columns = columns;
  tile.out = out.data();
  tile.out_stride = static_cast<int64_t>(columns);
  tile.low = -1e30f;
  tile.high = 1e30f;
  tile.scratch = scratch.get();
  gemm.run(tile);
  return out;
}

TEST_F(AmxInstructions, FloatsAreTheModels) {
  const auto* gemm = find<const F32Gemm*>("gemm", "bf16", Isa::kAmx);
  ASSERT_NE(gemm, nullptr);
  for (const size_t rows : kRows) {
    for (const size_t columns : kColumns) {
      EXPECT_EQ(product(*gemm, rows, columns, 70),
                product(kAmxBf16Gemm<ModelTiles>, rows, columns, 70))
          << rows << " x " << columns;
    }
  }
  EXPECT_GT(carried_out, 0);
}

}  // namespace
}  // namespace baton::kernels
