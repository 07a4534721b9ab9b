// Making and destroying objects in every order that plugin.h allows.
#include <algorithm>
#include <thread>

#include "tests/conformance/abi/execution.h"
#include "tests/conformance/random.h"
#include "tests/conformance/reference_plugin.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

// Each case has a runtime of its own, so that what is left behind is its own.
void add(std::vector<Case>* cases, std::string name, std::function<Verdict(Scene&)> run,
         const char* candidate = kAnyCandidate) {
  cases->push_back({std::move(name), "", "", [run = std::move(run), candidate](Subject& subject) {
                      Bench bench(subject);
                      Verdict verdict;
                      {
                        Scene scene(bench, candidate);
                        if (!scene.ready()) return scene.otherwise();
                        verdict = run(scene);
                        scene.let_go();
                      }
                      if (verdict.outcome != Outcome::kOk) return verdict;
                      if (const uint64_t left = bench.services()->plugin_bytes(); left != 0) {
                        return failure(
                            format("%llu bytes of host->allocate were not released by the end of "
                                   "destroy",
                                   static_cast<unsigned long long>(left)));
                      }
                      for (const std::string& line : bench.take_log()) {
                        if (line.find(" failed to end") != std::string::npos ||
                            line.find(" failed to destroy") != std::string::npos) {
                          return failure(line);
                        }
                      }
                      return verdict;
                    }});
}

// Another object of the plugin in the same runtime.
Result<std::shared_ptr<Delegate>> another_delegate(Scene& scene) {
  const PluginLibrary& opened = scene.delegate()->plugin().library();
  BATON_ASSIGN_OR_RETURN(auto library, opened.name() == kReferencePlugin
                                           ? PluginLibrary::from_query(reference_plugin_query)
                                           : PluginLibrary::open(opened.path()));
  BATON_ASSIGN_OR_RETURN(auto plugin, Plugin::create(library, scene.bench().services()));
  Options options = scene.delegate()->options();
  options.emplace_back("device", std::to_string(scene.delegate()->device_index()));
  return Delegate::create(std::move(plugin), options);
}

Verdict run_on(const std::shared_ptr<Delegate>& delegate, Scene& scene) {
  return try_specimen(delegate, scene.specimen());
}

// Two plugin objects at once, the first or the second destroyed first.
Verdict two_objects(Scene& scene, bool first_goes) {
  auto other = another_delegate(scene);
  if (!other.ok()) return in("a second object of the plugin", failure(other.status().message()));
  std::shared_ptr<Delegate> gone = scene.delegate();
  std::shared_ptr<Delegate> stays = std::move(*other);
  if (!first_goes) std::swap(gone, stays);
  for (const auto& delegate : {gone, stays, gone}) {
    Verdict verdict = run_on(delegate, scene);
    if (verdict.outcome != Outcome::kOk) return in("with two objects of the plugin", verdict);
  }
  const bool last_of_scene = first_goes;
  gone.reset();
  if (last_of_scene) scene.drop_delegate();
  Verdict verdict = run_on(stays, scene);
  return in("after another object of the plugin was destroyed", std::move(verdict));
}

Verdict many_objects(Scene& scene) {
  constexpr int kRounds = 8;
  const uint64_t before = scene.bench().services()->plugin_bytes();
  for (int round = 0; round < kRounds; ++round) {
    {
      auto other = another_delegate(scene);
      if (!other.ok()) return failure(other.status().message());
      if (round == 0) {
        Verdict verdict = run_on(*other, scene);
        if (verdict.outcome != Outcome::kOk) return verdict;
      }
    }
    const uint64_t now = scene.bench().services()->plugin_bytes();
    if (now != before) {
      return failure(
          format("%llu bytes of host->allocate were not released when an object of the "
                 "plugin was destroyed",
                 static_cast<unsigned long long>(now - before)));
    }
  }
  return ok();
}

// The same work again and again on one object: what it holds must not grow.
Verdict many_rounds(Scene& scene) {
  constexpr int kRounds = 8;
  uint64_t half_way = 0;
  for (int round = 1; round <= kRounds; ++round) {
    Verdict verdict = run_on(scene.delegate(), scene);
    if (verdict.outcome != Outcome::kOk) return in(format("round %d", round), verdict);
    const uint64_t now = scene.bench().services()->plugin_bytes();
    if (round == kRounds / 2) half_way = now;
    if (round == kRounds && now > half_way) {
      return failure(
          format("after %d times compile, instantiate, execute and destroy it held %llu "
                 "bytes of host->allocate, after %d times %llu; destroy_program and "
                 "destroy_instance must release what they had",
                 kRounds / 2, static_cast<unsigned long long>(half_way), kRounds,
                 static_cast<unsigned long long>(now)));
    }
  }
  return ok();
}

