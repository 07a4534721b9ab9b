#if defined(__x86_64__)

#include <immintrin.h>

#include "benchmarks/machine/peak_loop.h"
#include "benchmarks/machine/peaks.h"

namespace baton::benchmarks {
namespace {

#define MULTIPLY_ADD_128(sum, a, b) _mm_add_ps(sum, _mm_mul_ps(a, b))
BATON_PEAK_LOOP(float_sse4, "sse4.1", __m128, __m128, 12, "x", MULTIPLY_ADD_128)

#define MULTIPLY_ADD_256(sum, a, b) _mm256_fmadd_ps(a, b, sum)
BATON_PEAK_LOOP(float_avx2, "avx2,fma", __m256, __m256, 12, "x", MULTIPLY_ADD_256)

#define MULTIPLY_ADD_512(sum, a, b) _mm512_fmadd_ps(a, b, sum)
BATON_PEAK_LOOP(float_avx512, "avx512f", __m512, __m512, 12, "x", MULTIPLY_ADD_512)

// Pairs of bytes to 16 bits, pairs of those to 32. Additions of integers take one cycle: four sums
// are enough.
#define BYTES_128(sum, a, b) \
  _mm_add_epi32(sum, _mm_madd_epi16(_mm_maddubs_epi16(a, b), _mm_set1_epi16(1)))
BATON_PEAK_LOOP(bytes_sse4, "sse4.1", __m128i, __m128i, 4, "x", BYTES_128)

#define BYTES_256(sum, a, b) \
  _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_maddubs_epi16(a, b), _mm256_set1_epi16(1)))
BATON_PEAK_LOOP(bytes_avx2, "avx2", __m256i, __m256i, 4, "x", BYTES_256)

#define BYTES_512(sum, a, b) \
  _mm512_add_epi32(sum, _mm512_madd_epi16(_mm512_maddubs_epi16(a, b), _mm512_set1_epi16(1)))
BATON_PEAK_LOOP(bytes_avx512, "avx512bw", __m512i, __m512i, 4, "x", BYTES_512)

#define DOT_AVX_VNNI(sum, a, b) _mm256_dpbusd_avx_epi32(sum, a, b)
BATON_PEAK_LOOP(bytes_avx_vnni, "avx2,avxvnni", __m256i, __m256i, 12, "x", DOT_AVX_VNNI)

#define DOT_VNNI(sum, a, b) _mm512_dpbusd_epi32(sum, a, b)
BATON_PEAK_LOOP(bytes_vnni, "avx512f,avx512vnni", __m512i, __m512i, 12, "x", DOT_VNNI)

#define DOT_BF16(sum, a, b) _mm512_dpbf16_ps(sum, a, b)
BATON_PEAK_LOOP(bfloat16_avx512, "avx512f,avx512bf16", __m512bh, __m512, 12, "x", DOT_BF16)

// ---- AMX: four sums of 16 x 16 from two tiles of a and one of b, 64 bytes deep ------------------

struct alignas(64) TileConfig {
  uint8_t palette = 1;
  uint8_t start_row = 0;
  uint8_t reserved[14] = {};
  uint16_t row_bytes[16] = {};
  uint8_t rows[16] = {};
};

constexpr size_t kTileBytes = 16 * 64;

TileConfig full_tiles() {
  TileConfig config;
  for (int tile = 0; tile < 8; ++tile) {
    config.row_bytes[tile] = 64;
    config.rows[tile] = 16;
  }
  return config;
}

