// REVERSE_V2, REVERSE_SEQUENCE, MATRIX_DIAG, MATRIX_SET_DIAG, DYNAMIC_UPDATE_SLICE, BITCAST, CUMSUM
// and BROADCAST_ARGS.
#include <cstring>

#include "tests/ops/op_cases.h"

namespace baton::test {
namespace {

using Ints = std::vector<int32_t>;

TEST(Reverse, EveryPairOfAxes) {
  const Dims dims{2, 3, 1, 4};
  const auto content = counting<int16_t>(count_of(dims));
  for (int32_t a = -4; a < 4; ++a) {
    for (int32_t b = 0; b <= 4; ++b) {  // 4: one axis only
      Ints axes{a};
      if (b < 4 && b != (a + 4) % 4) axes.push_back(b);
      OpHarness op(BATON_OP_REVERSE_V2);
      op.input(dims, content).input({static_cast<int32_t>(axes.size())}, axes).output(BATON_INT16);
      ASSERT_TRUE(op.threads(2).run()) << op.message();
      EXPECT_EQ(op.dims(), dims);
      std::vector<int16_t> expected;
      for (size_t i = 0; i < content.size(); ++i) {
        Ints at = coordinates(dims, i);
        for (const int32_t axis : axes) {
          const auto d = static_cast<size_t>((axis + 4) % 4);
          at[d] = dims[d] - 1 - at[d];
        }
        expected.push_back(content[flat(dims, at)]);
      }
      EXPECT_EQ(op.result<int16_t>(), expected) << text_of(axes);
    }
  }
}

TEST(Reverse, EmptyAndRefusals) {
  OpHarness empty(BATON_OP_REVERSE_V2);
  empty.input<float>({2, 0}, {}).input<int32_t>({1}, {1}).output(BATON_FLOAT32);
  EXPECT_TRUE(empty.run()) << empty.message();
  OpHarness none(BATON_OP_REVERSE_V2);
  none.input<float>({}, {5}).input<int32_t>({0}, {}).output(BATON_FLOAT32);
  ASSERT_TRUE(none.run()) << none.message();
  EXPECT_EQ(none.result<float>()[0], 5);
  for (const Ints& axes : {Ints{2}, Ints{-3}, Ints{1, -1}}) {
    OpHarness op(BATON_OP_REVERSE_V2);
    op.input<float>({1, 2}, {1, 2}).input({static_cast<int32_t>(axes.size())}, axes);
    op.output(BATON_FLOAT32);
    EXPECT_FALSE(op.run()) << text_of(axes);
  }
}

TEST(ReverseSequence, EveryPairOfDimensions) {
  const Dims dims{2, 3, 4};
  const auto content = counting<int32_t>(count_of(dims));
  for (int32_t sequence = 0; sequence < 3; ++sequence) {
    for (int32_t batch = 0; batch < 3; ++batch) {
      if (sequence == batch) continue;
      const auto s = static_cast<size_t>(sequence);
      const auto b = static_cast<size_t>(batch);
      std::vector<int64_t> lengths;
      for (int32_t i = 0; i < dims[b]; ++i) lengths.push_back((i * 2 + 1) % (dims[s] + 1));
      baton_reverse_sequence_attributes attributes = BATON_REVERSE_SEQUENCE_ATTRIBUTES_INIT;
      attributes.seq_dim = sequence;
      attributes.batch_dim = batch;
      OpHarness op(BATON_OP_REVERSE_SEQUENCE);
      op.input(dims, content).input({dims[b]}, lengths).output(BATON_INT32);
      op.attributes(attributes).threads(2);
      ASSERT_TRUE(op.run()) << op.message();
      std::vector<int32_t> expected;
      for (size_t i = 0; i < content.size(); ++i) {
        Ints at = coordinates(dims, i);
        const auto length = static_cast<int32_t>(lengths[static_cast<size_t>(at[b])]);
        if (at[s] < length) at[s] = length - 1 - at[s];
        expected.push_back(content[flat(dims, at)]);
      }
      EXPECT_EQ(op.result<int32_t>(), expected) << sequence << " " << batch;
    }
  }
}

TEST(ReverseSequence, Refusals) {
  struct {
    int32_t sequence;
    int32_t batch;
    Ints lengths;
    bool in_run;
  } const table[] = {
      {1, 1, {1, 1}, false}, {2, 0, {1, 1}, false}, {1, -1, {1, 1}, false},
      {1, 0, {1}, false},    {1, 0, {1, -1}, true}, {1, 0, {4, 1}, true},
  };
  for (const auto& each : table) {
    baton_reverse_sequence_attributes attributes = BATON_REVERSE_SEQUENCE_ATTRIBUTES_INIT;
    attributes.seq_dim = each.sequence;
    attributes.batch_dim = each.batch;
    OpHarness op(BATON_OP_REVERSE_SEQUENCE);
    op.input<float>({2, 3}, counting<float>(6));
    op.input({static_cast<int32_t>(each.lengths.size())}, each.lengths).output(BATON_FLOAT32);
    op.attributes(attributes);
    EXPECT_EQ(op.infer().ok(), each.in_run);
    EXPECT_FALSE(op.run());
  }
}

TEST(MatrixDiag, PlacesRows) {
  for (const Dims& dims : {Dims{1}, Dims{3}, Dims{2, 3}, Dims{2, 2, 4}, Dims{2, 0}, Dims{0, 3}}) {
    const auto content = counting<float>(count_of(dims));
    OpHarness op(BATON_OP_MATRIX_DIAG);
    op.input(dims, content).output(BATON_FLOAT32);
    ASSERT_TRUE(op.run()) << op.message();
    Dims out = dims;
    out.push_back(dims.back());
    EXPECT_EQ(op.dims(), out);
    std::vector<float> expected;
    for (size_t i = 0; i < count_of(out); ++i) {
      Ints at = coordinates(out, i);
      const int32_t column = at.back();
      at.pop_back();
      expected.push_back(at.back() == column ? content[flat(dims, at)] : 0);
    }
    EXPECT_EQ(op.result<float>(), expected) << text_of(dims);
  }
  OpHarness scalar(BATON_OP_MATRIX_DIAG);
  scalar.input<float>({}, {1}).output(BATON_FLOAT32);
  EXPECT_EQ(scalar.infer().code(), BATON_INVALID_MODEL);
}

TEST(MatrixSetDiag, ReplacesDiagonals) {
  for (const Dims& dims : {Dims{2, 2}, Dims{3, 2}, Dims{2, 5}, Dims{3, 2, 4}, Dims{2, 0, 3}}) {
    Dims diagonal_dims(dims.begin(), dims.end() - 1);
    diagonal_dims.back() = std::min(dims[dims.size() - 2], dims.back());
    const auto content = counting<int32_t>(count_of(dims));
    std::vector<int32_t> diagonal = counting<int32_t>(count_of(diagonal_dims));
    for (int32_t& x : diagonal) x += 1000;
    OpHarness op(BATON_OP_MATRIX_SET_DIAG);
    op.input(dims, content).input(diagonal_dims, diagonal).output(BATON_INT32);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.dims(), dims);
    std::vector<int32_t> expected;
    for (size_t i = 0; i < content.size(); ++i) {
      Ints at = coordinates(dims, i);
      const int32_t column = at.back();
      at.pop_back();
      expected.push_back(at.back() == column ? diagonal[flat(diagonal_dims, at)] : content[i]);
    }
    EXPECT_EQ(op.result<int32_t>(), expected) << text_of(dims);
  }
  for (const Dims& diagonal : {Dims{3}, Dims{2, 1}, Dims{}}) {
    OpHarness op(BATON_OP_MATRIX_SET_DIAG);
    op.input<float>({2, 3}, counting<float>(6));
    op.input(diagonal, counting<float>(count_of(diagonal))).output(BATON_FLOAT32);
    EXPECT_EQ(op.infer().code(), BATON_INVALID_MODEL);
  }
}

TEST(DynamicUpdateSlice, StartsAreClamped) {
  struct {
    Dims dims;
    Dims update;
    Ints start;
  } const table[] = {
      {{5}, {2}, {1}},          {{5}, {2}, {-7}},          {{5}, {2}, {9}},
      {{3, 4}, {2, 2}, {1, 3}}, {{3, 4}, {3, 4}, {1, -1}}, {{2, 3, 4}, {1, 2, 3}, {1, 1, 0}},
      {{3, 4}, {0, 2}, {2, 2}}, {{0, 4}, {0, 2}, {2, 2}},  {{}, {}, {}},
  };
  for (const auto& each : table) {
    for (const bool wide : {false, true}) {
      const auto content = counting<int16_t>(count_of(each.dims));
      std::vector<int16_t> update = counting<int16_t>(count_of(each.update));
      for (int16_t& x : update) x = static_cast<int16_t>(x + 100);
      OpHarness op(BATON_OP_DYNAMIC_UPDATE_SLICE);
      op.input(each.dims, content).input(each.update, update);
      const auto rank = static_cast<int32_t>(each.start.size());
      if (wide) {
        op.input({rank}, std::vector<int64_t>(each.start.begin(), each.start.end()));
      } else {
        op.input({rank}, each.start);
      }
      ASSERT_TRUE(op.output(BATON_INT16).run()) << op.message();
      EXPECT_EQ(op.dims(), each.dims);
      std::vector<int16_t> expected = content;
      for (size_t i = 0; i < update.size(); ++i) {
        Ints at = coordinates(each.update, i);
        for (size_t d = 0; d < at.size(); ++d) {
          at[d] += std::clamp(each.start[d], 0, each.dims[d] - each.update[d]);
        }
        expected[flat(each.dims, at)] = update[i];
      }
      EXPECT_EQ(op.result<int16_t>(), expected) << text_of(each.dims) << text_of(each.start);
    }
  }
  OpHarness size(BATON_OP_DYNAMIC_UPDATE_SLICE);
  size.input<float>({2}, {1, 2}).input<float>({3}, {1, 2, 3}).input<int32_t>({1}, {0});
  EXPECT_EQ(size.output(BATON_FLOAT32).infer().code(), BATON_INVALID_MODEL);
  OpHarness rank(BATON_OP_DYNAMIC_UPDATE_SLICE);
  rank.input<float>({2}, {1, 2}).input<float>({1, 1}, {1}).input<int32_t>({1}, {0});
  EXPECT_EQ(rank.output(BATON_FLOAT32).infer().code(), BATON_INVALID_MODEL);
}

TEST(Bitcast, SmallerSameAndLarger) {
  const std::vector<uint8_t> bytes{0, 0, 128, 63, 1, 2, 3, 4};
  OpHarness larger(BATON_OP_BITCAST);
  larger.input<uint8_t>({2, 4}, bytes).output(BATON_FLOAT32);
  ASSERT_TRUE(larger.run()) << larger.message();
  EXPECT_EQ(larger.dims(), Dims{2});
  EXPECT_EQ(larger.result<float>()[0], 1.0f);
  OpHarness smaller(BATON_OP_BITCAST);
  smaller.input<float>({1}, {1.0f}).output(BATON_UINT8);
  ASSERT_TRUE(smaller.run()) << smaller.message();
  EXPECT_EQ(smaller.dims(), (Dims{1, 4}));
  EXPECT_EQ(smaller.result<uint8_t>(), (std::vector<uint8_t>{0, 0, 128, 63}));
  OpHarness same(BATON_OP_BITCAST);
  same.input<float>({}, {1.0f}).output(BATON_INT32);
  ASSERT_TRUE(same.run()) << same.message();
  EXPECT_EQ(same.result<int32_t>()[0], 0x3f800000);
  for (const Dims& dims : {Dims{}, Dims{4, 2}, Dims{8}}) {
    OpHarness op(BATON_OP_BITCAST);
    op.input(dims, std::vector<uint8_t>(count_of(dims))).output(BATON_FLOAT32);
    EXPECT_EQ(op.infer().code(), BATON_INVALID_MODEL) << text_of(dims);
  }
}

TEST(Cumsum, EitherEndInclusiveOrNot) {
  for (const Dims& dims : {Dims{1}, Dims{6}, Dims{2, 3, 4}, Dims{2, 0, 3}}) {
    const auto rank = static_cast<int32_t>(dims.size());
    for (const baton_dtype dtype : {BATON_FLOAT32, BATON_INT32, BATON_INT64}) {
      for (int32_t axis = -rank; axis < rank; ++axis) {
        for (int mode = 0; mode < 4; ++mode) {
          const ElementType type{dtype};
          Reals input = scattered(count_of(dims), -20, 20, 14);
          OpHarness op(BATON_OP_CUMSUM);
          add_input(op, dims, input, type);
          baton_cumsum_attributes attributes = BATON_CUMSUM_ATTRIBUTES_INIT;
          attributes.exclusive = mode & 1;
          attributes.reverse = (mode & 2) != 0;
          op.input<int32_t>({}, {axis}).output(dtype).attributes(attributes).threads(2);
          ASSERT_TRUE(op.run()) << op.message();
          EXPECT_EQ(op.dims(), dims);
          const auto d = static_cast<size_t>(axis < 0 ? axis + rank : axis);
          Reals expected;
          for (size_t i = 0; i < input.size(); ++i) {
            Ints at = coordinates(dims, i);
            const int32_t here = at[d];
            double sum = 0;
            for (at[d] = 0; at[d] < dims[d]; ++at[d]) {
              const bool before = attributes.reverse ? at[d] > here : at[d] < here;
              if (before || (at[d] == here && !attributes.exclusive)) sum += input[flat(dims, at)];
            }
            expected.push_back(sum);
          }
          expect_close(op, expected, type, 2e-3);
        }
      }
    }
  }
  for (const int32_t axis : {1, -2}) {
    OpHarness op(BATON_OP_CUMSUM);
    op.input<float>({2}, {1, 2}).input<int32_t>({}, {axis}).output(BATON_FLOAT32);
    op.attributes(baton_cumsum_attributes(BATON_CUMSUM_ATTRIBUTES_INIT));
    EXPECT_FALSE(op.run());
  }
  OpHarness wrap(BATON_OP_CUMSUM);
  wrap.input<int32_t>({2}, {INT32_MAX, 1}).input<int32_t>({}, {0}).output(BATON_INT32);
  wrap.attributes(baton_cumsum_attributes(BATON_CUMSUM_ATTRIBUTES_INIT));
  ASSERT_TRUE(wrap.run()) << wrap.message();
  EXPECT_EQ(wrap.result<int32_t>()[1], INT32_MIN);
}

TEST(BroadcastArgs, Shapes) {
  struct {
    Ints a;
    Ints b;
    Ints expected;  // {-1}: an error
  } const table[] = {
      {{2, 3}, {3}, {2, 3}}, {{}, {4}, {4}},         {{}, {}, {}},     {{2, 1}, {5}, {2, 5}},
      {{1}, {0}, {0}},       {{2, 3}, {2, 2}, {-1}}, {{0}, {2}, {-1}},
  };
  for (const auto& each : table) {
    for (const bool swap : {false, true}) {
      const Ints& a = swap ? each.b : each.a;
      const Ints& b = swap ? each.a : each.b;
      OpHarness op(BATON_OP_BROADCAST_ARGS);
      op.input({static_cast<int32_t>(a.size())}, a).input({static_cast<int32_t>(b.size())}, b);
      op.output(BATON_INT32);
      if (each.expected == Ints{-1}) {
        EXPECT_FALSE(op.run());
        continue;
      }
      ASSERT_TRUE(op.run()) << op.message();
      EXPECT_EQ(op.result<int32_t>(), each.expected);
    }
  }
  OpHarness rank(BATON_OP_BROADCAST_ARGS);
  rank.input<int32_t>({}, {1}).input<int32_t>({1}, {1}).output(BATON_INT32);
  EXPECT_EQ(rank.infer().code(), BATON_INVALID_MODEL);
}

}  // namespace
}  // namespace baton::test
