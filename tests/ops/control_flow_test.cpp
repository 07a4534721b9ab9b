// IF, WHILE, composites and resource variables where shapes change, values change places, and
// handles travel.
#include "tests/ops/control_flow_models.h"
#include "tests/session/fixture.h"

namespace baton::test {
namespace {

std::vector<int32_t> dims(const baton_tensor& tensor) {
  return {tensor.dims, tensor.dims + tensor.rank};
}

TEST(While, LoopVariablesChangePlaces) {
  const Loaded loaded = load(swap_model());
  Session session = make_session(loaded);
  for (const int32_t n : {0, 1, 2, 5, 4}) {
    set<float>(session, 0, {1, 2});
    set<float>(session, 1, {3, 4});
    set<int32_t>(session, 2, {n});
    or_throw(session.run());
    const std::vector<float> a{1, 2}, b{3, 4};
    EXPECT_EQ(get(session, 0), n % 2 == 0 ? a : b) << n;
    EXPECT_EQ(get(session, 1), n % 2 == 0 ? b : a) << n;
  }
}

TEST(While, ShapesGrow) {
  const Loaded loaded = load(doubling_model());
  Session session = make_session(loaded);
  for (const int32_t n : {3, 0, 1, 5, 2}) {
    set<float>(session, 0, {7});
    set<int32_t>(session, 1, {n});
    or_throw(session.run());
    EXPECT_EQ(dims(session.output(0)), (std::vector<int32_t>{1 << n}));
    EXPECT_EQ(get(session, 0), std::vector<float>(size_t{1} << n, 7)) << n;
    EXPECT_EQ(get<int32_t>(session, 1), std::vector<int32_t>{0});
  }
}

TEST(While, HandlesAreLoopVariables) {
  const Loaded loaded = load(handle_in_loop_model());
  Session session = make_session(loaded);
  for (const int32_t n : {3, 0, 1}) {
    set<float>(session, 0, {1, -2});
    set<int32_t>(session, 1, {n});
    or_throw(session.run());
    const auto factor = static_cast<float>(1 << n);
    EXPECT_EQ(get(session, 0), (std::vector<float>{factor, -2 * factor})) << n;
  }
}

TEST(If, BranchesOfDifferentShapes) {
  const Loaded loaded = load(branch_shapes_model());
  Session session = make_session(loaded);
  for (const uint8_t condition : {1, 0, 0, 1}) {
    set<uint8_t>(session, 0, {condition});
    set<float>(session, 1, {4, 5});
    or_throw(session.run());
    EXPECT_EQ(get(session, 0),
              condition ? (std::vector<float>{5, 6}) : (std::vector<float>{5, 6, 5, 6}));
  }
}

TEST(While, HoldsABranch) {
  const Loaded loaded = load(nested_model());
  Session session = make_session(loaded);
  for (const auto& [i, expected] : {std::pair{0, 33}, {2, 31}, {3, 30}, {6, 0}, {9, 0}}) {
    set<int32_t>(session, 0, {i});
    or_throw(session.run());
    EXPECT_EQ(get<int32_t>(session, 0), std::vector<int32_t>{expected}) << i;
  }
}

// The decomposition's shape is only known in the run.
TEST(Composite, RunsItsDecomposition) {
  const Loaded loaded = load(composite_model());
  Session session = make_session(loaded);
  const std::vector<std::pair<std::vector<uint8_t>, std::vector<int64_t>>> table = {
      {{0, 1, 0, 1}, {1, 3}}, {{0, 0, 0, 0}, {}}, {{1, 1, 1, 1}, {0, 1, 2, 3}}};
  for (const auto& [condition, expected] : table) {
    set<uint8_t>(session, 0, condition);
    or_throw(session.run());
    EXPECT_EQ(dims(session.output(0)),
              (std::vector<int32_t>{static_cast<int32_t>(expected.size()), 1}));
    EXPECT_EQ(get<int64_t>(session, 0), expected);
  }
}

// An operator decides the element type of its output, not the file.
TEST(ElementTypes, FollowTheOperator) {
  const Loaded loaded = load(retyped_model());
  Session session = make_session(loaded);
  set<uint8_t>(session, 0, {3, 100});
  or_throw(session.run());
  EXPECT_EQ(get<uint8_t>(session, 0), (std::vector<uint8_t>{12, 255}));
}

TEST(Variables, ReadBeforeAssigned) {
  const Loaded loaded = load(unassigned_model());
  Session session = make_session(loaded);
  const Status status = session.run();
  EXPECT_EQ(status.code(), BATON_INVALID_MODEL);
  EXPECT_NE(status.message().find("READ_VARIABLE"), std::string::npos) << status.message();
  EXPECT_NE(status.message().find("before anything was assigned"), std::string::npos);
}

}  // namespace
}  // namespace baton::test
