// Copies of random loops against a plain walk over their elements, in one piece and in many.
#include "delegates/cpu/strided_copy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <vector>

#include "baton/plugin.hpp"
#include "delegates/kernels/isa.h"
#include "tests/support/split_mix.h"

namespace baton::cpu {
namespace {

struct Loop {
  int64_t size, from, to;
};

struct Description {
  int64_t element_bytes = 1;
  int64_t from = 0, to = 0;  // the first element
  std::vector<Loop> loops;

  StridedCopy copy() const {
    StridedCopy result(element_bytes);
    result.start(from, to);
    for (const Loop& loop : loops) result.add(loop.size, loop.from, loop.to);
    result.finish();
    return result;
  }
  // Calls visit(from, to) for each element.
  template <typename Visit>
  void for_each(const Visit& visit) const {
    walk(visit, 0, from, to);
  }

 private:
  template <typename Visit>
  void walk(const Visit& visit, size_t depth, int64_t from_at, int64_t to_at) const {
    if (depth == loops.size()) return visit(from_at, to_at);
    for (int64_t i = 0; i < loops[depth].size; ++i) {
      walk(visit, depth + 1, from_at + i * loops[depth].from, to_at + i * loops[depth].to);
    }
  }
};

// Loops over a destination without gaps but with a margin; the source is a permutation of their
// order, with some loops backwards, some that stand still, and gaps.
class Sketch {
 public:
  explicit Sketch(uint64_t seed) : random_(seed) {}

  Description draw() {
    Description result;
    const int64_t bytes[] = {1, 2, 4, 8, 16};
    result.element_bytes = bytes[below(5)];
    result.loops.resize(1 + below(5));
    int64_t room = 40000;
    for (Loop& loop : result.loops) {
      loop.size = 1 + static_cast<int64_t>(below(below(4) == 0 ? 300 : 9));
      loop.size = std::max<int64_t>(1, std::min(loop.size, room));
      room /= loop.size;
    }
    result.from = static_cast<int64_t>(below(3));
    result.to = static_cast<int64_t>(below(3));
    set_steps(&result.loops, [](Loop& loop) -> int64_t& { return loop.to; });
    std::vector<Loop*> order;
    for (Loop& loop : result.loops) order.push_back(&loop);
    for (size_t i = order.size(); i > 1 && below(2) == 0; --i) {
      std::swap(order[i - 1], order[below(i)]);
    }
    int64_t step = 1;
    for (size_t i = order.size(); i-- > 0;) {
      order[i]->from = step;
      step *= order[i]->size + (below(5) == 0 ? 1 : 0);
    }
    const bool one_place = below(8) == 0;
    for (Loop& loop : result.loops) {
      const size_t kind = one_place ? 0 : below(8);
      if (kind == 0) loop.from = 0;
      if (kind == 1) {
        result.from += (loop.size - 1) * loop.from;
        loop.from = -loop.from;
      }
    }
    return result;
  }

 private:
  size_t below(size_t limit) { return static_cast<size_t>(random_.next() % limit); }
  template <typename Member>
  void set_steps(std::vector<Loop>* loops, const Member& member) {
    int64_t step = 1;
    for (size_t i = loops->size(); i-- > 0;) {
      member((*loops)[i]) = step;
      step *= (*loops)[i].size + (below(5) == 0 ? 1 : 0);
    }
  }
  test::SplitMix random_;
};

void check(const Description& description, kernels::Isa isa) {
  int64_t from_end = 0, to_end = 0;
  description.for_each([&](int64_t from, int64_t to) {
    from_end = std::max(from_end, from + 1);
    to_end = std::max(to_end, to + 1);
  });
  const auto from_bytes = static_cast<size_t>(from_end * description.element_bytes);
  const auto to_bytes = static_cast<size_t>(to_end * description.element_bytes);
  std::vector<std::byte> from(from_bytes), expected(to_bytes, std::byte{0xa5});
  test::SplitMix random(from_bytes);
  for (std::byte& byte : from) byte = static_cast<std::byte>(random.next());
  const auto element = static_cast<size_t>(description.element_bytes);
  description.for_each([&](int64_t from_at, int64_t to_at) {
    std::memcpy(&expected[static_cast<size_t>(to_at) * element],
                &from[static_cast<size_t>(from_at) * element], element);
  });
  const StridedCopy copy = description.copy();
  const CopyKernels kernels(isa);
  EXPECT_TRUE(copy.fits(from_bytes, to_bytes));
  EXPECT_FALSE(copy.fits(from_bytes - 1, to_bytes));
  EXPECT_FALSE(copy.fits(from_bytes, to_bytes - 1));
  for (const uint64_t piece : {copy.items(), uint64_t{1}, uint64_t{3}}) {
    std::vector<std::byte> to(to_bytes, std::byte{0xa5});
    for (uint64_t begin = 0; begin < copy.items(); begin += piece) {
      copy.run(kernels, from.data(), to.data(), begin, std::min(begin + piece, copy.items()));
    }
    EXPECT_EQ(to, expected) << "pieces of " << piece << " of " << copy.items();
  }
}

TEST(StridedCopyTest, RandomLoops) {
  for (uint64_t seed = 0; seed < 600; ++seed) {
    const Description description = Sketch(seed).draw();
    for (const kernels::Isa isa : kernels::machine_levels()) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " " + kernels::name_of(isa));
      check(description, isa);
      if (HasFailure()) return;
    }
  }
}

