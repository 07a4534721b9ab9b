// New shapes in a running session.
#include <algorithm>

#include "tests/conformance/probe.h"
#include "tests/conformance/subject.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

using tflite::Shape;
using tflite::TensorId;
using Shapes = std::vector<Shape>;  // of all inputs

// Sessions of the same model, by the reference kernels and by the subject.
class Twins {
 public:
  Twins(const Both& both, uint64_t seed) : both_(both), fill_(fill_random(seed)) {}

  Status start() {
    BATON_ASSIGN_OR_RETURN(expected_, Session::create(both_.reference, {}));
    BATON_ASSIGN_OR_RETURN(actual_, Session::create(both_.compiled, {}));
    return {};
  }

  // Resizes both, runs both, compares. Without shapes it runs as it is.
  Verdict run(const Shapes& shapes) {
    for (Session* session : {expected_.get(), actual_.get()}) {
      for (size_t i = 0; i < shapes.size(); ++i) {
        const Status status = session->resize_input(i, shapes[i]);
        if (!status.ok()) return failure("the suite's shapes: " + status.message());
      }
    }
    const uint32_t number = runs_++;
    auto expected = run_once(*expected_, fill_, number);
    if (!expected.ok()) return failure("the reference kernels: " + expected.status().message());
    auto actual = run_once(*actual_, fill_, number);
    if (!actual.ok()) return failure(describe(shapes) + actual.status().message());
    const std::string found = both_.difference(number, std::move(*actual), std::move(*expected));
    return found.empty() ? ok() : mismatch(describe(shapes) + found);
  }

  // The host refuses these; what was there before must still be.
  Verdict refuse(const Shapes& shapes) {
    for (Session* session : {expected_.get(), actual_.get()}) {
      Status status;
      for (size_t i = 0; i < shapes.size() && status.ok(); ++i) {
        status = session->resize_input(i, shapes[i]);
      }
      if (status.ok()) status = session->prepare();
      if (status.ok()) return failure("the suite's shapes: they were to be refused");
    }
    return run({});
  }

 private:
  std::string describe(const Shapes& shapes) const {
    std::string text = shapes.empty() ? "" : "resized to";
    for (const Shape& shape : shapes) {
      text += " [";
      for (size_t i = 0; i < shape.size(); ++i)
        text += format("%s%d", i == 0 ? "" : ", ", shape[i]);
      text += "]";
    }
    return shapes.empty() ? "" : text + ": ";
  }

  const Both& both_;
  Fill fill_;
  std::unique_ptr<Session> expected_;
  std::unique_ptr<Session> actual_;
  uint32_t runs_ = 0;
};

Verdict try_shapes(Subject& subject, const ModelFile& file, uint64_t seed,
                   const std::vector<Shapes>& sequence) {
  const Both both = compile_both(subject.bench(), file);
  if (both.verdict.outcome != Outcome::kOk) return both.verdict;
  Twins twins(both, seed);
  const Status started = twins.start();
  if (!started.ok()) return failure(started.message());
  Verdict verdict = twins.run({});
  for (const Shapes& shapes : sequence) {
    if (verdict.outcome != Outcome::kOk) break;
    verdict = twins.run(shapes);
  }
  return verdict;
}

// The material's shape with another batch.
Shape batch(const Material& material, int32_t size) {
  Shape shape = material.shape;
  shape[0] = size;
  return shape;
}

// ... with these sizes in turn for all but the last.
Shape spatial(const Material& material, std::initializer_list<int32_t> sizes) {
  Shape shape = material.shape;
  for (size_t i = 0; i + 1 < shape.size(); ++i) {
    shape[i] = sizes.begin()[i % sizes.size()];
  }
  if (shape.size() == 1) shape[0] = *sizes.begin();
  return shape;
}

std::vector<Shapes> images(const Material& m) {
  return {{spatial(m, {2, 7, 5})},  {spatial(m, {1, 1, 1})}, {spatial(m, {3, 2, 9})},
          {spatial(m, {1, 16, 4})}, {spatial(m, {1, 0, 4})}, {spatial(m, {2, 7, 5})}};
}

