// The results are those of the reference kernels: at every level, with any number of threads, after
// a resize; and what can be seen of a run from outside.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "tests/cpu/harness.h"

namespace baton::test {
namespace {

struct NamedModel {
  const char* name;
  File file;
};

std::vector<NamedModel> models() {
  return {{"parts", parts_model()},
          {"movement, float32", movement_model(BATON_FLOAT32)},
          {"movement, int8", movement_model(BATON_INT8)},
          {"movement, uint8", movement_model(BATON_UINT8)},
          {"movement, int16", movement_model(BATON_INT16)},
          {"movement, int64", movement_model(BATON_INT64)},
          {"cnn", small_cnn()},
          {"cnn int8", small_cnn_int8()},
          {"conv 3 x 3", conv_3x3_model(18, 13)},
          {"conv 3 x 3, small", conv_3x3_model(8, 7)},
          {"narrow convs", narrow_convs_model(BATON_FLOAT32, BATON_FLOAT32)},
          {"narrow convs, int8", narrow_convs_model(BATON_INT8, BATON_INT8)},
          {"narrow convs, uint8", narrow_convs_model(BATON_UINT8, BATON_UINT8)},
          {"narrow convs, hybrid", narrow_convs_model(BATON_FLOAT32, BATON_INT8)},
          {"conv chain, int8", conv_chain_int8_model()},
          {"fused", fused_model()},
          {"element-wise", random_graph_model(3, 40)},
          {"rnn", rnn_model()},
          {"lstm", lstm_model()},
          {"hybrid lstm", lstm_model(true)},
          {"svdf", svdf_model()},
          {"flatten", flatten_model()}};
}

// Three runs, so that state is seen, too.
std::vector<Outputs> three_runs(Session& session) {
  std::vector<Outputs> result;
  for (uint32_t seed = 1; seed <= 3; ++seed) result.push_back(run_on_pattern(session, seed));
  return result;
}

void expect_same_runs(const Loaded& loaded, const std::vector<Outputs>& expected,
                      const CompileOptions& options, uint32_t threads) {
  Session session = make_session(loaded, options, threads);
  const std::vector<Outputs> actual = three_runs(session);
  for (size_t run = 0; run < expected.size(); ++run) {
    SCOPED_TRACE("run " + std::to_string(run));
    expect_close(session, actual[run], expected[run]);
  }
  EXPECT_EQ(events(session.placement()), std::vector<std::string>{});
}

TEST(CpuResults, EveryLevelAndNumberOfThreads) {
  for (const NamedModel& model : models()) {
    const Loaded loaded = load(model.file);
    Session reference = make_session(loaded);
    const std::vector<Outputs> expected = three_runs(reference);
    for (const std::string& level : level_names()) {
      for (const uint32_t threads : {1u, 2u, 3u}) {
        SCOPED_TRACE(std::string(model.name) + " at " + level + ", threads " +
                     std::to_string(threads));
        expect_same_runs(loaded, expected, on_cpu({{"isa", level}}), threads);
      }
    }
  }
}

TEST(CpuResults, FewerThreadsThanTheSession) {
  // Any of the session's threads may be among the few: often enough, each is.
  for (const NamedModel& model : {NamedModel{"movement", movement_model(BATON_FLOAT32)},
                                  NamedModel{"conv 3 x 3", conv_3x3_model(18, 13)}}) {
    const Loaded loaded = load(model.file);
    Session reference = make_session(loaded);
    const std::vector<Outputs> expected = three_runs(reference);
    for (const char* threads : {"1", "2", "1024"}) {
      SCOPED_TRACE(std::string(model.name) + ", threads " + threads);
      for (int i = 0; i < 3; ++i) {
        expect_same_runs(loaded, expected, on_cpu({{"threads", threads}}), 8);
      }
    }
  }
}

TEST(CpuResults, TheDelegateRunsTheNodes) {
  for (const baton_dtype dtype : {BATON_FLOAT32, BATON_INT8, BATON_UINT8}) {
    const Loaded loaded = load(movement_model(dtype));
    const Session session = make_session(loaded, on_cpu().strict());
    const Placement placement = session.placement();
    EXPECT_EQ(delegated_nodes(placement), placement.node_count());
    EXPECT_EQ(placement.partition_count(), 1u);
  }
}

TEST(CpuResults, NewShapes) {
  for (const NamedModel& model :
       {NamedModel{"movement", movement_model(BATON_FLOAT32)},
        NamedModel{"concatenation", concat_model()}, NamedModel{"flatten", flatten_model()}}) {
    SCOPED_TRACE(model.name);
    const Loaded loaded = load(model.file);
    Session reference = make_session(loaded);
    Session session = make_session(loaded, on_cpu(), 2);
    for (const int32_t batch : {1, 5, 2, 0, 17, 1}) {
      SCOPED_TRACE("batch " + std::to_string(batch));
      for (Session* each : {&reference, &session}) {
        for (uint32_t i = 0; i < each->input_count(); ++i) {
          const baton_tensor& tensor = each->input(i);
          std::vector<int32_t> dims(tensor.dims, tensor.dims + tensor.rank);
          dims[0] = batch;
          or_throw(each->resize_input(i, dims));
        }
        or_throw(each->prepare());
      }
      const uint32_t seed = static_cast<uint32_t>(batch) + 1;
      expect_close(session, run_on_pattern(session, seed), run_on_pattern(reference, seed));
    }
  }
}

// What is one run of bytes in a batch of 1 is several in a larger one.
TEST(CpuResults, PartsInNewBatches) {
  const Loaded loaded = load(parts_model());
  Session reference = make_session(loaded);
  Session session = make_session(loaded, on_cpu().strict(), 2);
  for (const int32_t batch : {1, 3, 0, 1, 2}) {
    SCOPED_TRACE("batch " + std::to_string(batch));
    for (Session* each : {&reference, &session}) {
      or_throw(each->resize_input(0, std::vector<int32_t>{batch, 6, 4, 5}));
      or_throw(each->prepare());
    }
    expect_close(session, run_on_pattern(session, 5), run_on_pattern(reference, 5));
  }
}

// Parts are read in the graph's input, and written in its output.
TEST(CpuResults, PartsTakeNoMemory) {
  const Loaded loaded = load(negated_parts_model());
  Session session = make_session(loaded, on_cpu());
  or_throw(session.prepare());
  constexpr uint64_t kTensor = 8 * 65536 * sizeof(float);
  EXPECT_LT(session.memory().arena_bytes, 2 * kTensor + kTensor / 8);
}

// The tiles of a convolution were chosen for other sizes.
TEST(CpuResults, NewImageSizes) {
  struct Case {
    File file;
    std::vector<int32_t> first;  // of the input
  };
  for (const auto& [file, first] :
       {Case{conv_3x3_model(18, 13), {1, 18, 13, 32}},
        Case{narrow_convs_model(BATON_FLOAT32, BATON_FLOAT32), {1, 14, 24, 6}},
        Case{narrow_convs_model(BATON_INT8, BATON_INT8), {1, 14, 24, 6}}}) {
    const Loaded loaded = load(file);
    Session reference = make_session(loaded);
    Session session = make_session(loaded, on_cpu(), 2);
    std::vector<std::vector<int32_t>> sizes;
    for (const auto& [images, height, width] :
         std::vector<std::array<int32_t, 3>>{{1, 5, 5}, {2, 31, 17}, {0, 18, 13}, {3, 6, 48}}) {
      sizes.push_back({images, height, width, first[3]});
    }
    sizes.push_back(first);
    for (const std::vector<int32_t>& dims : sizes) {
      SCOPED_TRACE(std::to_string(dims[1]) + " x " + std::to_string(dims[2]));
      for (Session* each : {&reference, &session}) {
        or_throw(each->resize_input(0, dims));
        or_throw(each->prepare());
      }
      expect_close(session, run_on_pattern(session), run_on_pattern(reference));
    }
    EXPECT_EQ(events(session.placement()), std::vector<std::string>{});
  }
}

// Sizes that the compiled steps cannot do: they refuse, and the host finds another way.
TEST(CpuResults, NewSizesThatDoNotFitTheSteps) {
  const Loaded loaded = load(resizable_convs_model());
  struct Case {
    const char* what;
    std::vector<std::vector<int32_t>> dims;  // of x, filter, y, z
  };
  const Case cases[] = {
      {"ADD broadcasts its sum", {{1, 1, 1, 8}, {8, 1, 1, 8}, {1, 4, 4, 8}, {1, 4, 4, 8}}},
      {"ADD broadcasts y", {{1, 4, 4, 8}, {8, 1, 1, 8}, {1, 1, 1, 8}, {1, 4, 4, 8}}},
      {"two groups", {{1, 4, 4, 16}, {8, 1, 1, 8}, {1, 4, 4, 8}, {1, 4, 4, 8}}},
      {"a smaller filter", {{1, 4, 4, 8}, {4, 1, 1, 8}, {1, 4, 4, 4}, {1, 4, 4, 8}}},
      {"a wider filter", {{1, 4, 4, 8}, {8, 3, 3, 8}, {1, 4, 4, 8}, {1, 4, 4, 8}}},
      {"a depth multiplier", {{1, 4, 4, 8}, {8, 1, 1, 8}, {1, 4, 4, 8}, {1, 4, 4, 4}}},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.what);
    Session reference = make_session(loaded);
    Session session = make_session(loaded, on_cpu(), 2);
    expect_close(session, run_on_pattern(session), run_on_pattern(reference));
    for (Session* of : {&reference, &session}) {
      for (uint32_t i = 0; i < 4; ++i) or_throw(of->resize_input(i, each.dims[i]));
      or_throw(of->prepare());
    }
    expect_close(session, run_on_pattern(session, 2), run_on_pattern(reference, 2));
  }
}

// As the reference has them.
void expect_same_of_not_finite(const File& file, std::vector<float> x) {
  const Loaded loaded = load(file);
  const auto run = [&](Session session) {
    set<float>(session, 0, x);
    or_throw(session.run());
    return get(session, 0);
  };
  const auto is_ordinary = [](float value) { return std::abs(value) < 1e6f; };
  const std::vector<float> expected = run(make_session(loaded));
  const auto ordinary = std::count_if(expected.begin(), expected.end(), is_ordinary);
  EXPECT_GT(ordinary, 0);
  EXPECT_LT(ordinary, static_cast<std::ptrdiff_t>(expected.size()));
  for (const std::string& level : level_names()) {
    SCOPED_TRACE(level);
    const std::vector<float> actual = run(make_session(loaded, on_cpu({{"isa", level}})));
    ASSERT_EQ(actual.size(), expected.size());
    for (size_t i = 0; i < actual.size(); ++i) {
      if (is_ordinary(expected[i])) {
        EXPECT_NEAR(actual[i], expected[i], 1e-3) << "at " << i;
      } else if (std::isnan(expected[i])) {
        EXPECT_TRUE(std::isnan(actual[i])) << "at " << i;
      } else {
        EXPECT_EQ(actual[i], expected[i]) << "at " << i;
      }
    }
  }
}

// An infinity and a NaN reach the outputs whose windows they are in, and no others. (The activation
// makes an infinity the largest number.)
TEST(CpuResults, NotFinite) {
  struct Case {
    File file;
    size_t height, width, channels;
  };
  for (const auto& [file, height, width, channels] :
       {Case{conv_3x3_model(18, 13), 18, 13, 32},
        Case{conv_3x3_model(18, 13, BATON_FLOAT16), 18, 13, 32},
        Case{narrow_convs_model(BATON_FLOAT32, BATON_FLOAT32), 14, 24, 6}}) {
    std::vector<float> x(height * width * channels);
    for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % 7) - 3;
    x[(2 * width + 3) * channels + 5] = std::numeric_limits<float>::infinity();
    x.back() = std::numeric_limits<float>::quiet_NaN();
    SCOPED_TRACE(channels);
    expect_same_of_not_finite(file, x);
  }
}

