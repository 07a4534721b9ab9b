// A delegate through the core's classes: fake_npu, alone and in a session.
#include <cmath>
#include <cstring>
#include <map>
#include <thread>

#include "tests/host/host_fixture.h"

namespace baton::test {
namespace {

namespace t = baton::tflite;

class DelegateTest : public HostTest {
 protected:
  // Outputs of `runs` runs with these delegates; *nodes gets how many nodes they ran.
  std::vector<Outputs> run(const std::shared_ptr<const Graph>& graph,
                           std::vector<std::shared_ptr<Delegate>> delegates, int runs = 1,
                           size_t* nodes = nullptr) {
    std::vector<Outputs> all;
    auto compiled = compile(graph, std::move(delegates));
    EXPECT_TRUE(compiled.ok()) << compiled.status().message();
    if (!compiled.ok()) return all;
    if (nodes != nullptr) *nodes = delegated_nodes(**compiled);
    auto made = session(*compiled);
    EXPECT_TRUE(made.ok()) << made.status().message();
    if (!made.ok()) return all;
    for (int i = 0; i < runs; ++i) {
      auto outputs = run_session(**made, static_cast<uint32_t>(i));
      EXPECT_TRUE(outputs.ok()) << outputs.status().message();
      if (outputs.ok()) all.push_back(std::move(*outputs));
    }
    return all;
  }
};

TEST_F(DelegateTest, AnySubsetOfNodesGivesTheSameOutputs) {
  const struct {
    const char* name;
    t::GraphBuilder builder;
    int runs;
  } models[] = {
      {"float32", float_model(), 2},
      {"int8", quantised_model(BATON_INT8), 2},
      {"uint8", quantised_model(BATON_UINT8), 2},
      {"rnn", rnn_model(), 5},
  };
  for (const auto& model : models) {
    SCOPED_TRACE(model.name);
    const auto g = graph(model.builder);
    ASSERT_NE(g, nullptr);
    const auto expected = run(g, {}, model.runs);
    size_t nodes = 0;
    EXPECT_EQ(difference(run(g, {delegate("fake_npu")}, model.runs, &nodes), expected), "");
    EXPECT_EQ(nodes, g->main().nodes.size());
    size_t partial = 0;
    for (int seed = 1; seed <= 20; ++seed) {
      SCOPED_TRACE(seed);
      const auto some = delegate("fake_npu", {{"take_percent", "50"},
                                              {"seed", std::to_string(seed)},
                                              {"device", seed % 2 ? "0" : "same memory"}});
      EXPECT_EQ(difference(run(g, {some}, model.runs, &nodes), expected), "");
      partial += nodes > 0 && nodes < g->main().nodes.size();
    }
    EXPECT_GT(partial, 10u);
  }
  EXPECT_EQ(log_, std::vector<std::string>());
}

TEST_F(DelegateTest, RefusalsHaveCodesAndWords) {
  const auto g = graph(float_model());
  const auto npu = delegate("fake_npu", {{"refuse", "CONV_2D"}, {"max_elements", "99"}});
  ExamineRequest request;
  request.graph = g;
  request.keep_off = [](uint32_t node, std::string* text) -> uint32_t {
    if (node != 1) return BATON_REASON_NONE;
    *text = "the user keeps it off";
    return BATON_REASON_PINNED;
  };
  auto examination = npu->examine(request);
  ASSERT_TRUE(examination.ok()) << examination.status().message();
  const auto& nodes = examination->nodes;
  EXPECT_EQ(nodes[0].reason, uint32_t{BATON_REASON_OPTION});
  EXPECT_EQ(nodes[0].text, "the option refuse names CONV_2D");
  EXPECT_EQ(nodes[1].reason, uint32_t{BATON_REASON_PINNED});
  EXPECT_FALSE(nodes[1].offered);
  EXPECT_EQ(nodes[2].reason, uint32_t{BATON_REASON_TOO_LARGE});
  EXPECT_NE(nodes[2].text.find("the limit is 99"), std::string::npos);
  EXPECT_TRUE(nodes.back().yes);
  EXPECT_GT(nodes.back().cost_ns, 0);
}

TEST_F(DelegateTest, NewerVersionsAndUnknownOperatorsAreNotOffered) {
  t::GraphBuilder b;
  const auto x = b.input("x", BATON_INT64, {2});
  const auto y = b.tensor("y", BATON_INT64, {2});
  const auto z = b.tensor("z", BATON_INT64, {2});
  b.op(BATON_OP_ADD, {x, x}, {y});
  b.op(BATON_OP_SUB, {y, x}, {z});
  b.output(z);
  const auto g = graph(b);
  ExamineRequest request;
  request.graph = g;
  auto examination = delegate("fake_npu")->examine(request);
  ASSERT_TRUE(examination.ok());
  EXPECT_EQ(examination->nodes[0].reason, uint32_t{BATON_REASON_OP_VERSION});
  EXPECT_EQ(examination->nodes[0].text,
            "the node needs version 4 of ADD (the file says 4), fake_npu knows version 2");
  EXPECT_EQ(examination->nodes[1].reason, uint32_t{BATON_REASON_OP_UNKNOWN});
}

TEST_F(DelegateTest, DevicesAreChosenByNumberOrName) {
  const auto plugin = load("fake_npu");
  const auto index = [&](const std::string& text) {
    auto made = Delegate::create(plugin, {{"device", text}});
    return made.ok() ? std::to_string((*made)->device_index()) : made.status().message();
  };
  EXPECT_EQ(index("0"), "0");
  EXPECT_EQ(index("thin WIRE"), "1");
  EXPECT_EQ(index("same memory"), "3");
  EXPECT_EQ(
      index("2"),
      "device 2 (Fake NPU in repair) of delegate fake_npu cannot be used: its fan was taken out");
  EXPECT_EQ(index("gpu"),
            "delegate fake_npu has no device 'gpu'; it has: 0 (Fake NPU), 1 (Fake NPU over a thin "
            "wire), 2 (Fake NPU in repair), 3 (Fake NPU on the same memory)");
  EXPECT_NE(index("4").find("has no device '4'"), std::string::npos);
}

TEST_F(DelegateTest, OptionsAreChecked) {
  const auto plugin = load("fake_npu");
  const auto message = [&](Options options) {
    return Delegate::create(plugin, options).status().message();
  };
  EXPECT_EQ(message({{"latency_us", "5"}, {"costs", "off"}, {"groups", "all"}}), "");
  EXPECT_EQ(message({{"latencyus", "5"}}).substr(0, 79),
            "delegate fake_npu has no option 'latencyus' (did you mean 'latency_us'?); it ha");
  EXPECT_EQ(message({{"zzz", "5"}}).find("did you mean"), std::string::npos);
  EXPECT_EQ(message({{"seed", "x"}}),
            "option 'seed' of delegate fake_npu is 'x': expected a whole number");
  EXPECT_EQ(
      message({{"seed", "99999999999999999999"}}),
      "option 'seed' of delegate fake_npu is '99999999999999999999': expected a whole number");
  EXPECT_EQ(message({{"costs", "perhaps"}}),
            "option 'costs' of delegate fake_npu is 'perhaps': expected true or false");
  EXPECT_EQ(message({{"groups", "some"}}),
            "option 'groups' of delegate fake_npu is 'some': expected one of none|single|all");
  EXPECT_EQ(message({{"seed", "1"}, {"seed", "2"}}),
            "option 'seed' of delegate fake_npu is given twice");
  auto made = Delegate::create(plugin, {{"costs", "no"}});
  ASSERT_TRUE(made.ok());
  for (const auto& [name, value] : (*made)->options()) {
    if (name == "costs") {
      EXPECT_EQ(value, "false");
    }
    if (name == "max_elements") {
      EXPECT_EQ(value, "16777216");
    }
  }
}

TEST_F(DelegateTest, ResizesAndRecompiles) {
  for (const char* fixed : {"false", "true"}) {
    SCOPED_TRACE(fixed);
    const auto g = graph(chain_model(3, 8));
    auto compiled = compile(g, {delegate("fake_npu", {{"static_shapes", fixed}})}, true);
    ASSERT_TRUE(compiled.ok()) << compiled.status().message();
    auto made = session(*compiled);
    ASSERT_TRUE(made.ok()) << made.status().message();
    for (const int32_t size : {8, 100, 3}) {
      const int32_t dims[] = {1, size};
      ASSERT_TRUE((*made)->resize_input(0, dims).ok());
      auto outputs = run_session(**made, 0);
      ASSERT_TRUE(outputs.ok()) << outputs.status().message();
      ASSERT_EQ((*outputs)[0].bytes.size(), static_cast<size_t>(size) * 4);
      for (int32_t i = 0; i < size; ++i) {
        float y = 0;
        std::memcpy(&y, (*outputs)[0].bytes.data() + 4 * i, 4);
        EXPECT_EQ(y, std::max(0.0f, (*made)->input(0).as<float>()[i]));
      }
    }
  }
}

TEST_F(DelegateTest, AResizeOverTheLimitFallsBack) {
  const auto g = graph(chain_model(3, 8));
  auto compiled = compile(g, {delegate("fake_npu", {{"max_elements", "50"}})});
  ASSERT_TRUE(compiled.ok());
  auto made = session(*compiled);
  ASSERT_TRUE(made.ok());
  const int32_t dims[] = {1, 100};
  ASSERT_TRUE((*made)->resize_input(0, dims).ok());
  EXPECT_TRUE(run_session(**made, 0).ok());
}

// Several threads, each with sessions of its own, on programs that exist once.
TEST_F(DelegateTest, SessionsShareOneCompiledModel) {
  for (const char* name : {"fake_npu", "fake_npu_one_thread"}) {
    SCOPED_TRACE(name);
    const auto g = graph(rnn_model());
    const auto expected = run(g, {}, 6);
    auto compiled = compile(g, {delegate(name)}, true);
    ASSERT_TRUE(compiled.ok()) << compiled.status().message();
    std::vector<std::string> differences(4);
    std::vector<std::thread> threads;
    for (std::string& found : differences) {
      threads.emplace_back([&] {
        std::vector<std::unique_ptr<Session>> sessions;
        for (int i = 0; i < 4; ++i) {
          auto made = session(*compiled, 2);
          if (!made.ok()) return void(found = made.status().message());
          sessions.push_back(std::move(*made));
        }
        std::vector<std::vector<Outputs>> all(sessions.size());
        for (uint32_t r = 0; r < 6; ++r) {
          for (size_t i = 0; i < sessions.size(); ++i) {
            auto outputs = run_session(*sessions[i], r);
            if (!outputs.ok()) return void(found = outputs.status().message());
            all[i].push_back(std::move(*outputs));
          }
        }
        for (const auto& outputs : all) found += difference(outputs, expected);
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::string& found : differences) EXPECT_EQ(found, "");
  }
}

TEST_F(DelegateTest, TheTemplateRunsElementWiseNodes) {
  const std::string path = std::string(BATON_PLUGINS_DIR) + "/libbaton_template.so";
  const auto g = graph(float_model());
  size_t nodes = 0;
  EXPECT_EQ(difference(run(g, {delegate(path)}, 2, &nodes), run(g, {}, 2)), "");
  EXPECT_EQ(nodes, 3u);  // RELU, RELU6, ADD; the MUL broadcasts a row

  ExamineRequest request;
  request.graph = g;
  const auto examination = delegate(path, {{"min_elements", "1000"}})->examine(request);
  ASSERT_TRUE(examination.ok());
  EXPECT_EQ(examination->nodes[0].reason, uint32_t{BATON_REASON_OP_UNKNOWN});
  EXPECT_EQ(examination->nodes[4].text, "100 elements are fewer than min_elements");
  EXPECT_EQ(examination->nodes[5].reason, uint32_t{BATON_REASON_SHAPE});

  const auto chain = graph(chain_model(4, 8));
  auto compiled = compile(chain, {delegate(path)}, true);
  ASSERT_TRUE(compiled.ok()) << compiled.status().message();
  auto made = session(*compiled, 2);
  ASSERT_TRUE(made.ok());
  for (const int32_t size : {8, 100'000, 1}) {
    const int32_t dims[] = {1, size};
    ASSERT_TRUE((*made)->resize_input(0, dims).ok());
    ASSERT_TRUE(run_session(**made, 0).ok());
    for (int32_t i = 0; i < size; ++i) {
      ASSERT_EQ((*made)->output(0).as<float>()[i],
                std::max(0.0f, (*made)->input(0).as<float>()[i]));
    }
  }
}

TEST_F(DelegateTest, ProposedGroupsBecomePartitions) {
  const auto g = graph(chain_model(4, 8));
  const auto partitions = [&](const char* groups) {
    auto compiled = compile(g, {delegate("fake_npu", {{"groups", groups}})}, true);
    EXPECT_TRUE(compiled.ok()) << compiled.status().message();
    return (*(*compiled)->compile_default(0))->plan.partitions.size();
  };
  EXPECT_EQ(partitions("none"), 1u);
  EXPECT_EQ(partitions("all"), 1u);
  EXPECT_EQ(partitions("single"), 4u);
}

// ---- Without a session: programs and instances by hand ----------------------------------------

class NoServices final : public SessionServices {
 public:
  void parallel_for(uint64_t count, uint64_t, baton_range_fn fn, void* user) override {
    // Two pieces, the second first, as two workers.
    if (count > 1) fn(user, 1, count / 2, count);
    fn(user, 0, 0, count > 1 ? count / 2 : count);
  }
  uint32_t thread_count() const override { return 2; }
  bool cancelled() const override { return cancelled_; }
  Status infer_subgraph(uint32_t, std::span<const Value* const>, std::span<Value* const>) override {
    return {};
  }
  Status call_subgraph(uint32_t, std::span<const Value* const>,
                       std::vector<const Value*>*) override {
    return {};
  }
  bool first_call(uint32_t) override { return true; }
  int32_t resource_id(const char*, const char*) override { return 0; }
  const Resource* resource(int32_t) override { return nullptr; }
  Status assign_resource(int32_t, const Value&) override { return {}; }
  Status place_output(Value&) override { return {}; }

  bool cancelled_ = false;
};

// The whole main subgraph as one partition, with memory for everything.
struct ByHand {
  ByHand(const std::shared_ptr<const Graph>& graph, const std::shared_ptr<Delegate>& delegate,
         BlobStore* store = nullptr) {
    const Subgraph& subgraph = graph->main();
    for (const baton_tensor& tensor : subgraph.tensors) values.emplace_back(tensor);
    std::vector<uint32_t> nodes;
    for (uint32_t i = 0; i < subgraph.nodes.size(); ++i) nodes.push_back(i);
    auto compiled = delegate->compile(graph, make_partition(subgraph, nodes), values, store);
    EXPECT_TRUE(compiled.ok()) << compiled.status().message();
    program = *compiled;
    auto made = program->instantiate(values);
    EXPECT_TRUE(made.ok()) << made.status().message();
    instance = std::move(*made);
    const Partition& partition = program->partition();
    for (size_t i = 0; i < partition.inputs.size(); ++i) {
      inputs.push_back(memory(partition.inputs[i]));
      instance->bind_input(i, inputs.back().data());
    }
    for (size_t i = 0; i < partition.outputs.size(); ++i) {
      outputs.push_back(memory(partition.outputs[i]));
      instance->bind_output(i, outputs.back().data());
    }
    scratch.resize(instance->scratch_bytes() / 4 + 1);
  }
  std::vector<float> memory(int32_t tensor) {
    return std::vector<float>(values[static_cast<size_t>(tensor)].bytes() / 4 + 1);
  }
  Status execute() { return instance->execute(services, scratch.data()); }

  NoServices services;
  std::vector<Value> values;
  std::shared_ptr<Program> program;
  std::unique_ptr<Instance> instance;
  std::vector<std::vector<float>> inputs, outputs;
  std::vector<float> scratch;
};

TEST_F(DelegateTest, ObjectsMayGoInAnyOrder) {
  ByHand run(graph(chain_model(2, 8)), delegate("fake_npu"));
  std::unique_ptr<Instance> instance = std::move(run.instance);
  run.program.reset();
  host_.reset();  // the library must stay: the instance needs its code
  run.inputs[0].assign(9, 3.0f);
  EXPECT_TRUE(instance->execute(run.services, run.scratch.data()).ok());
  EXPECT_EQ(run.outputs[0][7], 3.0f);
}

TEST_F(DelegateTest, RunsInTheBackground) {
  for (const char* name : {"fake_npu", "fake_npu_one_thread"}) {
    SCOPED_TRACE(name);
    ByHand run(graph(chain_model(2, 8)), delegate(name, {{"latency_us", "30000"}}));
    ASSERT_TRUE(run.instance->can_submit());
    ASSERT_TRUE(run.execute().ok());  // the first is watched
    run.inputs[0].assign(9, 2.0f);
    auto fence = run.instance->submit(run.services, run.scratch.data(), nullptr);
    ASSERT_TRUE(fence.ok()) << fence.status().message();
    EXPECT_EQ((*fence)->wait(0).code(), BATON_TIMED_OUT);
    EXPECT_TRUE((*fence)->wait(UINT64_MAX).ok());
    EXPECT_EQ(run.outputs[0][7], 2.0f);

    // A chain: the second waits for the first.
    ByHand other(graph(chain_model(2, 8)), delegate(name));
    ASSERT_TRUE(other.execute().ok());
    other.instance->bind_input(0, run.outputs[0].data());
    run.inputs[0].assign(9, 5.0f);
    auto first = run.instance->submit(run.services, run.scratch.data(), nullptr);
    ASSERT_TRUE(first.ok());
    auto second = other.instance->submit(other.services, other.scratch.data(), first->get());
    ASSERT_TRUE(second.ok()) << second.status().message();
    EXPECT_TRUE((*second)->wait(UINT64_MAX).ok());
    EXPECT_EQ(other.outputs[0][0], 5.0f);

    EXPECT_TRUE((*first)->wait(UINT64_MAX).ok());
    auto third = run.instance->submit(run.services, run.scratch.data(), nullptr);
    ASSERT_TRUE(third.ok());
    (*third)->cancel();
    EXPECT_EQ((*third)->wait(UINT64_MAX).code(), BATON_CANCELLED);
  }
}

TEST_F(DelegateTest, StopsWhenCancelled) {
  ByHand run(graph(chain_model(2, 8)), delegate("fake_npu"));
  run.services.cancelled_ = true;
  EXPECT_EQ(run.execute().code(), BATON_CANCELLED);
  run.services.cancelled_ = false;
  EXPECT_TRUE(run.execute().ok());
}

TEST_F(DelegateTest, AFailedInstanceStaysFailed) {
  ByHand run(graph(chain_model(2, 8)),
             delegate("fake_npu", {{"fail_at", "execute"}, {"fail_after", "2"}}));
  EXPECT_TRUE(run.execute().ok());
  EXPECT_TRUE(run.execute().ok());
  const Status failed = run.execute();
  EXPECT_EQ(
      failed.message(),
      "delegate fake_npu, device 0 (Fake NPU), failed to execute: it was told to fail at execute");
  EXPECT_EQ(failed.reason(), uint32_t{BATON_REASON_OTHER});
  EXPECT_FALSE(run.execute().ok());
}

TEST_F(DelegateTest, ProfilesNodes) {
  ByHand run(graph(chain_model(3, 8)), delegate("fake_npu"));
  std::vector<NodeTime> times;
  ASSERT_TRUE(run.instance->set_profiling(true).ok());
  ASSERT_TRUE(run.execute().ok());
  ASSERT_TRUE(run.instance->read_profile(&times).ok());
  ASSERT_EQ(times.size(), 3u);
  for (uint32_t i = 0; i < 3; ++i) EXPECT_EQ(times[i].node, i);
}

TEST_F(DelegateTest, ShowsTensorsInside) {
  const auto g = graph(chain_model(3, 4));
  ByHand run(g, delegate("fake_npu"));
  const int32_t inner = g->main().nodes[0].outputs()[0];
  ASSERT_TRUE(run.instance->keep(inner).ok());
  run.inputs[0] = {-1, 2, 9, 0.5, 0};
  ASSERT_TRUE(run.execute().ok());
  float content[4];
  ASSERT_TRUE(run.instance->read(inner, content, sizeof(content)).ok());
  EXPECT_EQ(content[0], 0.0f);
  EXPECT_EQ(content[2], 9.0f);
  EXPECT_EQ(run.outputs[0][2], 6.0f);
  EXPECT_EQ(run.instance->keep(999).code(), BATON_UNSUPPORTED);
}

TEST_F(DelegateTest, LendsMemoryOfTheDevice) {
  const auto npu = delegate("fake_npu");
  ByHand run(graph(chain_model(1, 4)), npu);
  auto in = DeviceBuffer::create(npu, 32);
  auto out = DeviceBuffer::create(npu, 16);
  ASSERT_TRUE(in.ok() && out.ok());
  const float numbers[] = {-1, 2, 9, -3};
  ASSERT_TRUE((*in)->upload(16, numbers, 16).ok());
  EXPECT_EQ((*in)->upload(20, numbers, 16).code(), BATON_INVALID_ARGUMENT);
  run.instance->bind_input(0, **in, 16);
  run.instance->bind_output(0, **out, 0);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(run.execute().ok());
    float result[4] = {};
    ASSERT_TRUE((*out)->download(0, result, 16).ok());
    EXPECT_EQ(result[0], 0.0f);
    EXPECT_EQ(result[2], 9.0f);
  }
  auto huge = DeviceBuffer::create(npu, uint64_t{1} << 40);
  EXPECT_EQ(huge.status().code(), BATON_OUT_OF_MEMORY);
  EXPECT_EQ(huge.status().reason(), uint32_t{BATON_REASON_MEMORY});
}

// A store in memory, whose blobs a test can spoil.
class MemoryStore : public BlobStore {
 public:
  Result<std::vector<uint8_t>> read(const std::string& key) override {
    const auto found = blobs.find(key);
    if (found == blobs.end()) return error(BATON_NOT_FOUND, "none");
    return std::vector<uint8_t>(found->second);
  }
  Status write(const std::string& key, std::span<const uint8_t> bytes) override {
    blobs[key].assign(bytes.begin(), bytes.end());
    return {};
  }
  std::map<std::string, std::vector<uint8_t>> blobs;
};

TEST_F(DelegateTest, KeepsPrograms) {
  const auto g = graph(float_model());
  const auto npu = delegate("fake_npu");
  MemoryStore store;
  const auto run = [&](const std::shared_ptr<Delegate>& on) {
    ByHand hand(g, on, &store);
    for (size_t i = 0; i < hand.inputs[0].size(); ++i) {
      hand.inputs[0][i] = static_cast<float>(i % 7) - 3.0f;
    }
    EXPECT_TRUE(hand.execute().ok());
    return std::make_pair(hand.program->from_store(), hand.outputs);
  };
  const auto cold = run(npu);
  EXPECT_FALSE(cold.first);
  ASSERT_EQ(store.blobs.size(), 1u);
  const auto warm = run(npu);
  EXPECT_TRUE(warm.first);
  EXPECT_EQ(warm.second, cold.second);
  // Another device has another name in the store.
  EXPECT_FALSE(run(delegate("fake_npu", {{"device", "1"}})).first);
  ASSERT_EQ(store.blobs.size(), 2u);

  // No bit of it may change, none may be missing.
  const std::string key = store.blobs.begin()->first;
  const std::vector<uint8_t> good = store.blobs.begin()->second;
  const auto on =
      delegate("fake_npu", {{"device", key.find("thin") != std::string::npos ? "1" : "0"}});
  for (size_t at = 0; at < good.size(); at += 1 + good.size() / 60) {
    store.blobs[key] = good;
    store.blobs[key][at] ^= 0x10;
    const auto again = run(on);
    // Bytes 16 to 23 are the key of the partition: the plugin finds out when it loads.
    EXPECT_FALSE(again.first) << "byte " << at;
    EXPECT_EQ(again.second, cold.second) << "byte " << at;
    EXPECT_EQ(store.blobs[key], good) << "byte " << at;
  }
  for (size_t size = 0; size < good.size(); size += 1 + good.size() / 30) {
    store.blobs[key].assign(good.begin(), good.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_FALSE(run(on).first) << size << " bytes";
  }
}

}  // namespace
}  // namespace baton::test
