// Compiled programs as bytes: they come back as the same program, or not at all.
#include <map>

#include "tests/conformance/abi/execution.h"
#include "tests/conformance/random.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

using Blob = std::vector<uint8_t>;

// Adds cases of delegates that have the extension; `run` gets a blob of the scene's specimen.
using BlobCase = std::function<Verdict(Scene&, const Blob&)>;

Result<Blob> make_blob(const std::shared_ptr<Delegate>& delegate, const Specimen& specimen) {
  BATON_ASSIGN_OR_RETURN(auto program, AbiProgram::compile(delegate, specimen));
  return program->save();
}

void add(std::vector<Case>* cases, const std::string& name, const BlobCase& run) {
  add_cases(cases, name, [run](Scene& scene) {
    if (scene.delegate()->plugin().program_cache() == nullptr) {
      return unsupported("it has no " BATON_EXT_PROGRAM_CACHE);
    }
    auto blob = make_blob(scene.delegate(), scene.specimen());
    if (blob.status().code() == BATON_UNSUPPORTED) return unsupported(blob.status().message());
    return blob.ok() ? run(scene, *blob) : failure(blob.status().message());
  });
}

// These bytes for this specimen, whosever they are: refused, or a program that is right.
Verdict survive(const std::shared_ptr<Delegate>& delegate, const Specimen& specimen,
                const Blob& blob) {
  // A copy of its own size, so that a sanitizer sees reads past its end.
  const Blob exact(blob);
  auto verdict = validate(*delegate, exact);
  if (!verdict.ok()) {
    if (!has_sentence(verdict.status())) return failure(verdict.status().message());
    return ok();
  }
  if (*verdict != BATON_BLOB_OK) return ok();
  auto program = AbiProgram::load(delegate, specimen, exact);
  if (!program.ok()) {
    if (!has_sentence(program.status())) return failure(program.status().message());
    return ok();
  }
  auto instance = AbiInstance::create(*program, specimen.values, TestServices::kThreads);
  if (!instance.ok()) {
    return failure("validate and load took the bytes, but then: " + instance.status().message());
  }
  return in("validate and load took the bytes, but then",
            execute_all(**instance, specimen, limits_of(*delegate)));
}

Verdict survive(Scene& scene, const Blob& blob) {
  return survive(scene.delegate(), scene.specimen(), blob);
}

// Must be taken.
Verdict must_load(const std::shared_ptr<Delegate>& delegate, const Specimen& specimen,
                  const Blob& blob) {
  auto verdict = validate(*delegate, blob);
  if (!verdict.ok()) return failure(verdict.status().message());
  if (*verdict != BATON_BLOB_OK) {
    return failure(
        format("validate gave verdict %d for a blob that save had just written; it must "
               "be BATON_BLOB_OK",
               *verdict));
  }
  auto program = AbiProgram::load(delegate, specimen, blob);
  if (!program.ok()) return failure(program.status().message());
  auto instance = AbiInstance::create(*program, specimen.values, TestServices::kThreads);
  if (!instance.ok()) return in("a loaded program", failure(instance.status().message()));
  return in("a loaded program", execute_all(**instance, specimen, limits_of(*delegate)));
}

Verdict round_trip(Scene& scene, const Blob& blob) {
  if (blob.empty()) return failure("save wrote nothing, but said that all is well");
  Verdict verdict = must_load(scene.delegate(), scene.specimen(), blob);
  if (verdict.outcome != Outcome::kOk) return verdict;
  // A loaded program can be saved, too.
  auto program = AbiProgram::load(scene.delegate(), scene.specimen(), blob);
  if (!program.ok()) return failure(program.status().message());
  auto again = (*program)->save();
  if (again.status().code() == BATON_UNSUPPORTED) return ok();
  if (!again.ok()) return in("a loaded program", failure(again.status().message()));
  return in("saved for the second time", must_load(scene.delegate(), scene.specimen(), *again));
}

// In another object of the plugin, as in another process.
Verdict another_runtime(Scene& scene, const Blob& blob, Subject& subject) {
  Bench bench(subject);
  auto delegate = bench.delegate();
  if (!delegate.ok()) return failure(delegate.status().message());
  return in("in another runtime", must_load(*delegate, scene.specimen(), blob));
}

Verdict another_model(Scene& scene, const Blob&) {
  constexpr uint64_t kOtherSeed = 2;
  auto other = take(scene.delegate(), scene.specimen().name, kUsualSize, kOtherSeed);
  if (!other.ok()) return failure(other.status().message());
  if (other->specimen == nullptr) return unsupported("there is no other model like it");
  auto blob = make_blob(scene.delegate(), *other->specimen);
  if (!blob.ok()) return failure(blob.status().message());
  return in("a program of another model, equal but for its constants", survive(scene, *blob));
}

