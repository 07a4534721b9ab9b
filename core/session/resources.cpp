#include "core/session/resources.h"

namespace baton {
namespace {

// Assigning vectors keeps their capacity: no allocation once the sizes have settled.
void copy(const Resources::Resource& from, Resources::Resource* to) {
  to->dtype = from.dtype;
  to->assigned = from.assigned;
  to->dims.assign(from.dims.begin(), from.dims.end());
  to->bytes.assign(from.bytes.begin(), from.bytes.end());
}

}  // namespace

int32_t Resources::id(const char* container, const char* shared_name) {
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].container == container && entries_[i].name == shared_name) {
      return static_cast<int32_t>(i);
    }
  }
  Entry entry;
  entry.container = container;
  entry.name = shared_name;
  entries_.push_back(std::move(entry));
  return static_cast<int32_t>(entries_.size() - 1);
}

Resources::Resource* Resources::find(int32_t id) {
  if (id < 0 || static_cast<size_t>(id) >= entries_.size()) return nullptr;
  return &entries_[static_cast<size_t>(id)].now;
}

void Resources::save() {
  for (Entry& entry : entries_) copy(entry.now, &entry.saved);
}

void Resources::restore() {
  for (Entry& entry : entries_) copy(entry.saved, &entry.now);
}

void Resources::clear() {
  for (Entry& entry : entries_) entry.now = Resource();
}

uint64_t Resources::bytes() const {
  uint64_t total = 0;
  for (const Entry& entry : entries_) total += entry.now.bytes.size();
  return total;
}

}  // namespace baton
