// Memory that runs out at every place, and executions that end early.
#include <algorithm>

#include "tests/conformance/abi/execution.h"
#include "tests/conformance/random.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

// A stage of a delegate's life, up to which all goes well and from which on memory runs out.
struct Stage {
  const char* name;
  // Does the stage alone; what it makes is gone when this returns.
  Status (*run)(Scene& scene, const std::function<void()>& begin);
};

Status do_examine(Scene& scene, const std::function<void()>& begin) {
  ExamineRequest request;
  request.graph = scene.specimen().graph();
  begin();
  return scene.delegate()->examine(request).status();
}

// What a stage made must work, though memory ran out while it was made.
Status use(AbiInstance& instance, Scene& scene) {
  scene.bench().services()->fail_allocations_after(Services::kNever);
  const Verdict verdict = execute_all(instance, scene.specimen(), scene.limits());
  if (verdict.outcome == Outcome::kOk) return {};
  return error(BATON_DELEGATE_FAILED, "it said that all is well, but then: %s",
               verdict.text.c_str());
}

Status do_compile(Scene& scene, const std::function<void()>& begin) {
  begin();
  BATON_ASSIGN_OR_RETURN(auto program, AbiProgram::compile(scene.delegate(), scene.specimen()));
  scene.bench().services()->fail_allocations_after(Services::kNever);
  auto instance =
      AbiInstance::create(std::move(program), scene.specimen().values, TestServices::kThreads);
  if (instance.ok()) return use(**instance, scene);
  return error(BATON_DELEGATE_FAILED, "it said that all is well, but then: %s",
               instance.status().message().c_str());
}

Status do_instantiate(Scene& scene, const std::function<void()>& begin) {
  BATON_ASSIGN_OR_RETURN(auto program, AbiProgram::compile(scene.delegate(), scene.specimen()));
  begin();
  BATON_ASSIGN_OR_RETURN(
      auto instance,
      AbiInstance::create(std::move(program), scene.specimen().values, TestServices::kThreads));
  return use(*instance, scene);
}

// To the shapes that it has.
Status do_reshape(Scene& scene, const std::function<void()>& begin) {
  BATON_ASSIGN_OR_RETURN(auto instance, make_instance(scene.delegate(), scene.specimen()));
  begin();
  BATON_RETURN_IF_ERROR(instance->reshape(scene.specimen().values));
  return use(*instance, scene);
}

Status do_execute(Scene& scene, const std::function<void()>& begin) {
  BATON_ASSIGN_OR_RETURN(auto instance, make_instance(scene.delegate(), scene.specimen()));
  Hall hall(scene.specimen(), instance->scratch_bytes());
  TestServices services;
  begin();
  for (uint32_t run = 0; run < kSpecimenRuns; ++run) {
    hall.prepare(run, run + 1);
    const Status status = instance->execute(hall.buffers(), services, hall.scratch());
    std::string found = hall.damage();
    if (found.empty() && status.ok()) found = hall.difference_from_reference(run, scene.limits());
    if (!found.empty()) return error(BATON_DELEGATE_FAILED, "%s", found.c_str());
    BATON_RETURN_IF_ERROR(status);
    hall.commit();
  }
  return {};
}

constexpr Stage kStages[] = {{"examine", do_examine},
                             {"compile", do_compile},
                             {"instantiate", do_instantiate},
                             {"reshape", do_reshape},
                             {"execute", do_execute}};

// Which allocation fails: all of few, else the first ones and some of the others.
std::vector<int64_t> places(int64_t count) {
  constexpr int64_t kMost = 40;
  std::vector<int64_t> list;
  for (int64_t i = 0; i < count; ++i) {
    if (count <= kMost || i < kMost / 2 || i % (count / (kMost / 2)) == 0) list.push_back(i);
  }
  return list;
}

std::string place_text(const char* stage, int64_t place) {
  return format("with host->allocate failing from call %lld of %s on",
                static_cast<long long>(place + 1), stage);
}

Verdict out_of_memory(Scene& scene, const Stage& stage) {
  Services& services = *scene.bench().services();
  int64_t before = 0;
  Status status = stage.run(scene, [&] { before = services.allocations(); });
  const int64_t count = services.allocations() - before;
  if (!status.ok()) return failure(status.message());
  if (count == 0) return unsupported(format("it asks the host for no memory in %s", stage.name));
  const uint64_t level = services.plugin_bytes();
  for (const int64_t place : places(count)) {
    status = stage.run(scene, [&] { services.fail_allocations_after(place); });
    services.fail_allocations_after(Services::kNever);
    const std::string where = place_text(stage.name, place);
    if (status.code() == BATON_DELEGATE_FAILED) return in(where, failure(status.message()));
    if (!status.ok() && !has_sentence(status)) {
      return in(where, failure(status.message() + "; report a reason and a sentence first"));
    }
    if (services.plugin_bytes() > level) {
      return in(where,
                failure(format("it held %llu bytes more afterwards than before; what it had got "
                               "before it failed must be released",
                               static_cast<unsigned long long>(services.plugin_bytes() - level))));
    }
    // With memory again, all is well again.
    status = stage.run(scene, [] {});
    if (!status.ok()) {
      return in("after memory had run out in " + std::string(stage.name) +
                    " and there was some "
                    "again",
                failure(status.message()));
    }
  }
  return ok();
}

