// Graphs of all forms, cut into partitions in many ways.
#include "tests/conformance/probe.h"
#include "tests/conformance/subject.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

using tflite::TensorId;

// A model, and which of its nodes are kept off the delegate. No model: the reason.
struct Cut {
  ModelFile file;
  std::vector<int32_t> off;
  std::string reason;
};

using MakeCut = std::function<Cut(const Material&, uint64_t seed)>;

Verdict try_graph(Subject& subject, const Cut& cut, uint64_t seed) {
  if (cut.file.empty()) return unsupported(cut.reason);
  TrialOptions options;
  options.runs = 3;
  for (const int32_t node : cut.off)
    options.pins.push_back({.node = node, .op = {}, .delegate = {}});
  return try_model(subject, cut.file, fill_random(seed), options);
}

// Of every element type that the delegate takes.
Case graph_case(const char* name, uint64_t seed, const MakeCut& make) {
  return {name, "", "", [make, seed](Subject& subject) {
            return for_each_material(subject, [&](const Material& material) {
              return try_graph(subject, make(material, seed), seed);
            });
          }};
}

// ---- Borders ------------------------------------------------------------------------------------

Cut used_by_two_partitions(const Material& m, uint64_t seed) {
  Sketch s(m, seed);
  const TensorId shared = s.chain(s.input(), 1);
  const TensorId near = s.chain(shared, 1);
  const TensorId outside = s.chain(shared, 1);  // operator 2: kept off
  const TensorId far = s.join({s.chain(outside, 1), shared});
  for (const TensorId output : {near, shared, far}) s.b.output(output);
  return {s.b.finish(), {2}, ""};
}

Cut every_tensor_is_output(const Material& m, uint64_t seed) {
  Sketch s(m, seed);
  TensorId x = s.input();
  for (int i = 0; i < 5; ++i) s.b.output(x = s.chain(x, 1));
  return {s.b.finish(), {}, ""};
}

Cut same_tensor_twice(const Material& m, uint64_t seed) {
  Sketch s(m, seed);
  const Brick* brick = m.pick(s.random, 2);
  if (brick == nullptr) return {{}, {}, "it takes no node of two inputs"};
  const TensorId x = s.input();
  const TensorId doubled = s.node(*brick, {x, x});
  s.b.output(s.node(*brick, {doubled, doubled}));
  return {s.b.finish(), {}, ""};
}

Cut nobody_reads(const Material& m, uint64_t seed) {
  Sketch s(m, seed);
  const TensorId x = s.input();
  s.chain(x, 2);
  s.input();
  s.b.output(s.chain(x, 2));
  return {s.b.finish(), {}, ""};
}

Cut input_is_output(const Material& m, uint64_t seed) {
  Sketch s(m, seed);
  const TensorId x = s.input();
  s.b.output(x);
  s.b.output(s.chain(x, 2));
  return {s.b.finish(), {}, ""};
}

Cut many_partitions(const Material& m, uint64_t seed) {
  Cut cut{chain_model(m, seed, 24), {}, ""};
  for (int32_t i = 1; i < 24; i += 2) cut.off.push_back(i);
  return cut;
}

// The outer way leaves the partition and would come back: both ends cannot be in one.
Cut way_around(const Material& m, uint64_t seed) {
  Sketch s(m, seed);
  const TensorId top = s.chain(s.input(), 1);
  const TensorId outer = s.chain(top, 1);  // operator 1: kept off
  const TensorId inner = s.chain(top, 3);
  s.b.output(s.join({outer, inner}));
  return {s.b.finish(), {1}, ""};
}

// ---- Constants and optional inputs --------------------------------------------------------------

Cut shared_constants(const Material& m, uint64_t seed, bool apart) {
  Cut cut{shared_constants_model(m, seed), {}, "it takes no node with a constant"};
  if (apart) cut.off.push_back(2);
  return cut;
}

// Partitions that differ in the content of their constants only.
Cut equal_but_for_constants(const Material& m, uint64_t seed) {
  Sketch s(m, seed);
  TensorId x = s.input();
  for (const Brick* brick : m.taken) {
    if (brick->constants == nullptr || brick->inputs != 1) continue;
    for (int i = 0; i < 3; ++i) {
      if (i != 0) x = s.chain(x, 1);  // operators 1 and 3: kept off
      x = s.node(*brick, {x});
    }
    s.b.output(x);
    return {s.b.finish(), {1, 3}, ""};
  }
  return {{}, {}, "it takes no node with a constant"};
}

// A value that follows from constants reaches the partition as an input.
Cut folded_input(const Material& m, uint64_t seed) {
  Sketch s(m, seed);
  const TensorId known = s.chain(s.constant(), 1);
  s.b.output(s.chain(s.join({s.input(), known}), 1));
  return {s.b.finish(), {}, ""};
}