Verdict another_partition(Scene& scene, const Blob& whole) {
  const auto& nodes = scene.specimen().partition.nodes;
  if (nodes.size() < 2) return unsupported("it takes no two nodes of the model");
  const auto part = part_of(scene.specimen(), {nodes.begin(), nodes.end() - 1});
  auto blob = make_blob(scene.delegate(), *part);
  if (!blob.ok()) return failure(blob.status().message());
  Verdict verdict = in("a program of fewer nodes", survive(scene, *blob));
  if (verdict.outcome != Outcome::kOk) return verdict;
  return in("a program of more nodes", survive(scene.delegate(), *part, whole));
}

Verdict another_size(Scene& scene, const Blob&) {
  constexpr int32_t kOtherSize = kUsualSize + 1;
  auto other = take(scene.delegate(), scene.specimen().name, kOtherSize);
  if (!other.ok()) return failure(other.status().message());
  if (other->specimen == nullptr) return unsupported("there is no model of another size");
  auto blob = make_blob(scene.delegate(), *other->specimen);
  if (!blob.ok()) return failure(blob.status().message());
  return in("a program for other shapes", survive(scene, *blob));
}

Verdict another_device(Scene& scene, const Blob& blob) {
  bool any = false;
  const auto& plugin = scene.delegate()->plugin();
  for (uint32_t i = 0; i < plugin.devices().size(); ++i) {
    if (i == scene.delegate()->device_index()) continue;
    Options options = scene.delegate()->options();
    options.emplace_back("device", std::to_string(i));
    auto other =
        Delegate::create(std::const_pointer_cast<Plugin>(plugin.shared_from_this()), options);
    if (!other.ok()) continue;
    any = true;
    Verdict verdict = survive(*other, scene.specimen(), blob);
    if (verdict.outcome != Outcome::kOk) {
      return in(format("a program of device %u on device %u", scene.delegate()->device_index(), i),
                std::move(verdict));
    }
  }
  return any ? ok() : unsupported("it has no other device that is usable");
}

// About so many places from 0 to `count`, the first ones all.
std::vector<size_t> places(size_t count, size_t most) {
  std::vector<size_t> list;
  const size_t first = std::min(count, most / 2);
  for (size_t i = 0; i < first; ++i) list.push_back(i);
  const size_t step = std::max<size_t>((count - first) / (most / 2), 1);
  for (size_t i = first; i < count; i += step) list.push_back(i);
  if (count > first) list.push_back(count - 1);
  return list;
}

Verdict truncated(Scene& scene, const Blob& blob) {
  for (const size_t length : places(blob.size(), 128)) {
    Verdict verdict = survive(scene, {blob.begin(), blob.begin() + static_cast<ptrdiff_t>(length)});
    if (verdict.outcome != Outcome::kOk) {
      return in(format("the first %zu of %zu bytes of a blob", length, blob.size()), verdict);
    }
  }
  return ok();
}

Verdict flipped(Scene& scene, const Blob& blob) {
  for (const size_t place : places(blob.size() * 8, 768)) {
    Blob damaged = blob;
    damaged[place / 8] = static_cast<uint8_t>(damaged[place / 8] ^ (1u << (place % 8)));
    Verdict verdict = survive(scene, damaged);
    if (verdict.outcome != Outcome::kOk) {
      return in(format("a blob with bit %zu of byte %zu flipped", place % 8, place / 8), verdict);
    }
  }
  return ok();
}

Verdict extended(Scene& scene, const Blob& blob) {
  for (const size_t more : {1u, 8u, 4096u}) {
    Blob longer = blob;
    longer.resize(blob.size() + more, 0xA5);
    Verdict verdict = survive(scene, longer);
    if (verdict.outcome != Outcome::kOk)
      return in(format("%zu bytes behind a blob", more), verdict);
  }
  return ok();
}

Verdict foreign(Scene& scene, const Blob& blob) {
  Random random(mix_seed(1, "foreign", 0));
  for (const size_t size : {0u, 1u, 3u, 8u, 16u, 64u, 1000u, 65536u}) {
    for (const size_t kept : {0u, 8u, 16u, 64u}) {
      // Random bytes, also behind a beginning that is right.
      Blob bytes(size);
      for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random.next() >> 32);
      for (size_t i = 0; i < std::min({kept, size, blob.size()}); ++i) bytes[i] = blob[i];
      Verdict verdict = survive(scene, bytes);
      if (verdict.outcome != Outcome::kOk) {
        return in(format("%zu random bytes behind the first %zu of a blob", size, kept), verdict);
      }
    }
  }
  return in("zeros", survive(scene, Blob(blob.size())));
}

