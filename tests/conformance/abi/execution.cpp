#include "tests/conformance/abi/execution.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "tests/conformance/random.h"

namespace baton::conformance {

// ---- Guarded ----------------------------------------------------------------------------------

void Guarded::Free::operator()(uint8_t* block) const { std::free(block); }

Guarded::Guarded(uint64_t bytes, uint64_t offset) : bytes_(bytes), offset_(offset) {
  const uint64_t rounded = (whole() + 63) / 64 * 64;
  block_.reset(static_cast<uint8_t*>(std::aligned_alloc(64, static_cast<size_t>(rounded))));
  if (block_ == nullptr) std::abort();  // the suite's own memory
  scramble(1);
}

baton_buffer Guarded::buffer() const {
  return {sizeof(baton_buffer), BATON_BUFFER_HOST, handle(), offset_, bytes_};
}

void Guarded::scramble(uint64_t seed) {
  Random random(seed);
  before_.resize(static_cast<size_t>(whole()));
  for (uint8_t& byte : before_) byte = static_cast<uint8_t>(random.next() >> 32);
  noise_ = before_;
  std::copy(before_.begin(), before_.end(), block_.get());
}

void Guarded::write(const std::vector<uint8_t>& content) {
  std::copy(content.begin(), content.end(), this->content());
  std::copy(content.begin(), content.end(),
            before_.begin() + static_cast<ptrdiff_t>(kGuard + offset_));
}

std::string Guarded::outside() const {
  const uint64_t begin = kGuard + offset_;
  for (uint64_t i = begin; i-- > 0;) {
    if (block_[i] != before_[i]) {
      return format("wrote %llu bytes in front of", static_cast<unsigned long long>(begin - i));
    }
  }
  for (uint64_t i = begin + bytes_; i < whole(); ++i) {
    if (block_[i] != before_[i]) {
      return format("wrote to byte %llu past the end of",
                    static_cast<unsigned long long>(i - begin - bytes_));
    }
  }
  return "";
}

int64_t Guarded::changed() const {
  for (uint64_t i = kGuard + offset_; i < kGuard + offset_ + bytes_; ++i) {
    if (block_[i] != before_[i]) return static_cast<int64_t>(i - kGuard - offset_);
  }
  return -1;
}

int64_t Guarded::unwritten(uint64_t length) const {
  uint64_t same = 0;
  for (uint64_t i = 0; i < bytes_; ++i) {
    const uint64_t at = kGuard + offset_ + i;
    same = block_[at] == noise_[at] ? same + 1 : 0;
    if (same == length) return static_cast<int64_t>(i + 1 - length);
  }
  return -1;
}

// ---- Hall -------------------------------------------------------------------------------------

Hall::Hall(const Specimen& specimen, uint64_t scratch_bytes, const ExecutionOptions& options)
    : specimen_(specimen), options_(options) {
  const Partition& partition = specimen.partition;
  const auto bytes = [&](int32_t tensor) { return specimen.value(tensor).bytes(); };
  for (const int32_t tensor : partition.inputs) inputs_.emplace_back(bytes(tensor), options.offset);
  overwritten_.resize(inputs_.size());
  for (const int32_t tensor : partition.outputs) {
    size_t place = inputs_.size();
    for (size_t i = 0; options.in_place && i < inputs_.size() && place == inputs_.size(); ++i) {
      if (!overwritten_[i] && inputs_[i].bytes() == bytes(tensor)) place = i;
    }
    if (place < inputs_.size()) {
      overwritten_[place] = true;
      outputs_.push_back(&inputs_[place]);
    } else {
      own_outputs_.push_back(std::make_unique<Guarded>(bytes(tensor), options.offset));
      outputs_.push_back(own_outputs_.back().get());
    }
  }
  for (const int32_t tensor : partition.states) {
    states_.emplace_back(static_cast<size_t>(bytes(tensor)));  // zero at first
    states_in_.emplace_back(bytes(tensor), options.offset);
    if (!options.in_place) states_out_.emplace_back(bytes(tensor), options.offset);
  }
  if (scratch_bytes != 0) scratch_ = std::make_unique<Guarded>(scratch_bytes, 0);

  for (const Guarded& memory : inputs_) buffers_.inputs.push_back(memory.buffer());
  for (const Guarded* memory : outputs_) buffers_.outputs.push_back(memory->buffer());
  for (const Guarded& memory : states_in_) buffers_.states_in.push_back(memory.buffer());
  for (const Guarded& memory : options.in_place ? states_in_ : states_out_) {
    buffers_.states_out.push_back(memory.buffer());
  }
}

void Hall::prepare(uint32_t run, uint64_t noise) {
  for (const auto& memory : own_outputs_) memory->scramble(mix_seed(noise, "output", 0));
  for (Guarded& memory : states_out_) memory.scramble(mix_seed(noise, "state", 0));
  if (scratch_ != nullptr) scratch_->scramble(mix_seed(noise, "scratch", 0));
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const auto tensor = static_cast<size_t>(specimen_.partition.inputs[i]);
    inputs_[i].scramble(mix_seed(noise, "input", i));
    inputs_[i].write(specimen_.contents[run][tensor]);
  }
  for (size_t i = 0; i < states_in_.size(); ++i) {
    states_in_[i].scramble(mix_seed(noise, "state_in", i));
    states_in_[i].write(states_[i]);
  }
}

