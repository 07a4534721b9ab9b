// The table's kernels for AMX, as they are compiled, on processors without: instructions on tiles,
// which these refuse, are decoded from their bytes and carried out by the model. Processors with
// AMX run these kernels in the tests of their families.
#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

#include "delegates/kernels/amx/bf16_gemm.h"
#include "delegates/kernels/kernel.h"
#include "tests/amx/tile_model.h"
#include "tests/amx/tile_trap.h"
#include "tests/kernels/guarded.h"
#include "tests/kernels/int8_gemm_harness.h"

namespace baton::kernels {
namespace {

class AmxInstructions : public testing::Test {
 protected:
  void SetUp() override {
    if (!includes(best_level(), Isa::kAvx512Bf16) || includes(best_level(), Isa::kAmx)) {
      GTEST_SKIP() << "for machines with avx512bf16 and without amx: this one has "
                   << name_of(best_level());
    }
    before_ = tile_instructions_carried_out();
    trap_.emplace();
  }
  void TearDown() override {
    if (trap_) {
      EXPECT_GT(tile_instructions_carried_out(), before_);
    }
  }

 private:
  std::optional<TileTrap> trap_;
  uint64_t before_ = 0;
};

constexpr size_t kRows[] = {1, 16, 17, 32};
constexpr size_t kColumns[] = {5, 16, 17, 70};

TEST_F(AmxInstructions, BytesAreExact) {
  const auto* gemm = find<const Int8Gemm*>("gemm", "int8", Isa::kAmx);
  ASSERT_NE(gemm, nullptr);
  for (const size_t rows : kRows) {
    for (const size_t columns : kColumns) {
      for (const bool unsigned_input : {false, true}) {
        // From where they are, but for several taps of a depth that is no whole step: gathered.
        for (const auto& [taps, depth] : {std::pair<size_t, size_t>{1, 20}, {2, 20}, {2, 64}}) {
          check(*gemm, {.rows = rows,
                        .columns = columns,
                        .taps = taps,
                        .depth = depth,
                        .unsigned_input = unsigned_input});
        }
      }
    }
  }
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
}

}  // namespace
}  // namespace baton::kernels