// Exponents that have a way of their own, on what is special about powers.
TEST(CpuResults, Powers) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const Loaded loaded = load(pow_model());
  Session reference = make_session(loaded);
  Session session = make_session(loaded, on_cpu());
  EXPECT_EQ(delegated_nodes(session.placement()), 1u);
  for (Session* of : {&reference, &session}) {
    set<float>(*of, 0, {-kInfinity, -1e20f, -1.7f, -0.0f, 0, 0.3f, 2, kInfinity});
    set<float>(*of, 1, {2, 3, 0.5f, 1, -1, 0});
    or_throw(of->run());
  }
  const std::vector<float> expected = get(reference, 0), actual = get(session, 0);
  for (size_t i = 0; i < expected.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(std::isnan(actual[i]), std::isnan(expected[i]));
    if (std::isnan(expected[i])) continue;
    EXPECT_FLOAT_EQ(actual[i], expected[i]);
    EXPECT_EQ(std::signbit(actual[i]), std::signbit(expected[i]));
  }
}

TEST(CpuResults, StateStartsAgain) {
  const Loaded loaded = load(rnn_model());
  Session session = make_session(loaded, on_cpu());
  const Outputs first = run_on_pattern(session);
  run_on_pattern(session, 2);
  or_throw(session.reset_state());
  EXPECT_EQ(run_on_pattern(session), first);
}