TEST(StridedCopyTest, LongRuns) {
  for (const int64_t run : {32767, 32768, 50000, 131072}) {
    check({1, 0, 0, {{3, run, run + 1}, {run, 1, 1}}}, kernels::best_level());
    check({1, 0, 0, {{3, 0, run}, {run, 1, 1}}}, kernels::best_level());
    check({1, 0, 0, {{run, 0, 1}}}, kernels::best_level());
  }
}

TEST(StridedCopyTest, LargeTranspositions) {
  for (const int64_t element : {1, 2, 4, 8}) {
    check({element, 0, 0, {{300, 1, 200}, {200, 300, 1}}}, kernels::best_level());
    check({element, 0, 0, {{3, 1, 9000}, {9000, 3, 1}}}, kernels::best_level());
    check({element, 0, 0, {{9000, 1, 3}, {3, 9000, 1}}}, kernels::best_level());
    check({element, 0, 0, {{5, 7000, 7000}, {100, 1, 70}, {70, 100, 1}}}, kernels::best_level());
  }
}

// An outer loop that is contiguous on both sides is no transposition of itself.
TEST(StridedCopyTest, ContiguousOuterLoops) {
  for (const int64_t element : {1, 2, 4, 8}) {
    check({element, 0, 0, {{5, 1, 1}, {3, 10, 5}}}, kernels::best_level());
    check({element, 0, 0, {{4, 100, 40}, {5, 1, 1}, {3, 10, 5}}}, kernels::best_level());
  }
}

// As TILE and PACK have them, with loops around that have large divisors, small ones and none.
TEST(StridedCopyTest, ShortInnerLoops) {
  for (const int64_t element : {1, 3, 4, 16}) {
    for (const int64_t size : {4096, 1000, 997, 34}) {
      check({element, 0, 0, {{size, 1, 2}, {2, 0, 1}}}, kernels::best_level());
      check({element, 0, 0, {{size, 2, 3}, {2, 1, 1}}}, kernels::best_level());
      check({element, 0, 0, {{3, size, 5 * size}, {size, 1, 5}, {5, 0, 1}}}, kernels::best_level());
      check({element, size - 1, 0, {{size, -1, 7}, {3, 0, 2}}}, kernels::best_level());
    }
  }
}

TEST(StridedCopyTest, NothingToCopy) {
  StridedCopy copy(4);
  copy.add(3, 0, 0).add(0, 1, 1).add(5, 1, 1);
  copy.finish();
  EXPECT_EQ(copy.items(), 0u);
  EXPECT_TRUE(copy.fits(0, 0));
}

TEST(StridedCopyTest, RefusesMoreLoopsThanItHas) {
  StridedCopy copy(1);
  const auto add_loops = [&] {
    for (int i = 0; i <= StridedCopy::kMaxLoops; ++i) copy.add(2, 3 * (i + 1), 5 * (i + 1));
  };
  EXPECT_THROW(add_loops(), sdk::Error);
}

TEST(StridedCopyTest, SeesWhereACopyLeavesItsTensors) {
  StridedCopy backwards(1);
  backwards.start(3, 0).add(5, -1, 1);
  backwards.finish();
  EXPECT_FALSE(backwards.fits(100, 100));
}

}  // namespace
}  // namespace baton::cpu