// `create`, in runtimes of its own.
Verdict out_of_memory_in_create(Subject& subject) {
  int64_t count = 0;
  {
    Bench bench(subject);
    auto plugin = bench.plugin();
    if (!plugin.ok()) return failure(plugin.status().message());
    count = bench.services()->allocations();
  }
  if (count == 0) return unsupported("it asks the host for no memory in create");
  for (const int64_t place : places(count)) {
    Bench bench(subject);
    bench.services()->fail_allocations_after(place);
    const Status status = bench.plugin().status();
    bench.services()->fail_allocations_after(Services::kNever);
    bench.unload();
    const std::string where = place_text("create", place);
    if (!status.ok() && !has_sentence(status)) {
      return in(where, failure(status.message() + "; report a reason and a sentence first"));
    }
    if (const uint64_t left = bench.services()->plugin_bytes(); left != 0) {
      return in(where, failure(format("%llu bytes of host->allocate were not released",
                                      static_cast<unsigned long long>(left))));
    }
    const Status again = bench.plugin().status();
    if (!again.ok()) {
      return in("after memory had run out in create and there was some again",
                failure(again.message()));
    }
  }
  return ok();
}

// Told to stop at its first, second ... question; each time the run is repeated.
Verdict cancelled(Scene& scene) {
  constexpr int64_t kQuestions = 12;
  auto instance = make_instance(scene.delegate(), scene.specimen());
  if (!instance.ok()) return failure(instance.status().message());
  Hall hall(scene.specimen(), (*instance)->scratch_bytes());
  for (uint32_t run = 0; run < kSpecimenRuns; ++run) {
    // Only the last execution of a run is committed.
    for (int64_t question = 0; question <= kQuestions; ++question) {
      const bool last = question == kQuestions;
      hall.prepare(run, mix_seed(run, "cancelled", static_cast<uint64_t>(question)));
      TestServices services;
      if (!last) services.cancel_after(question);
      Status status = (*instance)->execute(hall.buffers(), services, hall.scratch());
      if (const std::string found = hall.damage(); !found.empty()) {
        return in("in a cancelled run", failure(found));
      }
      const bool stopped = !last && status.code() == BATON_CANCELLED;
      if (!stopped && !status.ok()) {
        return failure(
            "a cancelled execute must return BATON_CANCELLED, or BATON_OK when it is "
            "done, not: " +
            status.message());
      }
      if (stopped) {
        hall.prepare(run, mix_seed(run, "again", static_cast<uint64_t>(question)));
        TestServices free;
        status = (*instance)->execute(hall.buffers(), free, hall.scratch());
        if (!status.ok()) {
          return in("a run repeated after it was cancelled", failure(status.message()));
        }
      }
      const std::string found = hall.difference_from_reference(run, scene.limits());
      if (found.empty()) continue;
      return in(stopped ? "a run repeated after it was cancelled"
                        : "execute returned BATON_OK in a cancelled run",
                mismatch(found));
    }
    hall.commit();
  }
  return ok();
}

// A run that was done but never committed, as when another partition of the model failed.
Verdict uncommitted(Scene& scene) {
  auto instance = make_instance(scene.delegate(), scene.specimen());
  if (!instance.ok()) return failure(instance.status().message());
  Hall hall(scene.specimen(), (*instance)->scratch_bytes());
  for (uint32_t run = 0; run < kSpecimenRuns; ++run) {
    for (uint32_t other = 0; other < kSpecimenRuns; ++other) {
      hall.prepare(other, mix_seed(run, "uncommitted", other));
      TestServices services;
      const Status status = (*instance)->execute(hall.buffers(), services, hall.scratch());
      if (const std::string found = hall.damage(); !found.empty()) return failure(found);
      if (!status.ok()) return failure(status.message());
    }
    hall.prepare(run, run + 1);
    Verdict verdict = execute_once(**instance, hall, run, scene.limits());
    if (verdict.outcome != Outcome::kOk) {
      return in(
          "after runs whose state_out the host did not commit, so that state_in is what it "
          "was",
          std::move(verdict));
    }
  }
  return ok();
}

std::vector<Case> cases(uint64_t) {
  std::vector<Case> list;
  list.push_back({"out_of_memory/create", "", "", out_of_memory_in_create});
  for (const Stage& stage : kStages) {
    const auto add = [&](const char* candidate) {
      list.push_back({format("out_of_memory/%s/%s", stage.name, candidate), "", "",
                      [&stage, candidate](Subject& subject) {
                        Bench bench(subject);
                        Scene scene(bench, candidate);
                        if (!scene.ready()) return scene.otherwise();
                        Verdict verdict = out_of_memory(scene, stage);
                        scene.let_go();
                        if (verdict.outcome == Outcome::kOk &&
                            bench.services()->plugin_bytes() != 0) {
                          return failure(
                              format("after memory had run out in %s, not all of it "
                                     "was released by the end of destroy",
                                     stage.name));
                        }
                        return verdict;
                      }});
    };
    for (const char* candidate : candidate_names()) add(candidate);
    add(kAnyCandidate);
  }
  add_cases(&list, "cancelled", cancelled);
  add_cases(&list, "uncommitted", uncommitted);
  return list;
}

}  // namespace

extern const Group faults_group{"faults", "memory that runs out, runs that end early", cases};

}  // namespace baton::conformance