// Packed weights grow with the strides, whatever the filter: the delegate leaves absurd ones alone.
TEST(CpuResults, StridesFarBeyondTheFilter) {
  for (const int32_t stride : {2, 8, 9, 1 << 30}) {
    SCOPED_TRACE("stride " + std::to_string(stride));
    const Loaded loaded = load(transposed_conv_model(stride));
    Session reference = make_session(loaded);
    Session session = make_session(loaded, on_cpu());
    EXPECT_EQ(delegated_nodes(session.placement()), stride <= 8 ? 1u : 0u);
    expect_close(session, run_on_pattern(session), run_on_pattern(reference));
  }
}

// The reference kernels look at the first scale and zero point of a table only.
TEST(CpuResults, ScalesOfATable) {
  struct Case {
    std::vector<float> scales;
    std::vector<int64_t> zero_points;
    uint32_t nodes;  // that the delegate takes
  };
  const Case cases[] = {{{0.5f, 0.25f, 3, 1}, {0, 0, 0, 0}, 1},
                        {{0.5f, 0, 3, 1}, {0, 0, 0, 0}, 0},
                        {{0.5f, 0.25f, 3, 1}, {0, 0, 0, 4}, 0}};
  for (const Case& each : cases) {
    SCOPED_TRACE(&each - cases);
    const Loaded loaded = load(lookup_model(each.scales, each.zero_points));
    Session reference = make_session(loaded);
    Session session = make_session(loaded, on_cpu());
    EXPECT_EQ(delegated_nodes(session.placement()), each.nodes);
    for (Session* of : {&reference, &session}) {
      set<int32_t>(*of, 0, {3, 0, 2, 2, 1});
      or_throw(of->run());
    }
    const std::vector<float> expected = get(reference, 0), actual = get(session, 0);
    EXPECT_EQ(std::memcmp(actual.data(), expected.data(), 15 * sizeof(float)), 0);
    EXPECT_EQ(actual[3], 0.5f);
  }
}