Verdict compile_only(Scene& scene) {
  auto program = AbiProgram::compile(scene.delegate(), scene.specimen());
  return program.ok() ? ok() : failure(program.status().message());
}

Verdict instantiate_only(Scene& scene) {
  auto instance = make_instance(scene.delegate(), scene.specimen());
  return instance.ok() ? ok() : failure(instance.status().message());
}

// Programs and instances of each, all in use, let go of in an order that the seed picks.
Verdict any_order(Scene& scene, uint64_t seed) {
  constexpr size_t kPrograms = 2;
  constexpr size_t kInstances = 3;  // of each
  Random random(seed);
  std::vector<std::unique_ptr<AbiInstance>> instances;
  {
    std::vector<std::shared_ptr<AbiProgram>> programs;
    for (size_t i = 0; i < kPrograms; ++i) {
      auto program = AbiProgram::compile(scene.delegate(), scene.specimen());
      if (!program.ok()) return failure(program.status().message());
      programs.push_back(std::move(*program));
    }
    for (size_t i = 0; i < kPrograms * kInstances; ++i) {
      auto instance = AbiInstance::create(programs[i % kPrograms], scene.specimen().values,
                                          TestServices::kThreads);
      if (!instance.ok()) {
        return in(format("instance %zu of a program", i / kPrograms),
                  failure(instance.status().message()));
      }
      instances.push_back(std::move(*instance));
    }
  }
  // Side by side: each with a state of its own.
  std::vector<Hall> halls;
  for (const auto& instance : instances) {
    halls.emplace_back(scene.specimen(), instance->scratch_bytes());
  }
  for (uint32_t run = 0; run < kSpecimenRuns; ++run) {
    for (size_t i = 0; i < instances.size(); ++i) {
      halls[i].prepare(run, mix_seed(seed, "hall", i));
      Verdict verdict = execute_once(*instances[i], halls[i], run, scene.limits());
      if (verdict.outcome != Outcome::kOk) {
        return in("with several instances at once", std::move(verdict));
      }
    }
  }
  // The last of a program's instances takes the program along.
  while (!instances.empty()) {
    const auto gone = random.below(static_cast<uint32_t>(instances.size()));
    instances.erase(instances.begin() + gone);
    for (const auto& instance : instances) {
      Verdict verdict = execute_all(*instance, scene.specimen(), scene.limits());
      if (verdict.outcome != Outcome::kOk) {
        return in("after another instance was destroyed", std::move(verdict));
      }
    }
  }
  return ok();
}

// Whatever the thread, as long as one at a time: from `create` to `destroy_instance`.
Verdict thread_to_thread(Scene& scene) {
  Verdict verdict;
  std::unique_ptr<AbiInstance> instance;
  const auto elsewhere = [](const auto& work) { std::thread(work).join(); };
  elsewhere([&] {
    auto made = make_instance(scene.delegate(), scene.specimen());
    if (made.ok()) {
      instance = std::move(*made);
    } else {
      verdict = failure(made.status().message());
    }
  });
  if (instance == nullptr) return in("called from another thread than create", std::move(verdict));
  for (int i = 0; i < 2 && verdict.outcome == Outcome::kOk; ++i) {
    elsewhere([&] { verdict = execute_all(*instance, scene.specimen(), scene.limits()); });
  }
  elsewhere([&] { instance.reset(); });
  return in("called from one thread after another", std::move(verdict));
}

std::vector<Case> cases(uint64_t seed) {
  std::vector<Case> list;
  add(&list, "unused", [](Scene&) { return ok(); });
  add(&list, "two_objects/first_goes", [](Scene& scene) { return two_objects(scene, true); });
  add(&list, "two_objects/second_goes", [](Scene& scene) { return two_objects(scene, false); });
  add(&list, "many_objects", many_objects);
  add(&list, "compile_only", compile_only);
  add(&list, "instantiate_only", instantiate_only);
  add(&list, "thread_to_thread", thread_to_thread);
  for (const char* candidate : candidate_names()) {
    add(&list, format("many_rounds/%s", candidate), many_rounds, candidate);
    for (uint64_t order = 0; order < 3; ++order) {
      add(
          &list, format("any_order/%s/%llu", candidate, static_cast<unsigned long long>(order)),
          [seed, order](Scene& scene) { return any_order(scene, mix_seed(seed, "order", order)); },
          candidate);
    }
  }
  add(&list, "many_rounds/any", many_rounds);
  add(&list, "any_order/any",
      [seed](Scene& scene) { return any_order(scene, mix_seed(seed, "order", 0)); });
  return list;
}

}  // namespace

extern const Group lifecycle_group{"lifecycle", "every legal order of making and destroying",
                                   cases};

}  // namespace baton::conformance
