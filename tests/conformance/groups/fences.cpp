// Executions that return before they are done.
#include <thread>

#include "tests/conformance/abi/execution.h"
#include "tests/conformance/random.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

// An instance with buffers, and what is submitted on it.
class Lane {
 public:
  static Result<std::unique_ptr<Lane>> create(Scene& scene, const Specimen& specimen) {
    BATON_ASSIGN_OR_RETURN(auto instance, make_instance(scene.delegate(), specimen));
    return std::unique_ptr<Lane>(new Lane(std::move(instance), specimen, scene.limits()));
  }

  Hall& hall() { return hall_; }
  AbiFence& fence() { return *fence_; }
  AbiInstance& instance() { return *instance_; }

  void prepare(uint32_t run, uint64_t noise) {
    run_ = run;
    hall_.prepare(run, noise);
  }
  Status submit(const AbiFence* wait_for = nullptr) { return submit(hall_.buffers(), wait_for); }
  Status submit(const Buffers& buffers, const AbiFence* wait_for) {
    BATON_ASSIGN_OR_RETURN(fence_,
                           instance_->submit(buffers, services_, hall_.scratch(), wait_for));
    return {};
  }
  // After a wait that gave this.
  Verdict look(const Status& waited) {
    if (const std::string found = hall_.damage(); !found.empty()) return failure(found);
    if (!waited.ok()) return failure(waited.message());
    const std::string found = hall_.difference_from_reference(run_, limits_);
    if (!found.empty()) return mismatch(found);
    hall_.commit();
    return ok();
  }
  Verdict finish() {
    Verdict verdict = look(fence_->wait());
    fence_.reset();
    return verdict;
  }

 private:
  Lane(std::unique_ptr<AbiInstance> instance, const Specimen& specimen, const Limits& limits)
      : instance_(std::move(instance)),
        hall_(specimen, instance_->scratch_bytes()),
        limits_(limits) {}

  std::unique_ptr<AbiInstance> instance_;
  Hall hall_;
  const Limits limits_;
  TestServices services_;
  uint32_t run_ = 0;
  std::unique_ptr<AbiFence> fence_;  // gone first
};

void add(std::vector<Case>* cases, const std::string& name, const SceneCase& run) {
  add_cases(cases, name, [run](Scene& scene) {
    if (scene.delegate()->plugin().async() == nullptr) {
      return unsupported("it has no " BATON_EXT_ASYNC);
    }
    return run(scene);
  });
}

// The extension may be there for one device and not for another.
Verdict not_submitted(const Status& status) {
  return status.code() == BATON_UNSUPPORTED ? unsupported(status.message())
                                            : failure(status.message());
}

// `use` of a submitted execution and its fence, in each run.
Verdict each_run(Scene& scene, const std::function<Verdict(Lane&)>& use) {
  auto lane = Lane::create(scene, scene.specimen());
  if (!lane.ok()) return failure(lane.status().message());
  for (uint32_t run = 0; run < kSpecimenRuns; ++run) {
    (*lane)->prepare(run, run + 1);
    const Status status = (*lane)->submit();
    if (!status.ok()) return not_submitted(status);
    Verdict verdict = use(**lane);
    if (verdict.outcome != Outcome::kOk) return verdict;
  }
  return ok();
}

Verdict wait(Scene& scene) {
  return each_run(scene, [](Lane& lane) { return lane.finish(); });
}

// Asked again and again, with no time and with little.
Verdict poll(Scene& scene) {
  return each_run(scene, [](Lane& lane) {
    Status status = lane.fence().poll(0);
    for (uint64_t i = 0; status.code() == BATON_TIMED_OUT; ++i) {
      status = lane.fence().poll(i % 2 == 0 ? 0 : 1'000'000);
    }
    return lane.look(status);
  });
}

Verdict wait_twice(Scene& scene) {
  return each_run(scene, [](Lane& lane) {
    const Status first = lane.fence().wait();
    Verdict verdict = lane.look(first);
    if (verdict.outcome != Outcome::kOk) return verdict;
    for (const uint64_t timeout : {uint64_t{0}, UINT64_MAX}) {
      const Status again = lane.fence().poll(timeout);
      if (!again.ok()) {
        return failure("the execution was done, but a second wait gave: " + again.message());
      }
    }
    return ok();
  });
}

Verdict other_thread(Scene& scene) {
  return each_run(scene, [](Lane& lane) {
    Verdict verdict;
    std::thread([&] { verdict = lane.finish(); }).join();
    return verdict;
  });
}

// Between submissions, executions on the same instance.
Verdict with_execute(Scene& scene) {
  auto lane = Lane::create(scene, scene.specimen());
  if (!lane.ok()) return failure(lane.status().message());
  for (uint32_t run = 0; run < kSpecimenRuns; ++run) {
    (*lane)->prepare(run, run + 1);
    if (run % 2 == 1) {
      Verdict verdict = execute_once((*lane)->instance(), (*lane)->hall(), run, scene.limits());
      if (verdict.outcome != Outcome::kOk) return in("execute after submit", std::move(verdict));
      continue;
    }
    const Status status = (*lane)->submit();
    if (!status.ok()) return not_submitted(status);
    Verdict verdict = (*lane)->finish();
    if (verdict.outcome != Outcome::kOk) return verdict;
  }
  return ok();
}

