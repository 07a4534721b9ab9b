// What the delegate answers about nodes, and whether it can do what it says.
#include <algorithm>
#include <cstdint>
#include <map>

#include "core/ops/operator.h"
#include "tests/conformance/abi/execution.h"
#include "tests/conformance/random.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

// A model to ask about.
struct Question {
  std::shared_ptr<Delegate> delegate;
  std::shared_ptr<const TrialModel> model;
  std::vector<Value> values;
  std::vector<uint8_t> offered;  // by node: what the host may offer

  const Subgraph& subgraph() const { return model->graph()->main(); }
  std::string place(uint32_t node) const { return subgraph().place(node); }
};

Result<Question> make_question(Subject& subject, const std::string& candidate, uint64_t seed) {
  Question question;
  BATON_ASSIGN_OR_RETURN(question.delegate, subject.bench().delegate());
  if (candidate == kAnyCandidate) {
    BATON_ASSIGN_OR_RETURN(auto taken, take(question.delegate, candidate, kUsualSize, seed));
    if (taken.specimen == nullptr) return question;
    question.model = taken.specimen->model;
  } else {
    BATON_ASSIGN_OR_RETURN(question.model,
                           TrialModel::create(make_candidate(candidate, kUsualSize, seed).file,
                                              &question.delegate->plugin()));
  }
  BATON_ASSIGN_OR_RETURN(question.values, default_values(*question.model));
  for (const Node& node : question.subgraph().nodes) {
    BATON_ASSIGN_OR_RETURN(const int32_t known, question.delegate->max_version(node.abi.op));
    question.offered.push_back(known > 0 && node.abi.min_version <= known);
  }
  return question;
}

Result<Answers> ask(const Question& question) {
  return examine(*question.delegate, question.model->graph(), question.values, question.offered);
}

using Check = Verdict (*)(const Question&, const Answers&);

Verdict answer_question(Subject& subject, const std::string& candidate, uint64_t seed,
                        Check check) {
  auto question = make_question(subject, candidate, seed);
  if (!question.ok()) return failure(question.status().message());
  if (std::ranges::count(question->offered, 1) == 0) {
    return unsupported("max_version says that it knows none of the operators");
  }
  auto answers = ask(*question);
  if (!answers.ok()) return failure(answers.status().message());
  return check(*question, *answers);
}

void add_question(std::vector<Case>* cases, const std::string& name, uint64_t seed, Check check) {
  std::vector<std::string> candidates(candidate_names().begin(), candidate_names().end());
  candidates.push_back(kAnyCandidate);
  for (const std::string& candidate : candidates) {
    cases->push_back({name + "/" + candidate, "", "", [candidate, seed, check](Subject& subject) {
                        return answer_question(subject, candidate, seed, check);
                      }});
  }
}

// Each offered node once, and no other.
Verdict check_once(const Question& question, const Answers& answers) {
  std::vector<int> count(question.offered.size());
  for (const Answer& answer : answers.list) {
    if (answer.node >= count.size()) {
      return failure(
          format("examine answered for node %u of a subgraph of %zu; `node` is "
                 "baton_node.index",
                 answer.node, count.size()));
    }
    if (!question.offered[answer.node]) {
      return failure("examine answered for " + question.place(answer.node) +
                     ", which was not offered (BATON_NODE_OFFERED)");
    }
    if (++count[answer.node] > 1) {
      return failure("examine answered twice for " + question.place(answer.node));
    }
  }
  for (uint32_t i = 0; i < count.size(); ++i) {
    if (question.offered[i] && count[i] == 0) {
      return failure("examine gave no answer for " + question.place(i) + ", which was offered");
    }
  }
  return ok();
}

// With other nodes offered each time.
Verdict check_partly_offered(const Question& question, const Answers&) {
  for (uint32_t parity = 0; parity < 2; ++parity) {
    Question partly = question;
    for (uint32_t i = 0; i < partly.offered.size(); ++i) {
      if (i % 2 == parity) partly.offered[i] = 0;
    }
    auto answers = ask(partly);
    if (!answers.ok()) return failure(answers.status().message());
    Verdict verdict = check_once(partly, *answers);
    if (verdict.outcome != Outcome::kOk) return verdict;
  }
  return ok();
}

Verdict check_reasons(const Question& question, const Answers& answers) {
  for (const Answer& answer : answers.list) {
    if (answer.yes || answer.node >= question.offered.size()) continue;
    const std::string node = question.place(answer.node);
    if (answer.reason == BATON_REASON_NONE || answer.reason > BATON_REASON_OTHER) {
      return failure(
          format("examine refused %s with reason %u, which says nothing: use one of "
                 "BATON_REASON_OP_UNKNOWN to BATON_REASON_OTHER",
                 node.c_str(), answer.reason));
    }
    if (answer.reason >= BATON_REASON_PINNED && answer.reason <= BATON_REASON_FOLDED) {
      return failure(format("examine refused %s with reason %u, which is the host's own",
                            node.c_str(), answer.reason));
    }
    if (answer.text.empty()) {
      return failure("examine refused " + node + " without a sentence that says why");
    }
  }
  return ok();
}