Verdict resize_chain(Subject& subject, uint64_t seed, bool all_sizes, int length,
                     const std::function<std::vector<Shapes>(const Material&)>& sequence) {
  return for_each_material(subject, [&](const Material& m) {
    return try_shapes(subject, resizable_model(m, seed, length, all_sizes), seed, sequence(m));
  });
}

// One node through many sizes.
Verdict resize_node(Subject& subject, uint64_t seed, const Brick& brick) {
  return for_each_material(subject, [&](const Material& m) {
    if (std::ranges::find(m.taken, &brick) == m.taken.end()) {
      return unsupported(std::string("it does not take ") + brick.name);
    }
    Sketch s(m, seed);
    const Shape varying = spatial(m, {-1});
    std::vector<TensorId> x;
    for (uint32_t i = 0; i < brick.inputs; ++i) x.push_back(s.input(varying));
    s.b.output(s.node(brick, x));
    std::vector<Shapes> sequence = images(m);
    for (Shapes& shapes : sequence) shapes.resize(brick.inputs, shapes[0]);
    return try_shapes(subject, s.b.finish(), seed, sequence);
  });
}

Verdict resize_often(Subject& subject, uint64_t seed) {
  return resize_chain(subject, seed, true, 3, [&](const Material& m) {
    Random random(seed);
    std::vector<Shapes> sequence;
    for (int i = 0; i < 60; ++i) {
      sequence.push_back(
          {spatial(m, {random.between(1, 3), random.between(1, 12), random.between(1, 7)})});
    }
    return sequence;
  });
}

// Inputs that are resized together, and one after the other so that one is repeated for the other.
Verdict resize_two_inputs(Subject& subject, uint64_t seed) {
  return for_each_material(subject, [&](const Material& m) {
    Sketch s(m, seed);
    s.any_shape = true;
    const Brick* brick = m.pick(s.random, 2, true);
    if (brick == nullptr) return unsupported("it takes no node of two inputs");
    const TensorId x = s.input(batch(m, -1));
    const TensorId y = s.input(batch(m, -1));
    s.b.output(s.node(*brick, {x, y}));
    const Shape one = batch(m, 1);
    const Shape three = batch(m, 3);
    return try_shapes(subject, s.b.finish(), seed,
                      {{three, three}, {three, one}, {one, three}, {three, three}, {one, one}});
  });
}

Verdict refused_then_accepted(Subject& subject, uint64_t seed) {
  return for_each_material(subject, [&](const Material& m) {
    Sketch s(m, seed);
    s.any_shape = true;
    const TensorId x = s.chain(s.input(batch(m, -1)), 1);
    const TensorId y = s.chain(s.input(batch(m, -1)), 1);
    s.b.output(s.join({x, y}));
    const Both both = compile_both(subject.bench(), s.b.finish());
    if (both.verdict.outcome != Outcome::kOk) return both.verdict;
    Twins twins(both, seed);
    const Status started = twins.start();
    if (!started.ok()) return failure(started.message());
    const Shapes good = {batch(m, 3), batch(m, 3)};
    const Shapes bad = {batch(m, 2), batch(m, 3)};
    for (const Shapes* shapes : {&good, &bad, &bad, &good}) {
      Verdict verdict = shapes == &good ? twins.run(*shapes) : twins.refuse(*shapes);
      if (verdict.outcome != Outcome::kOk) return verdict;
    }
    return twins.run({batch(m, 5), batch(m, 5)});
  });
}