// Several at once, waited for in another order than they were submitted in.
Verdict several(Scene& scene) {
  std::vector<std::unique_ptr<Lane>> lanes;
  for (int i = 0; i < 4; ++i) {
    auto lane = Lane::create(scene, scene.specimen());
    if (!lane.ok()) return failure(lane.status().message());
    lanes.push_back(std::move(*lane));
  }
  for (uint32_t run = 0; run < kSpecimenRuns; ++run) {
    for (size_t i = 0; i < lanes.size(); ++i) {
      lanes[i]->prepare(run, mix_seed(run, "lane", i));
      const Status status = lanes[i]->submit();
      if (!status.ok()) return not_submitted(status);
    }
    for (const size_t i : {2u, 0u, 3u, 1u}) {
      Verdict verdict = lanes[i]->finish();
      if (verdict.outcome != Outcome::kOk) return in("with four fences at once", verdict);
    }
  }
  return ok();
}

// The later nodes of the partition as one that waits for the earlier ones and reads their outputs.
Verdict chain(Scene& scene) {
  const Specimen& whole = scene.specimen();
  const auto& nodes = whole.partition.nodes;
  if (nodes.size() < 2) return unsupported("it takes no two nodes of the model");
  const auto middle = nodes.begin() + static_cast<ptrdiff_t>(nodes.size() / 2);
  const auto early = part_of(whole, {nodes.begin(), middle});
  const auto late = part_of(whole, {middle, nodes.end()});
  if (early->has_state() || late->has_state()) {
    return unsupported("a chain of nodes with state is not split");
  }
  auto first = Lane::create(scene, *early);
  auto second = Lane::create(scene, *late);
  if (!first.ok()) return failure(first.status().message());
  if (!second.ok()) return failure(second.status().message());
  for (uint32_t run = 0; run < kSpecimenRuns; ++run) {
    (*first)->prepare(run, run + 1);
    (*second)->prepare(run, run + 11);
    Buffers buffers = (*second)->hall().buffers();
    bool linked = false;
    for (size_t i = 0; i < late->partition.inputs.size(); ++i) {
      for (size_t k = 0; k < early->partition.outputs.size(); ++k) {
        if (late->partition.inputs[i] != early->partition.outputs[k]) continue;
        buffers.inputs[i] = (*first)->hall().buffers().outputs[k];
        linked = true;
      }
    }
    if (!linked) return unsupported("no node of the model reads what another that it takes wrote");
    Status status = (*first)->submit();
    if (status.ok()) status = (*second)->submit(buffers, &(*first)->fence());
    if (!status.ok()) return not_submitted(status);
    Verdict verdict = in("an execution that waits for another's fence", (*second)->finish());
    if (verdict.outcome != Outcome::kOk) return verdict;
    verdict = in("an execution that another waited for", (*first)->finish());
    if (verdict.outcome != Outcome::kOk) return verdict;
  }
  return ok();
}

// Ends as BATON_CANCELLED, or was done already; the same run can be repeated.
Verdict cancel(Scene& scene) {
  auto lane = Lane::create(scene, scene.specimen());
  if (!lane.ok()) return failure(lane.status().message());
  for (uint32_t run = 0; run < kSpecimenRuns; ++run) {
    for (uint64_t attempt = 0; attempt < 2; ++attempt) {
      (*lane)->prepare(run, mix_seed(run, "cancel", attempt));
      Status status = (*lane)->submit();
      if (!status.ok()) return not_submitted(status);
      (*lane)->fence().cancel();
      if (attempt == 1) (*lane)->fence().cancel();
      status = (*lane)->fence().wait();
      if (const std::string found = (*lane)->hall().damage(); !found.empty()) {
        return in("a cancelled execution", failure(found));
      }
      if (!status.ok() && status.code() != BATON_CANCELLED) {
        return failure("wait after cancel must give BATON_CANCELLED or BATON_OK, not: " +
                       status.message());
      }
      const Status again = (*lane)->fence().poll(UINT64_MAX);
      if (again.code() != status.code()) {
        return failure(format("wait gave status %d after cancel, and %d when it was asked again",
                              status.code(), again.code()));
      }
    }
    (*lane)->prepare(run, run + 1);
    const Status status = (*lane)->submit();
    if (!status.ok()) return in("after a cancelled execution", failure(status.message()));
    Verdict verdict = in("after a cancelled execution", (*lane)->finish());
    if (verdict.outcome != Outcome::kOk) return verdict;
  }
  return ok();
}

Verdict cancel_when_done(Scene& scene) {
  return each_run(scene, [](Lane& lane) {
    const Status status = lane.fence().wait();
    lane.fence().cancel();
    const Status again = lane.fence().poll(0);
    if (status.ok() && !again.ok()) {
      return failure("the execution was done before it was cancelled, but wait gives: " +
                     again.message());
    }
    return lane.look(status);
  });
}

std::vector<Case> cases(uint64_t) {
  std::vector<Case> list;
  add(&list, "wait", wait);
  add(&list, "poll", poll);
  add(&list, "wait_twice", wait_twice);
  add(&list, "other_thread", other_thread);
  add(&list, "with_execute", with_execute);
  add(&list, "several", several);
  add(&list, "chain", chain);
  add(&list, "cancel", cancel);
  add(&list, "cancel_when_done", cancel_when_done);
  return list;
}

}  // namespace

extern const Group fences_group{"fences", "executions that return before they are done", cases};

}  // namespace baton::conformance
