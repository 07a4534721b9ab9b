// What the products of conv_step.h are made of.
#pragma once

#include <cstdint>
#include <optional>

#include "delegates/cpu/hybrid.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/requantization.h"
#include "delegates/kernels/gemm.h"
#include "delegates/kernels/int8_gemm.h"

namespace baton::cpu {

// float32, or with operands rounded to bfloat16.
class FloatArithmetic {
 public:
  using Element = float;
  using Result = float;
  using Gemm = kernels::F32Gemm;
  using Tile = kernels::F32GemmTile;
  using Weights = kernels::F32GemmWeights;

  // `activation`: the node's own; a residual's comes from `residual`.
  FloatArithmetic(const Compiler& compiler, int32_t activation,
                  const std::optional<Residual>& residual);

  static constexpr bool kQuantizes = false;
  const Gemm* gemm = nullptr;
  double products_per_ns = 40;
  float outside = 0;

  FloatArithmetic with_repeated_channels(int32_t) const { return *this; }
  void describe(Weights* weights, const void* filter, const void* bias, int64_t first_channel,
                int64_t first_weight) const;
  void describe(Tile* tile) const;

 private:
  float low_ = 0, high_ = 0, low2_ = 0, high2_ = 0;
};

// int8 or uint8 input, filter and output.
class Int8Arithmetic {
 public:
  using Element = uint8_t;  // of either sign
  using Result = uint8_t;
  using Gemm = kernels::Int8Gemm;
  using Tile = kernels::Int8GemmTile;
  using Weights = kernels::Int8GemmWeights;

  // `filter_zero`: of the weights, 0 where the reference does not use it.
  Int8Arithmetic(const Compiler& compiler, const NodeView& node, int32_t filter_zero,
                 kernels::Requantize requantize, Requantization requantization);

  static constexpr bool kQuantizes = false;
  const Gemm* gemm = nullptr;
  double products_per_ns = 100;
  uint8_t outside = 0;

  // For a filter that has all output channels several times.
  Int8Arithmetic with_repeated_channels(int32_t times) const;
  void describe(Weights* weights, const void* filter, const void* bias, int64_t first_channel,
                int64_t first_weight) const;
  void describe(Tile* tile) const;

 private:
  bool unsigned_input_ = false, unsigned_weights_ = false, unsigned_output_ = false;
  int32_t input_zero_ = 0, filter_zero_ = 0;
  kernels::Requantize requantize_;
  Requantization requantization_;
  std::optional<kernels::Int8Residual> add_;
};

// float32 input and output, int8 filter: each image of the input is quantised in each run.
class HybridArithmetic {
 public:
  using Element = int8_t;
  using Result = float;
  using Gemm = kernels::Int8Gemm;
  using Tile = kernels::Int8GemmTile;
  using Weights = kernels::Int8GemmWeights;

  HybridArithmetic(const Compiler& compiler, const Operand& filter, int32_t activation,
                   bool asymmetric);

  static constexpr bool kQuantizes = true;
  const Gemm* gemm = nullptr;
  kernels::HybridFunction quantize = nullptr;
  bool asymmetric = false;
  double products_per_ns = 100;
  int8_t outside = 0;  // of symmetric images

  HybridArithmetic with_repeated_channels(int32_t times) const;
  void describe(Weights* weights, const void* filter, const void* bias, int64_t first_channel,
                int64_t first_weight) const;
  void describe(Tile* tile) const;

 private:
  std::vector<double> scales_;
  float low_ = 0, high_ = 0;
};

}  // namespace baton::cpu
