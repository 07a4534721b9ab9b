// What an execution may read and write.
#include <cstring>

#include "tests/conformance/abi/execution.h"
#include "tests/conformance/random.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

// Between guard zones, with other noise in outputs and scratch memory each time.
Verdict guarded(Scene& scene) { return try_specimen(scene.delegate(), scene.specimen()); }

// Not at the beginning of the handle.
Verdict with_offset(Scene& scene) {
  for (const uint64_t offset : {64u, 192u, 4096u}) {
    Verdict verdict = try_specimen(scene.delegate(), scene.specimen(), {.offset = offset});
    if (verdict.outcome != Outcome::kOk) {
      return in(
          format("with buffers whose offset is %llu", static_cast<unsigned long long>(offset)),
          std::move(verdict));
    }
  }
  return ok();
}

// One instance, other buffers in each execution, and then earlier ones again.
Verdict rebound(Scene& scene) {
  auto instance = make_instance(scene.delegate(), scene.specimen());
  if (!instance.ok()) return failure(instance.status().message());
  std::vector<Hall> halls;
  for (int i = 0; i < 3; ++i) halls.emplace_back(scene.specimen(), (*instance)->scratch_bytes());
  // Each hall has a state, and thus a sequence of runs, of its own.
  constexpr struct {
    size_t hall;
    uint32_t run;
  } order[] = {{0, 0}, {1, 0}, {0, 1}, {2, 0}, {1, 1}, {0, 2}, {2, 1}, {1, 2}, {2, 2}};
  for (size_t i = 0; i < std::size(order); ++i) {
    Hall& hall = halls[order[i].hall];
    hall.prepare(order[i].run, mix_seed(1, "rebound", i));
    Verdict verdict = execute_once(**instance, hall, order[i].run, scene.limits());
    if (verdict.outcome != Outcome::kOk) {
      return in("with other buffers than in the execution before", std::move(verdict));
    }
  }
  return ok();
}

// The constants that the partition reads, before it is compiled and after it was executed.
Verdict constants(Scene& scene) {
  const Specimen& specimen = scene.specimen();
  struct Held {
    int32_t tensor;
    const uint8_t* data;
    std::vector<uint8_t> before;
  };
  std::vector<Held> held;
  for (const uint32_t node : specimen.partition.nodes) {
    for (const int32_t tensor : specimen.subgraph().nodes[node].inputs()) {
      if (tensor < 0 || !specimen.value(tensor).constant()) continue;
      const auto* data = static_cast<const uint8_t*>(specimen.graph()->aligned_constant(0, tensor));
      if (data == nullptr) continue;
      held.push_back({tensor, data, {data, data + specimen.value(tensor).bytes()}});
    }
  }
  if (held.empty()) return unsupported("the nodes that it takes have no constants");
  Verdict verdict = try_specimen(scene.delegate(), specimen);
  for (const Held& constant : held) {
    if (std::memcmp(constant.data, constant.before.data(), constant.before.size()) != 0) {
      verdict = failure(format("it changed the constant '%s'; constants are read only and shared",
                               specimen.value(constant.tensor).name()));
    }
    specimen.graph()->release_constant(0, constant.tensor);
  }
  return verdict;
}

// Executions of one instance with one input give one answer, whatever was computed in between.
Verdict repeated(Scene& scene) {
  if (scene.specimen().has_state()) return unsupported("a node with state may answer differently");
  auto instance = make_instance(scene.delegate(), scene.specimen());
  if (!instance.ok()) return failure(instance.status().message());
  Hall hall(scene.specimen(), (*instance)->scratch_bytes());
  const uint32_t order[] = {0, 1, 0, 0, 2, 2, 1, 0};
  for (size_t i = 0; i < std::size(order); ++i) {
    hall.prepare(order[i], mix_seed(2, "repeated", i));
    Verdict verdict = execute_once(**instance, hall, order[i], scene.limits());
    if (verdict.outcome != Outcome::kOk) {
      return in(format("execution %zu of one instance, with inputs of before", i),
                std::move(verdict));
    }
  }
  return ok();
}

