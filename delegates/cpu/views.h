// Tensors that lie in others: what steps would only move stays where it is, where it can. Found
// for given shapes, as they decide what is one run of bytes.
//
// Where an output is a run of its step's input (RESHAPE, SPLIT, SLICE of whole rows), it is read
// there. Where an input is a run of its step's output (CONCATENATION, PACK of whole rows), it is
// written there.
//
// Graph outputs, inputs, constants and states keep their own memory; where that is in the way, the
// step copies.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "delegates/cpu/storage.h"

namespace baton::cpu {

class Views {
 public:
  enum class Which { kWhole, kAll };  // only tensors as large as what they lie in, or parts, too

  // `works` by step, `bytes` by slot.
  Views(const Storage& storage, const std::vector<std::unique_ptr<Work>>& works,
        const std::vector<uint64_t>& bytes, Which which);

  // The slot that has memory of its own, and where the given one lies in it.
  struct Place {
    int32_t slot;
    uint64_t offset;
  };
  Place find(int32_t slot) const;
  // Whether some tensor lies in a larger one.
  bool have_parts() const { return have_parts_; }
  // Whether all that the work would move is where it should be.
  bool are_done(const Work& work, const Storage::StepSlots& slots) const;

 private:
  // Puts a slot into another where that can be.
  bool join(int32_t slot, int32_t into, uint64_t offset, Which which);

  const Storage* storage_;
  const std::vector<uint64_t>* bytes_;
  std::vector<Place> places_;     // by slot: what it lies in, or itself
  std::vector<uint64_t> widest_;  // by slot: bytes of the widest element of all that lies in it
  bool have_parts_ = false;
};

}  // namespace baton::cpu