// max_version is what decides whether a node is offered.
Verdict check_versions(const Question& question, const Answers& answers) {
  if (question.delegate->plugin().delegate()->max_version == nullptr) {
    return unsupported("it has no max_version, so it knows every version");
  }
  for (const Answer& answer : answers.list) {
    if (answer.yes || answer.node >= question.offered.size()) continue;
    if (answer.reason != BATON_REASON_OP_UNKNOWN && answer.reason != BATON_REASON_OP_VERSION) {
      continue;
    }
    auto version = question.delegate->max_version(question.subgraph().nodes[answer.node].abi.op);
    if (!version.ok()) return failure(version.status().message());
    return failure(
        format("examine refused %s as an operator or version that it does not know, but "
               "max_version says that it knows version %d",
               question.place(answer.node).c_str(), *version));
  }
  return ok();
}

Verdict check_costs(const Question& question, const Answers& answers) {
  int64_t sum = 0;
  for (const Answer& answer : answers.list) {
    if (!answer.yes || answer.node >= question.offered.size()) continue;
    if (answer.cost_ns < -1) {
      return failure(format("examine says that %s costs %lld ns; a cost is -1 (not known) or more",
                            question.place(answer.node).c_str(),
                            static_cast<long long>(answer.cost_ns)));
    }
    // A year and more is no cost of one node.
    constexpr int64_t kYear = int64_t{31'536'000} * 1'000'000'000;
    if (answer.cost_ns > kYear || __builtin_add_overflow(sum, answer.cost_ns, &sum)) {
      return failure(format("examine says that %s costs %lld ns, which is more than a year",
                            question.place(answer.node).c_str(),
                            static_cast<long long>(answer.cost_ns)));
    }
  }
  return ok();
}

Verdict check_groups(const Question& question, const Answers& answers) {
  std::map<uint32_t, bool> accepted;
  for (const Answer& answer : answers.list) accepted[answer.node] = answer.yes;
  std::map<uint32_t, int> groups_of;
  for (std::vector<uint32_t> group : answers.groups) {
    std::ranges::sort(group);
    for (const uint32_t node : group) {
      if (!accepted[node]) {
        return failure(
            format("examine proposed a group with node %u, which it did not say yes to", node));
      }
      if (++groups_of[node] > 1) {
        return failure("examine put " + question.place(node) + " into a group twice");
      }
    }
    uint32_t between = 0;
    if (!is_convex(question.subgraph(), group, &between)) {
      return failure(
          format("examine proposed a group that is not convex: %s runs between nodes of "
                 "the group that begins with node %u",
                 question.place(between).c_str(), group.front()));
    }
  }
  return ok();
}

Verdict check_same(const Question& question, const Answers& answers) {
  for (int i = 0; i < 3; ++i) {
    auto again = ask(question);
    if (!again.ok()) return failure(again.status().message());
    if (*again == answers) continue;
    for (size_t k = 0; k < std::min(again->list.size(), answers.list.size()); ++k) {
      const Answer& answer = answers.list[k];
      if (again->list[k] == answer || answer.node >= question.offered.size()) continue;
      return failure("examine gave another answer for " + question.place(answer.node) +
                     " when it was asked again; the same question must have the same answer");
    }
    return failure("examine gave other answers or groups when it was asked again");
  }
  return ok();
}

// ---- What it says yes to, it does --------------------------------------------------------------

Verdict run_all(Scene& scene) { return try_specimen(scene.delegate(), scene.specimen()); }

// Each node as a partition of its own.
Verdict run_alone(Scene& scene) {
  for (const uint32_t node : scene.specimen().partition.nodes) {
    const auto part = part_of(scene.specimen(), {node});
    Verdict verdict = try_specimen(scene.delegate(), *part);
    if (verdict.outcome != Outcome::kOk) {
      return in(scene.specimen().subgraph().place(node) +
                    " alone in a partition, which examine "
                    "said yes to",
                std::move(verdict));
    }
  }
  return ok();
}

void add_sizes(std::vector<Case>* cases, const char* candidate, uint64_t seed) {
  for (const int32_t size : {0, 1, 2, 3, 4, 7, 8, 9, 16, 17, 31, 33, 64, 65, 20011}) {
    // Images grow with the square.
    const bool image = std::string(candidate).ends_with("image");
    if (image && (size == 0 || size > 65)) continue;
    if (std::string(candidate).ends_with("state") && (size == 0 || size > 65)) continue;
    cases->push_back(
        {format("sizes/%s/%d", candidate, size), "", "", [candidate, size, seed](Subject& subject) {
           Scene scene(subject.bench(), candidate, size, seed);
           if (!scene.ready()) return scene.otherwise();
           Verdict verdict = run_all(scene);
           return in(format("at size %d, which examine said yes to", size), std::move(verdict));
         }});
  }
}

std::vector<Case> cases(uint64_t seed) {
  std::vector<Case> list;
  add_question(&list, "once", seed, check_once);
  add_question(&list, "partly_offered", seed, check_partly_offered);
  add_question(&list, "reasons", seed, check_reasons);
  add_question(&list, "versions", seed, check_versions);
  add_question(&list, "costs", seed, check_costs);
  add_question(&list, "groups", seed, check_groups);
  add_question(&list, "same_answers", seed, check_same);
  add_cases(&list, "runs", run_all);
  add_cases(&list, "alone", run_alone);
  for (const char* candidate : candidate_names()) add_sizes(&list, candidate, seed);
  return list;
}

}  // namespace

extern const Group honesty_group{"honesty", "what it accepts it can do", cases};

}  // namespace baton::conformance
