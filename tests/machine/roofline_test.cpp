#include "benchmarks/machine/roofline.h"

#include <gtest/gtest.h>

namespace baton::benchmarks {
namespace {

Ceilings four_threads() {
  Ceilings ceilings;
  ceilings.threads = 4;
  ceilings.compute = {{"float32", "sse4.1", {10, 40}},
                      {"float32", "avx2+fma", {20, 60}},
                      {"int8", "avx2", {100, 300}}};
  ceilings.caches = {{1, 1000, 1, {50, 200}}, {3, 8000, 4, {30, 100}}};
  ceilings.memory_read_bytes = {5, 8};
  ceilings.memory_copy_bytes = {6, 7};
  return ceilings;
}

TEST(Roofline, ThePeakIsThatOfTheBestKernel) {
  const Ceilings c = four_threads();
  EXPECT_EQ(peak_multiply_adds(c, Precision::kFloat32, 1), 20);
  EXPECT_EQ(peak_multiply_adds(c, Precision::kFloat32, 2), 40);
  EXPECT_EQ(peak_multiply_adds(c, Precision::kFloat32, 3), 60);
  EXPECT_EQ(peak_multiply_adds(c, Precision::kFloat32, 4), 60);
  EXPECT_EQ(peak_multiply_adds(c, Precision::kFloat32, 9), 60);
  EXPECT_EQ(peak_multiply_adds(c, Precision::kFloat32, 0), 20);
  EXPECT_EQ(peak_multiply_adds(c, Precision::kInt8, 1), 100);
  EXPECT_EQ(peak_multiply_adds(c, Precision::kInt16, 1), 100);
  EXPECT_EQ(peak_multiply_adds(c, Precision::kBfloat16, 1), 20);
}

TEST(Roofline, AHybridNodeMayMultiplyBytes) {
  NodeCost cost;
  EXPECT_EQ(peak_multiply_adds(four_threads(), cost, 1), 20);
  cost.hybrid = true;
  EXPECT_EQ(peak_multiply_adds(four_threads(), cost, 1), 100);
}

TEST(Roofline, BytesComeFromTheSmallestCacheThatHoldsThem) {
  const Ceilings c = four_threads();
  EXPECT_EQ(peak_bytes(c, 1000, 1), 50);
  EXPECT_EQ(peak_bytes(c, 1001, 1), 30);
  EXPECT_EQ(peak_bytes(c, 4000, 4), 200);  // four first caches
  EXPECT_EQ(peak_bytes(c, 4004, 4), 100);
  EXPECT_EQ(peak_bytes(c, 8001, 1), 6);
  EXPECT_EQ(peak_bytes(c, 8001, 4), 8);
}

TEST(Roofline, TheLongerOfMultiplyingAndMoving) {
  const Ceilings c = four_threads();
  NodeCost cost;
  cost.multiply_adds = 100;
  cost.bytes_read = 150;
  cost.bytes_written = 50;
  EXPECT_DOUBLE_EQ(ceiling_seconds(cost, c, 1), 5.0);
  cost.bytes_read = 400;
  EXPECT_DOUBLE_EQ(ceiling_seconds(cost, c, 1), 9.0);
  cost.precision = Precision::kInt8;
  cost.multiply_adds = 2000;
  EXPECT_DOUBLE_EQ(ceiling_seconds(cost, c, 1), 20.0);
  EXPECT_EQ(ceiling_seconds(cost, Ceilings{}, 1), 0.0);
}

}  // namespace
}  // namespace baton::benchmarks