// What only the run can see: the reference kernels repeat the node and report it.
TEST(CpuResults, WrongIndices) {
  const Loaded loaded = load(gather_model());
  Session session = make_session(loaded, on_cpu().strict());
  std::vector<float> x(30);
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i);
  set<float>(session, 0, x);
  set<int32_t>(session, 1, {5, 0, 3, 3});
  or_throw(session.run());
  EXPECT_EQ(get(session, 0)[0], 25);
  EXPECT_EQ(get(session, 0)[19], 19);
  set<int32_t>(session, 1, {5, 0, 6, 3});
  const Status status = session.run();
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.message().find("6"), std::string::npos) << status.message();
  EXPECT_NE(status.message().find("size 6"), std::string::npos) << status.message();
}

// ---- Looking inside -----------------------------------------------------------------------------

using Seen = std::map<std::string, std::vector<uint8_t>>;

// All tensors but those that are fused away.
Seen tapped(const Loaded& loaded, Session& session) {
  Seen seen;
  const baton_graph* graph = loaded.model.subgraph(0);
  for (int32_t t = 0; t < static_cast<int32_t>(graph->tensor_count(graph)); ++t) {
    const Status status = session.tap(
        0, t,
        [](void* user, uint32_t, const baton_tensor* tensor) {
          const auto* data = static_cast<const uint8_t*>(tensor->data);
          (*static_cast<Seen*>(user))[tensor->name].assign(data, data + tensor->bytes);
        },
        &seen);
    if (status.code() != BATON_UNSUPPORTED) or_throw(status);
  }
  run_on_pattern(session);
  return seen;
}