// Biases that are left out: as -1, and by a shorter list.
Cut absent_optional_input(const Material& m, uint64_t seed, bool shorter) {
  Sketch s(m, seed);
  TensorId x = s.input();
  size_t nodes = 0;
  for (const Brick* brick : m.taken) {
    if (!brick->has_bias) continue;
    std::vector<TensorId> constants = s.constants(*brick);
    x = s.node(*brick, {x}, constants);
    constants.pop_back();
    if (!shorter) constants.push_back(tflite::kNoTensor);
    x = s.node(*brick, {x}, constants);
    nodes += 2;
  }
  if (nodes == 0) return {{}, {}, "it takes no node with an optional input"};
  s.b.output(x);
  return {s.b.finish(), {}, ""};
}

// ---- Random -------------------------------------------------------------------------------------

// Nodes that are kept off at random: each placement is one that a user could ask for.
Cut random_placement(const Material& m, uint64_t seed) {
  Random random(seed);
  const int nodes = random.between(10, 40);
  Cut cut{random_model(m, seed, nodes), {}, ""};
  const auto percent = static_cast<uint32_t>(random.between(0, 60));
  for (int32_t i = 0; i < nodes; ++i) {
    if (random.below(100) < percent) cut.off.push_back(i);
  }
  return cut;
}

// ---- State --------------------------------------------------------------------------------------

// Two sessions in turn, one of which begins anew half way: state is a session's, and the host's.
Verdict state_of_sessions(Subject& subject, uint64_t seed, const StateNode& node) {
  const Both both = compile_both(subject.bench(), state_model(node));
  if (both.verdict.outcome != Outcome::kOk) return both.verdict;
  constexpr size_t kSessions = 2;
  TrialOutputs rows[2];
  const std::shared_ptr<Compiled> by[2] = {both.reference, both.compiled};
  for (size_t who = 0; who < 2; ++who) {
    const auto run = [&]() -> Status {
      std::unique_ptr<Session> sessions[kSessions];
      for (auto& session : sessions) {
        BATON_ASSIGN_OR_RETURN(session, Session::create(by[who], {}));
      }
      for (uint32_t i = 0; i < 8; ++i) {
        if (i == 4) BATON_RETURN_IF_ERROR(sessions[1]->reset_state());
        for (size_t k = 0; k < kSessions; ++k) {
          BATON_ASSIGN_OR_RETURN(auto row, run_once(*sessions[k], fill_random(seed + k), i));
          rows[who].push_back(std::move(row));
        }
      }
      return {};
    };
    const Status status = run();
    if (!status.ok()) return failure(status.message());
  }
  std::string found = both.difference(rows[1], rows[0]);
  return found.empty() ? ok() : mismatch("two sessions in turn, " + std::move(found));
}

std::vector<Case> cases(uint64_t seed) {
  std::vector<Case> list;
  const auto add = [&](const char* name, const MakeCut& make) {
    list.push_back(graph_case(name, mix_seed(seed, name, 0), make));
  };
  add("one_node", [](const Material& m, uint64_t s) { return Cut{chain_model(m, s, 1), {}, ""}; });
  add("chain", [](const Material& m, uint64_t s) { return Cut{chain_model(m, s, 12), {}, ""}; });
  add("diamond", [](const Material& m, uint64_t s) { return Cut{diamond_model(m, s), {}, ""}; });
  add("many_inputs_and_outputs", [](const Material& m, uint64_t s) {
    return Cut{branches_model(m, s, 9), {}, ""};
  });
  add("used_by_two_partitions", used_by_two_partitions);
  add("every_tensor_is_output", every_tensor_is_output);
  add("same_tensor_twice", same_tensor_twice);
  add("nobody_reads", nobody_reads);
  add("input_is_output", input_is_output);
  add("many_partitions", many_partitions);
  add("way_around", way_around);
  add("shared_constants/one_partition",
      [](const Material& m, uint64_t s) { return shared_constants(m, s, false); });
  add("shared_constants/two_partitions",
      [](const Material& m, uint64_t s) { return shared_constants(m, s, true); });
  add("equal_but_for_constants", equal_but_for_constants);
  add("folded_input", folded_input);
  add("absent_optional_input/minus_one",
      [](const Material& m, uint64_t s) { return absent_optional_input(m, s, false); });
  add("absent_optional_input/shorter_list",
      [](const Material& m, uint64_t s) { return absent_optional_input(m, s, true); });
  for (const StateNode& node : state_nodes()) {
    list.push_back({std::string("state/") + node.name, "", "", [node, seed](Subject& subject) {
                      return try_model(subject, state_model(node), fill_random(seed),
                                       {.runs = 6, .resizes = {}});
                    }});
    list.push_back(
        {std::string("state_of_sessions/") + node.name, "", "",
         [node, seed](Subject& subject) { return state_of_sessions(subject, seed, node); }});
  }
  for (uint64_t i = 0; i < 160; ++i) {
    const uint64_t own = mix_seed(seed, "random", i);
    list.push_back({format("random/%llu", static_cast<unsigned long long>(i)), "", "",
                    [own, i](Subject& subject) {
                      return for_one_material(subject, i, [&](const Material& material) {
                        return try_graph(subject, random_placement(material, own), own);
                      });
                    }});
  }
  return list;
}

}  // namespace

extern const Group partitions_group{
    "partitions", "borders, constants, optional inputs, shared tensors, state", cases};

}  // namespace baton::conformance
