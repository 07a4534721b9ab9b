// out[i] = table[in[i]] of bytes: 8-bit operators of one input.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/elementwise/byte_table.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "delegates/kernels/elementwise.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

using Bytes = hn::ScalableTag<uint8_t>;

#if HWY_TARGET == HWY_SCALAR
struct Lookup {
  using V = hn::Vec<Bytes>;
  explicit Lookup(const uint8_t* entries) : table(entries) {}
  V operator()(V x) const { return hn::Set(Bytes(), table[hn::GetLane(x)]); }
  const uint8_t* table;
};
#elif HWY_ARCH_ARM
// Four tables of 64 bytes; an index past the end of one leaves what there was.
struct Lookup {
  using V = hn::Vec<Bytes>;
  explicit Lookup(const uint8_t* entries) {
    for (int i = 0; i < 4; ++i) tables[i] = vld1q_u8_x4(entries + 64 * i);
  }
  V operator()(V x) const {
    const uint8x16_t step = vdupq_n_u8(64);
    uint8x16_t index = x.raw;
    uint8x16_t y = vqtbl4q_u8(tables[0], index);
    for (int i = 1; i < 4; ++i) {
      index = vsubq_u8(index, step);
      y = vqtbx4q_u8(y, tables[i], index);
    }
    return V(y);
  }
  uint8x16x4_t tables[4];
};
#else
// A shuffle looks up 16 bytes by an index's low bits, and gives 0 for a negative index. Index - 16
// i is not negative for i = 0 up to the index's own table, so that tables which hold the difference
// (by exclusive or) to the one before add up to that one. Indices with the highest bit go through
// a second chain of tables.
struct Lookup {
  using V = hn::Vec<Bytes>;
  explicit Lookup(const uint8_t* entries) {
    const Bytes d;
    for (size_t i = 0; i < 16; ++i) {
      tables[i] = hn::LoadDup128(d, entries + 16 * i);
      if (i % 8 != 0) tables[i] = hn::Xor(tables[i], hn::LoadDup128(d, entries + 16 * (i - 1)));
    }
  }
  HWY_INLINE V operator()(V x) const {
    const hn::RebindToSigned<Bytes> di;
    const auto step = hn::Set(di, 16);
    auto low = hn::BitCast(di, x);
    auto high = hn::Xor(low, hn::Set(di, -128));
    V y = hn::Xor(shuffle(0, low), shuffle(8, high));
    for (size_t i = 1; i < 8; ++i) {
      low = hn::SaturatedSub(low, step);
      high = hn::SaturatedSub(high, step);
      y = hn::Xor(y, hn::Xor(shuffle(i, low), shuffle(8 + i, high)));
    }
    return y;
  }
  HWY_INLINE V shuffle(size_t i, hn::Vec<hn::RebindToSigned<Bytes>> index) const {
    return hn::TableLookupBytesOr0(tables[i], hn::BitCast(Bytes(), index));
  }
  V tables[16];
};
#endif

void look_up(const ByteTableArgs& args) {
  const Bytes d;
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  if (args.count >= lanes) {
    const Lookup lookup(args.table);
    for (; i + lanes <= args.count; i += lanes) {
      hn::StoreU(lookup(hn::LoadU(d, args.in + i)), d, args.out + i);
    }
  }
  for (; i < args.count; ++i) args.out[i] = args.table[args.in[i]];
}

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  rows->push_back({"lut", "u8", isa, "", &look_up});
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(byte_table_rows)
}
#endif