// ---- Through the host's store -------------------------------------------------------------------

class MemoryStore : public BlobStore {
 public:
  Result<Blob> read(const std::string& key) override {
    const auto found = blobs_.find(key);
    if (found == blobs_.end()) return error(BATON_NOT_FOUND, "there is no such blob");
    return found->second;
  }
  Status write(const std::string& key, std::span<const uint8_t> bytes) override {
    blobs_[key].assign(bytes.begin(), bytes.end());
    return {};
  }
  std::map<std::string, Blob>& blobs() { return blobs_; }

 private:
  std::map<std::string, Blob> blobs_;
};

// Compiled with the store by the host's own classes, and executed.
Verdict compile_with(Scene& scene, BlobStore* store, bool* from_store) {
  const Specimen& specimen = scene.specimen();
  auto program =
      scene.delegate()->compile(specimen.graph(), specimen.partition, specimen.values, store);
  if (!program.ok()) return failure(program.status().message());
  *from_store = (*program)->from_store();
  auto instance = (*program)->instantiate(specimen.values, TestServices::kThreads);
  if (!instance.ok()) return failure(instance.status().message());
  Hall hall(specimen, (*instance)->scratch_bytes());
  const Buffers& buffers = hall.buffers();
  for (size_t i = 0; i < buffers.inputs.size(); ++i) {
    (*instance)->bind_input(i, buffers.inputs[i].handle);
  }
  for (size_t i = 0; i < buffers.outputs.size(); ++i) {
    (*instance)->bind_output(i, buffers.outputs[i].handle);
  }
  for (size_t i = 0; i < buffers.states_in.size(); ++i) {
    (*instance)->bind_state(i, buffers.states_in[i].handle, buffers.states_out[i].handle);
  }
  for (uint32_t run = 0; run < kSpecimenRuns; ++run) {
    hall.prepare(run, run + 1);
    TestServices services;
    const Status status = (*instance)->execute(services, hall.scratch());
    if (!status.ok()) return failure(status.message());
    if (const std::string found = hall.damage(); !found.empty()) return failure(found);
    const std::string found = hall.difference_from_reference(run, scene.limits());
    if (!found.empty()) return mismatch(found);
    hall.commit();
  }
  return ok();
}

Verdict through_store(Scene& scene, const Blob&) {
  MemoryStore store;
  bool from_store = false;
  Verdict verdict = compile_with(scene, &store, &from_store);
  if (verdict.outcome != Outcome::kOk) return verdict;
  if (store.blobs().size() != 1) return failure("the host could not store the program");
  verdict = in("from the host's store", compile_with(scene, &store, &from_store));
  if (verdict.outcome != Outcome::kOk) return verdict;
  if (!from_store) return failure("the host could not load the program that it had stored");
  // Damaged in the store, it is compiled anew, or still right.
  Blob& blob = store.blobs().begin()->second;
  for (const size_t place : places(blob.size(), 16)) {
    const Blob whole = blob;
    blob[place] = static_cast<uint8_t>(~blob[place]);
    verdict = compile_with(scene, &store, &from_store);
    if (verdict.outcome != Outcome::kOk) {
      return in(format("with byte %zu of the stored blob inverted", place), verdict);
    }
    blob = whole;
  }
  return ok();
}

std::vector<Case> cases(uint64_t) {
  std::vector<Case> list;
  add(&list, "round_trip", round_trip);
  for (const char* candidate : candidate_names()) {
    list.push_back(
        {std::string("another_runtime/") + candidate, "", "", [candidate](Subject& subject) {
           Scene scene(subject.bench(), candidate);
           if (!scene.ready()) return scene.otherwise();
           if (scene.delegate()->plugin().program_cache() == nullptr) {
             return unsupported("it has no " BATON_EXT_PROGRAM_CACHE);
           }
           auto blob = make_blob(scene.delegate(), scene.specimen());
           if (blob.status().code() == BATON_UNSUPPORTED) {
             return unsupported(blob.status().message());
           }
           if (!blob.ok()) return failure(blob.status().message());
           return another_runtime(scene, *blob, subject);
         }});
  }
  add(&list, "another_model", another_model);
  add(&list, "another_partition", another_partition);
  add(&list, "another_size", another_size);
  add(&list, "another_device", another_device);
  add(&list, "truncated", truncated);
  add(&list, "flipped", flipped);
  add(&list, "extended", extended);
  add(&list, "foreign", foreign);
  add(&list, "store", through_store);
  return list;
}

}  // namespace

extern const Group cache_group{"cache", "compiled programs as bytes", cases};

}  // namespace baton::conformance