TEST(CpuResults, ShowsTensorsInside) {
  const Loaded loaded = load(movement_model(BATON_INT8));
  Session reference = make_session(loaded);
  const Seen expected = tapped(loaded, reference);
  for (const uint32_t threads : {1u, 3u}) {
    Session session = make_session(loaded, on_cpu().strict(), threads);
    EXPECT_EQ(tapped(loaded, session), expected);
  }
}

// What convolutions pass to each other may lie otherwise in memory; nobody sees that.
TEST(CpuResults, ShowsBytesBetweenConvolutions) {
  const Loaded loaded = load(conv_chain_int8_model());
  Session reference = make_session(loaded);
  const Seen expected = tapped(loaded, reference);
  for (const std::string& level : level_names()) {
    SCOPED_TRACE(level);
    Session session = make_session(loaded, on_cpu({{"isa", level}}).strict());
    const Seen seen = tapped(loaded, session);
    for (const char* name : {"first", "deep", "second", "inside", "outside", "y"}) {
      EXPECT_EQ(seen.count(name), 1u) << name;
    }
    for (const auto& [name, bytes] : seen) EXPECT_EQ(bytes, expected.at(name)) << name;
  }
}

// Nanoseconds by node.
std::map<int32_t, uint64_t> profile_of(const Loaded& loaded, uint32_t threads) {
  Session session = make_session(loaded, on_cpu().strict(), threads);
  session.enable_profile();
  run_on_pattern(session);
  std::map<int32_t, uint64_t> times;
  session.profile([&](uint32_t, int32_t node, int32_t partition, uint64_t ns) {
    EXPECT_EQ(partition, 0);
    if (node >= 0) times[node] += ns;
  });
  EXPECT_EQ(times.size(), session.placement().node_count());
  return times;
}

TEST(CpuResults, ProfilesEachNode) {
  const Loaded loaded = load(movement_model(BATON_FLOAT32));
  for (const uint32_t threads : {1u, 3u}) {
    uint64_t sum = 0;
    for (const auto& time : profile_of(loaded, threads)) sum += time.second;
    EXPECT_GT(sum, 0u);
  }
}

// In proportion to estimates, so that the proportions are those of no clock.
TEST(CpuResults, DividesTheTimeOfAStepAmongItsNodes) {
  const Loaded loaded = load(fused_model());
  for (const uint32_t threads : {1u, 3u}) {
    std::map<int32_t, uint64_t> ns = profile_of(loaded, threads);
    const auto share = [&](int32_t node) {
      return static_cast<double>(ns[node]) / static_cast<double>(ns[0] + ns[1] + ns[2] + ns[3]);
    };
    // As many products, but four times the outputs; nine products for each of these outputs.
    EXPECT_GT(share(0), share(2));
    EXPECT_GT(share(2), 0.2);
    EXPECT_GT(share(1), 0.1);
    EXPECT_LT(share(1), share(0));
    EXPECT_GT(share(3), 0.005);
    EXPECT_LT(share(3), share(2) / 4);
    // Nothing is left of the padding and the activation.
    EXPECT_GT(ns[5], 0u);
    EXPECT_EQ(ns[4], 0u);
    EXPECT_EQ(ns[6], 0u);
  }
}

}  // namespace
}  // namespace baton::test