// Outputs on inputs, node by node: each reads an element before it writes it.
Verdict outputs_in_place(Scene& scene) {
  if (!scene.delegate()->device_has(BATON_DEVICE_IN_PLACE)) {
    return unsupported("its device does not declare BATON_DEVICE_IN_PLACE");
  }
  for (const uint32_t node : scene.specimen().partition.nodes) {
    const auto part = part_of(scene.specimen(), {node});
    Verdict verdict = try_specimen(scene.delegate(), *part, {.in_place = true});
    if (verdict.outcome != Outcome::kOk) {
      return in("with an output in the place of an input, as BATON_DEVICE_IN_PLACE allows",
                std::move(verdict));
    }
  }
  return ok();
}

Verdict state_in_place(Scene& scene) {
  if (!scene.delegate()->device_has(BATON_DEVICE_IN_PLACE)) {
    return unsupported("its device does not declare BATON_DEVICE_IN_PLACE");
  }
  const auto part = part_of(scene.specimen(), {scene.specimen().partition.nodes.front()});
  if (!part->has_state()) return unsupported("it does not take the node with state");
  return in("with state_in and state_out in one buffer, as BATON_DEVICE_IN_PLACE allows",
            try_specimen(scene.delegate(), *part, {.in_place = true}));
}

// ---- Memory of the device ----------------------------------------------------------------------

constexpr char kNoDeviceBuffers[] = "it has no " BATON_EXT_DEVICE_BUFFERS;

// Any error of the extension, or what it says when it has none for this device.
Verdict device_verdict(const Status& status) {
  return status.code() == BATON_UNSUPPORTED ? unsupported(status.message())
                                            : failure(status.message());
}

std::vector<uint8_t> random_bytes(uint64_t bytes, uint64_t seed) {
  Random random(seed);
  std::vector<uint8_t> result(static_cast<size_t>(bytes));
  for (uint8_t& byte : result) byte = static_cast<uint8_t>(random.next() >> 32);
  return result;
}

Verdict device_copies(Subject& subject) {
  auto delegate = subject.bench().delegate();
  if (!delegate.ok()) return failure(delegate.status().message());
  if ((*delegate)->plugin().device_buffers() == nullptr) return unsupported(kNoDeviceBuffers);
  constexpr uint64_t kBytes = 5003;
  struct Pair {
    std::unique_ptr<DeviceBuffer> buffer;
    std::vector<uint8_t> expected;
  };
  std::vector<Pair> pairs;
  for (uint64_t i = 0; i < 3; ++i) {
    auto made = DeviceBuffer::create(*delegate, kBytes);
    if (!made.ok()) return device_verdict(made.status());
    pairs.push_back({std::move(*made), random_bytes(kBytes, i)});
  }
  for (Pair& pair : pairs) {
    const Status status = pair.buffer->upload(0, pair.expected.data(), kBytes);
    if (!status.ok()) return device_verdict(status);
  }
  // Pieces at odd places, in all of them.
  const struct {
    uint64_t offset, bytes;
  } pieces[] = {{0, 1}, {1, 7}, {63, 65}, {64, 64}, {1000, 0}, {1001, 2001}, {kBytes - 1, 1}};
  for (const auto& piece : pieces) {
    for (Pair& pair : pairs) {
      const auto bytes = random_bytes(piece.bytes, piece.offset + pair.expected[0]);
      const Status status = pair.buffer->upload(piece.offset, bytes.data(), piece.bytes);
      if (!status.ok()) return device_verdict(status);
      std::copy(bytes.begin(), bytes.end(),
                pair.expected.begin() + static_cast<ptrdiff_t>(piece.offset));
    }
  }
  for (const auto& piece : pieces) {
    for (Pair& pair : pairs) {
      Guarded memory(piece.bytes, 0);
      const Status status = pair.buffer->download(piece.offset, memory.content(), piece.bytes);
      if (!status.ok()) return device_verdict(status);
      if (const std::string found = memory.outside(); !found.empty()) {
        return failure("download " + found + " the memory that it was given");
      }
      if (std::memcmp(memory.content(), pair.expected.data() + piece.offset, piece.bytes) != 0) {
        return mismatch(
            format("download of %llu bytes at offset %llu gave other bytes than were "
                   "uploaded there",
                   static_cast<unsigned long long>(piece.bytes),
                   static_cast<unsigned long long>(piece.offset)));
      }
    }
  }
  for (Pair& pair : pairs) {
    std::vector<uint8_t> all(kBytes);
    const Status status = pair.buffer->download(0, all.data(), kBytes);
    if (!status.ok()) return device_verdict(status);
    if (all != pair.expected) {
      return mismatch("a device buffer holds other bytes than were uploaded to it");
    }
  }
  return ok();
}

