#include "delegates/cpu/views.h"

#include <algorithm>

namespace baton::cpu {

Views::Views(const Storage& storage, const std::vector<std::unique_ptr<Work>>& works,
             const std::vector<uint64_t>& bytes, Which which)
    : storage_(&storage), bytes_(&bytes) {
  for (size_t i = 0; i < storage.slots().size(); ++i) {
    places_.push_back({static_cast<int32_t>(i), 0});
    widest_.push_back(std::max<uint64_t>(1, storage.slots()[i].bits / 8));
  }
  for (size_t i = 0; i < works.size(); ++i) {
    const Storage::StepSlots& slots = storage.of_step(i);
    for (const Work::Moved& moved : works[i]->moved) {
      const int32_t in = slots.inputs[moved.input], out = slots.outputs[moved.output];
      const auto is_whole = [&](int32_t slot, uint64_t begin) {
        return begin == 0 && moved.bytes == bytes[static_cast<size_t>(slot)];
      };
      const bool is_view = is_whole(out, moved.to) && join(out, in, moved.from, which);
      if (!is_view && is_whole(in, moved.from)) join(in, out, moved.to, which);
    }
  }
}

Views::Place Views::find(int32_t slot) const {
  Place place{slot, 0};
  for (;;) {
    const Place& next = places_[static_cast<size_t>(place.slot)];
    if (next.slot == place.slot) return place;
    place = {next.slot, place.offset + next.offset};
  }
}

bool Views::join(int32_t slot, int32_t into, uint64_t offset, Which which) {
  const auto bytes = [this](int32_t index) { return (*bytes_)[static_cast<size_t>(index)]; };
  const auto kind = [this](int32_t index) {
    return storage_->slots()[static_cast<size_t>(index)].kind;
  };
  // Only what is in scratch memory can go elsewhere, with all that lies in it, if the slot is all
  // of it. A state is no place to go to: it is written again while the slot may be read.
  const Place own = find(slot), place = find(into);
  if (own.offset != 0 || bytes(own.slot) != bytes(slot)) return false;
  if (kind(own.slot) != Slot::kScratch || own.slot == place.slot) return false;
  if (kind(place.slot) == Slot::kOldState || kind(place.slot) == Slot::kNewState) return false;
  const bool is_part = bytes(slot) != bytes(into);
  if (is_part && which == Which::kWhole) return false;
  const uint64_t own_widest = widest_[static_cast<size_t>(own.slot)];
  if ((place.offset + offset) % own_widest != 0) return false;  // elements stay aligned
  places_[static_cast<size_t>(own.slot)] = {into, offset};
  uint64_t& widest = widest_[static_cast<size_t>(place.slot)];
  widest = std::max(widest, own_widest);
  have_parts_ |= is_part;
  return true;
}

bool Views::are_done(const Work& work, const Storage::StepSlots& slots) const {
  if (!work.only_moves) return false;
  return std::all_of(work.moved.begin(), work.moved.end(), [&](const Work::Moved& moved) {
    const Place from = find(slots.inputs[moved.input]), to = find(slots.outputs[moved.output]);
    return from.slot == to.slot && from.offset + moved.from == to.offset + moved.to;
  });
}

}  // namespace baton::cpu