std::string Hall::damage() const {
  const auto outside = [](const char* what, size_t i, const Guarded& memory) -> std::string {
    const std::string found = memory.outside();
    return found.empty() ? "" : format("execute %s %s %zu", found.c_str(), what, i);
  };
  std::string found;
  for (size_t i = 0; i < inputs_.size() && found.empty(); ++i) {
    found = outside("input", i, inputs_[i]);
    if (!found.empty() || overwritten_[i] || inputs_[i].changed() < 0) continue;
    found = format("execute changed byte %lld of input %zu; inputs are read only",
                   static_cast<long long>(inputs_[i].changed()), i);
  }
  for (size_t i = 0; i < outputs_.size() && found.empty(); ++i) {
    found = outside("output", i, *outputs_[i]);
  }
  for (size_t i = 0; i < states_in_.size() && found.empty(); ++i) {
    found = outside("state_in", i, states_in_[i]);
    if (!found.empty() || options_.in_place || states_in_[i].changed() < 0) continue;
    found = format(
        "execute changed byte %lld of state_in %zu; only state_out may be written, so that a "
        "failed run can be repeated",
        static_cast<long long>(states_in_[i].changed()), i);
  }
  for (size_t i = 0; i < states_out_.size() && found.empty(); ++i) {
    found = outside("state_out", i, states_out_[i]);
  }
  if (found.empty() && scratch_ != nullptr) found = outside("the scratch memory,", 0, *scratch_);
  return found;
}

TrialOutputs Hall::outputs() const {
  TrialOutputs result(1);
  for (size_t i = 0; i < outputs_.size(); ++i) {
    const Value& value = specimen_.value(specimen_.partition.outputs[i]);
    result[0].push_back({value.dtype(),
                         value.name(),
                         {value.dims().begin(), value.dims().end()},
                         outputs_[i]->read()});
  }
  return result;
}

std::vector<TrialOutput> Hall::reference(uint32_t run) const {
  std::vector<TrialOutput> result;
  for (const int32_t tensor : specimen_.partition.outputs) {
    const Value& value = specimen_.value(tensor);
    result.push_back({value.dtype(),
                      value.name(),
                      {value.dims().begin(), value.dims().end()},
                      specimen_.contents[run][static_cast<size_t>(tensor)]});
  }
  return result;
}

std::string Hall::difference_from_reference(uint32_t run, const Limits& limits) const {
  // What nobody wrote is noise: no run of so many bytes is right by chance.
  constexpr uint64_t kHole = 16;
  for (size_t i = 0; i < outputs_.size(); ++i) {
    const int64_t hole = options_.in_place ? -1 : outputs_[i]->unwritten(kHole);
    if (hole < 0) continue;
    return format("execute left bytes from %lld on of output %zu ('%s') unwritten",
                  static_cast<long long>(hole), i,
                  specimen_.value(specimen_.partition.outputs[i]).name());
  }
  TrialOutputs expected = {reference(run)};
  for (uint32_t other = 0; other < kSpecimenRuns; ++other) {
    if (other != run) expected.push_back(reference(other));
  }
  std::string found = difference(outputs(), expected, specimen_.model->depth(), limits);
  // It counts its runs itself.
  if (found.starts_with("run 0, ")) found.erase(0, 7);
  return found.empty() ? "" : format("execution %u, %s", run, found.c_str());
}

void Hall::commit() {
  for (size_t i = 0; i < states_.size(); ++i) {
    states_[i] = (options_.in_place ? states_in_ : states_out_)[i].read();
  }
}

// ---- Executions -------------------------------------------------------------------------------

Verdict in(const std::string& place, Verdict verdict) {
  if (!verdict.text.empty()) verdict.text = place + ": " + verdict.text;
  return verdict;
}

Verdict execute_once(AbiInstance& instance, Hall& hall, uint32_t run, const Limits& limits) {
  TestServices services;
  const Status status = instance.execute(hall.buffers(), services, hall.scratch());
  std::string found = hall.damage();
  if (!found.empty()) return failure(found);
  if (!status.ok()) return failure(status.message());
  found = hall.difference_from_reference(run, limits);
  if (!found.empty()) return mismatch(found);
  hall.commit();
  return ok();
}

Result<std::unique_ptr<AbiInstance>> make_instance(const std::shared_ptr<const Delegate>& delegate,
                                                   const Specimen& specimen) {
  BATON_ASSIGN_OR_RETURN(auto program, AbiProgram::compile(delegate, specimen));
  return AbiInstance::create(std::move(program), specimen.values, TestServices::kThreads);
}

Verdict execute_all(AbiInstance& instance, const Specimen& specimen, const Limits& limits,
                    const ExecutionOptions& options) {
  Hall hall(specimen, instance.scratch_bytes(), options);
  for (uint32_t run = 0; run < kSpecimenRuns; ++run) {
    hall.prepare(run, mix_seed(options.noise, "run", run));
    Verdict verdict = execute_once(instance, hall, run, limits);
    if (verdict.outcome != Outcome::kOk) return verdict;
  }
  return ok();
}

Verdict try_specimen(const std::shared_ptr<const Delegate>& delegate, const Specimen& specimen,
                     const ExecutionOptions& options) {
  auto instance = make_instance(delegate, specimen);
  if (!instance.ok()) return failure(instance.status().message());
  return execute_all(**instance, specimen, limits_of(*delegate), options);
}

}  // namespace baton::conformance
