// Executions of a specimen in memory that tells what was done to it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/conformance/abi/calls.h"
#include "tests/conformance/abi/specimen.h"

namespace baton::conformance {

// Memory as plugin.h promises it, between zones that nobody may write to. Outside the content it
// holds noise; so does the content until somebody writes.
class Guarded {
 public:
  // The content begins `offset` bytes behind the handle, which is 64-byte aligned.
  Guarded(uint64_t bytes, uint64_t offset);
  Guarded(Guarded&&) = default;
  Guarded& operator=(Guarded&&) = default;

  void* handle() const { return block_.get() + kGuard; }
  uint8_t* content() const { return block_.get() + kGuard + offset_; }
  uint64_t bytes() const { return bytes_; }
  baton_buffer buffer() const;

  // New noise everywhere.
  void scramble(uint64_t seed);
  void write(const std::vector<uint8_t>& content);
  std::vector<uint8_t> read() const { return {content(), content() + bytes_}; }

  // After an execution: "", or what happened outside of the content: "wrote 3 bytes past the end".
  std::string outside() const;
  // The first byte of the content that is other than at the last write; -1: none.
  int64_t changed() const;
  // The first byte of `length` that still hold noise; -1: none.
  int64_t unwritten(uint64_t length) const;

 private:
  static constexpr uint64_t kGuard = 512;
  struct Free {
    void operator()(uint8_t* block) const;
  };
  uint64_t whole() const { return 2 * kGuard + offset_ + bytes_; }

  uint64_t bytes_;
  uint64_t offset_;
  std::unique_ptr<uint8_t[], Free> block_;
  std::vector<uint8_t> before_;  // the whole block as it was scrambled and written
  std::vector<uint8_t> noise_;
};

struct ExecutionOptions {
  uint64_t offset = 0;    // of all contents behind their handles
  uint64_t noise = 1;     // what outputs and scratch memory hold before
  bool in_place = false;  // states, and outputs on inputs of the same size, share memory
};

// The buffers of a partition.
class Hall {
 public:
  Hall(const Specimen& specimen, uint64_t scratch_bytes, const ExecutionOptions& options = {});

  const Buffers& buffers() const { return buffers_; }
  void* scratch() const { return scratch_ != nullptr ? scratch_->content() : nullptr; }

  // Before an execution: inputs of this run, the state as it was committed, noise in all else.
  void prepare(uint32_t run, uint64_t noise);
  // After one: "", or a sentence about what it must not have done. `failed`: what it wrote to
  // outputs does not matter.
  std::string damage() const;
  // What the outputs hold against the reference; "" when close enough.
  std::string difference_from_reference(uint32_t run, const Limits& limits) const;
  // After a success: state_out is what the next execution gets.
  void commit();

  Guarded& input(size_t i) { return inputs_[i]; }
  // What an output holds elsewhere, to be looked at here.
  void write_output(size_t i, const std::vector<uint8_t>& content) {
    std::copy(content.begin(), content.end(), outputs_[i]->content());
  }

 private:
  TrialOutputs outputs() const;
  std::vector<TrialOutput> reference(uint32_t run) const;

  const Specimen& specimen_;
  ExecutionOptions options_;
  std::vector<Guarded> inputs_;
  std::vector<std::unique_ptr<Guarded>> own_outputs_;
  std::vector<Guarded*> outputs_;  // own_outputs_, or an input in place
  std::vector<bool> overwritten_;  // by input: an output in its place
  std::vector<Guarded> states_in_;
  std::vector<Guarded> states_out_;  // empty in place
  std::vector<std::vector<uint8_t>> states_;
  std::unique_ptr<Guarded> scratch_;
  Buffers buffers_;
};

// One execution in a prepared hall, looked at and, when all is well, committed.
Verdict execute_once(AbiInstance& instance, Hall& hall, uint32_t run, const Limits& limits);

// Compiled, instantiated, and executed once for each run.
Result<std::unique_ptr<AbiInstance>> make_instance(const std::shared_ptr<const Delegate>& delegate,
                                                   const Specimen& specimen);
Verdict execute_all(AbiInstance& instance, const Specimen& specimen, const Limits& limits,
                    const ExecutionOptions& options = {});
// The same on an instance of its own.
Verdict try_specimen(const std::shared_ptr<const Delegate>& delegate, const Specimen& specimen,
                     const ExecutionOptions& options = {});

// A verdict with a place in front of its sentence.
Verdict in(const std::string& place, Verdict verdict);

}  // namespace baton::conformance