// Intrinsics of tiles take literal numbers: the loop is written out.
#define BATON_TILE_LOOP(name, isa, STEP)                                           \
  __attribute__((target(isa))) void name(const void* a, const void* b, void* sums, \
                                         uint64_t iterations) {                    \
    const TileConfig config = full_tiles();                                        \
    _tile_loadconfig(&config);                                                     \
    _tile_loadd(4, a, 64);                                                         \
    _tile_loadd(5, static_cast<const char*>(a) + kTileBytes, 64);                  \
    _tile_loadd(6, b, 64);                                                         \
    _tile_zero(0);                                                                 \
    _tile_zero(1);                                                                 \
    _tile_zero(2);                                                                 \
    _tile_zero(3);                                                                 \
    for (uint64_t i = 0; i < iterations; ++i) {                                    \
      STEP(0, 4, 6);                                                               \
      STEP(1, 5, 6);                                                               \
      STEP(2, 4, 6);                                                               \
      STEP(3, 5, 6);                                                               \
    }                                                                              \
    _tile_stored(0, sums, 64);                                                     \
    _tile_stored(1, static_cast<char*>(sums) + kTileBytes, 64);                    \
    _tile_stored(2, static_cast<char*>(sums) + 2 * kTileBytes, 64);                \
    _tile_stored(3, static_cast<char*>(sums) + 3 * kTileBytes, 64);                \
    _tile_release();                                                               \
  }
BATON_TILE_LOOP(bytes_amx, "amx-tile,amx-int8", _tile_dpbusd)
BATON_TILE_LOOP(bfloat16_amx, "amx-tile,amx-bf16", _tile_dpbf16ps)

using enum Precision;
using enum SumLayout;

constexpr PeakKernel kPeaks[] = {
    {kFloat32, "sse4.1", kLanes, 12, 1, 4, 1, float_sse4},
    {kFloat32, "avx2+fma", kLanes, 12, 1, 8, 1, float_avx2},
    {kFloat32, "avx512f", kLanes, 12, 1, 16, 1, float_avx512},
    {kInt8, "sse4.1", kLanes, 4, 1, 4, 4, bytes_sse4},
    {kInt8, "avx2", kLanes, 4, 1, 8, 4, bytes_avx2},
    {kInt8, "avx512bw", kLanes, 4, 1, 16, 4, bytes_avx512},
    {kInt8, "avx_vnni", kLanes, 12, 1, 8, 4, bytes_avx_vnni},
    {kInt8, "avx512_vnni", kLanes, 12, 1, 16, 4, bytes_vnni},
    {kInt8, "amx_int8", kTile, 4, 16, 16, 64, bytes_amx},
    {kBfloat16, "avx512_bf16", kLanes, 12, 1, 16, 2, bfloat16_avx512},
    {kBfloat16, "amx_bf16", kTile, 4, 16, 16, 32, bfloat16_amx},
};

// ---- Reading ------------------------------------------------------------------------------------

// Eight sums, so that additions are not what limits. Each pass reads anew: the empty assembly may
// have changed the memory, for all that the compiler knows.
#define BATON_READ_LOOP(name, isa, Vector, LOAD, XOR)                             \
  __attribute__((target(isa))) uint64_t name(const std::byte* data, size_t bytes, \
                                             uint64_t passes) {                   \
    Vector sum[8] = {};                                                           \
    for (uint64_t pass = 0; pass < passes; ++pass) {                              \
      __asm__ volatile("" : : : "memory");                                        \
      for (size_t i = 0; i < bytes; i += sizeof(sum)) {                           \
        for (size_t s = 0; s < 8; ++s) {                                          \
          const std::byte* at = data + i + s * sizeof(Vector);                    \
          sum[s] = XOR(sum[s], LOAD(reinterpret_cast<const Vector*>(at)));        \
        }                                                                         \
      }                                                                           \
    }                                                                             \
    uint64_t words[sizeof(sum) / 8];                                              \
    std::memcpy(words, sum, sizeof(sum));                                         \
    uint64_t result = 0;                                                          \
    for (const uint64_t word : words) result ^= word;                             \
    return result;                                                                \
  }
BATON_READ_LOOP(read_sse2, "sse2", __m128i, _mm_loadu_si128, _mm_xor_si128)
BATON_READ_LOOP(read_avx2, "avx2", __m256i, _mm256_loadu_si256, _mm256_xor_si256)
BATON_READ_LOOP(read_avx512, "avx512f", __m512i, _mm512_loadu_si512, _mm512_xor_si512)

constexpr ReadKernel kReads[] = {{"", read_sse2}, {"avx2", read_avx2}, {"avx512f", read_avx512}};

}  // namespace

std::span<const PeakKernel> peak_kernels() { return kPeaks; }
std::span<const ReadKernel> read_kernels() { return kReads; }

}  // namespace baton::benchmarks

#endif