// Sessions share programs; a shape is a session's own.
Verdict sessions_of_other_shapes(Subject& subject, uint64_t seed) {
  return for_each_material(subject, [&](const Material& m) {
    const Both both = compile_both(subject.bench(), resizable_model(m, seed, 4, false));
    if (both.verdict.outcome != Outcome::kOk) return both.verdict;
    std::vector<std::unique_ptr<Twins>> sessions;
    for (uint64_t i = 0; i < 3; ++i) {
      sessions.push_back(std::make_unique<Twins>(both, seed + i));
      const Status started = sessions.back()->start();
      if (!started.ok()) return failure(started.message());
    }
    for (const int32_t size : {4, 2, 7}) {
      for (size_t i = 0; i < sessions.size(); ++i) {
        Verdict verdict = sessions[i]->run({batch(m, size + static_cast<int32_t>(i))});
        if (verdict.outcome != Outcome::kOk) return verdict;
      }
      // And once more, after the others were resized.
      for (const auto& session : sessions) {
        Verdict verdict = session->run({});
        if (verdict.outcome != Outcome::kOk) return verdict;
      }
    }
    return ok();
  });
}

// State of a fixed size is kept when another part of the partition is resized.
Verdict state_is_kept(Subject& subject, uint64_t seed, const StateNode& node) {
  return for_one_material(subject, 0, [&](const Material& m) {
    Sketch s(m, seed);
    s.any_shape = true;
    const TensorId y = node.add(s.b);
    s.b.output(y);
    s.b.output(s.chain(s.input(batch(m, -1)), 2));
    const ModelFile file = s.b.finish();
    const Both alone = compile_both(subject.bench(), state_model(node));
    if (alone.verdict.outcome != Outcome::kOk) return alone.verdict;
    const baton_tensor& sequence = alone.model->graph()->main().tensors[static_cast<size_t>(
        alone.model->graph()->main().inputs[0])];
    const Shape fixed(sequence.dims, sequence.dims + sequence.rank);
    std::vector<Shapes> shapes;
    for (const int32_t size : {1, 3, 3, 2, 0, 2, 5}) shapes.push_back({fixed, batch(m, size)});
    return try_shapes(subject, file, seed, shapes);
  });
}

using Try = std::function<Verdict(Subject&, uint64_t seed)>;

std::vector<Case> cases(uint64_t seed) {
  std::vector<Case> list;
  const auto add = [&](const std::string& name, const Try& run) {
    const uint64_t own = mix_seed(seed, name.c_str(), 0);
    list.push_back({name, "", "", [run, own](Subject& subject) { return run(subject, own); }});
  };
  const auto add_batches = [&](const char* name, std::initializer_list<int32_t> sizes) {
    add(name, [sizes = std::vector<int32_t>(sizes)](Subject& subject, uint64_t own) {
      return resize_chain(subject, own, false, 4, [&](const Material& m) {
        std::vector<Shapes> sequence;
        for (const int32_t size : sizes) sequence.push_back({batch(m, size)});
        return sequence;
      });
    });
  };
  add_batches("batch/up", {2, 3, 8, 33});
  add_batches("batch/down", {33, 8, 3, 2, 1});
  add_batches("batch/same", {4, 4, 4});
  add_batches("batch/back_and_forth", {5, 1, 5, 2, 5});
  add_batches("batch/none", {0, 3, 0, 0, 1});
  add("images",
      [](Subject& subject, uint64_t own) { return resize_chain(subject, own, true, 4, images); });
  add("often", resize_often);
  add("two_inputs", resize_two_inputs);
  add("refused_then_accepted", refused_then_accepted);
  add("sessions_of_other_shapes", sessions_of_other_shapes);
  for (const StateNode& node : state_nodes()) {
    add(std::string("state_is_kept/") + node.name,
        [node](Subject& subject, uint64_t own) { return state_is_kept(subject, own, node); });
  }
  for (const Brick& brick : all_bricks()) {
    if (!brick.any_shape) continue;
    std::string name = std::string("node/") + brick.name;
    std::ranges::replace(name, ' ', '_');
    add(name,
        [&brick](Subject& subject, uint64_t own) { return resize_node(subject, own, brick); });
  }
  return list;
}

}  // namespace

extern const Group reshape_group{"reshape", "new shapes in a running session", cases};

}  // namespace baton::conformance