// Inputs and outputs in device buffers of their own, or one of the two kinds.
Verdict device_execution(Scene& scene, bool inputs, bool outputs) {
  if (scene.delegate()->plugin().device_buffers() == nullptr) return unsupported(kNoDeviceBuffers);
  auto instance = make_instance(scene.delegate(), scene.specimen());
  if (!instance.ok()) return failure(instance.status().message());
  Hall hall(scene.specimen(), (*instance)->scratch_bytes());
  Buffers buffers = hall.buffers();
  std::vector<std::unique_ptr<DeviceBuffer>> lent;
  constexpr uint64_t kOffset = 128;
  const auto move_to_device = [&](std::vector<baton_buffer>* list) -> Status {
    for (baton_buffer& buffer : *list) {
      BATON_ASSIGN_OR_RETURN(auto made,
                             DeviceBuffer::create(scene.delegate(), kOffset + buffer.bytes + 64));
      buffer.kind = BATON_BUFFER_DEVICE;
      buffer.handle = made->handle();
      buffer.offset = kOffset;
      lent.push_back(std::move(made));
    }
    return {};
  };
  Status status = inputs ? move_to_device(&buffers.inputs) : Status();
  const size_t first_output = lent.size();
  if (status.ok() && outputs) status = move_to_device(&buffers.outputs);
  if (!status.ok()) return device_verdict(status);

  for (uint32_t run = 0; run < kSpecimenRuns; ++run) {
    hall.prepare(run, mix_seed(3, "device", run));
    for (size_t i = 0; i < first_output; ++i) {
      const auto content = hall.input(i).read();
      status = lent[i]->upload(kOffset, content.data(), content.size());
      if (!status.ok()) return device_verdict(status);
    }
    TestServices services;
    status = (*instance)->execute(buffers, services, hall.scratch());
    if (!status.ok()) return in("with buffers of the device", failure(status.message()));
    for (size_t i = 0; i + first_output < lent.size(); ++i) {
      std::vector<uint8_t> content(static_cast<size_t>(buffers.outputs[i].bytes));
      status = lent[first_output + i]->download(kOffset, content.data(), content.size());
      if (!status.ok()) return device_verdict(status);
      hall.write_output(i, content);
    }
    if (const std::string found = hall.damage(); !found.empty()) return failure(found);
    const std::string found = hall.difference_from_reference(run, scene.limits());
    if (!found.empty()) return in("with buffers of the device", mismatch(found));
    hall.commit();
  }
  return ok();
}

std::vector<Case> cases(uint64_t) {
  std::vector<Case> list;
  add_cases(&list, "guarded", guarded);
  add_cases(&list, "offset", with_offset);
  add_cases(&list, "rebound", rebound);
  add_cases(&list, "repeated", repeated);
  add_cases(&list, "constants", constants);
  add_case(&list, "in_place", "float32/elements", outputs_in_place);
  add_case(&list, "in_place", "int8/elements", outputs_in_place);
  add_case(&list, "state_in_place", "float32/state", state_in_place);
  list.push_back({"device_copies", "", "", device_copies});
  add_cases(&list, "device_inputs",
            [](Scene& scene) { return device_execution(scene, true, false); });
  add_cases(&list, "device_outputs",
            [](Scene& scene) { return device_execution(scene, false, true); });
  add_cases(&list, "device_buffers",
            [](Scene& scene) { return device_execution(scene, true, true); });
  return list;
}

}  // namespace

extern const Group buffers_group{"buffers", "what it may write and what not; memory of the device",
                                 cases};

}  // namespace baton::conformance
