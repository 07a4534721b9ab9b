#include "core/session/resources.h"

#include <cstring>

#include "core/ops/support/boolean.h"

namespace baton {
namespace {

// No allocation once the sizes have settled; memory that is far too large is given back.
Status fit(MemoryQuota& quota, uint64_t bytes, QuotaMemory* memory) {
  constexpr uint64_t kSpare = 4096;
  const bool fits = *memory && memory->bytes() >= bytes;
  if (fits && memory->bytes() / 4 <= bytes + kSpare) return {};
  Status status = memory->allocate(quota, bytes);
  return fits ? Status() : status;
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

const Resources::Resource* Resources::find(int32_t id) const {
  if (id < 0 || static_cast<size_t>(id) >= entries_.size()) return nullptr;
  return &entries_[static_cast<size_t>(id)].now.resource;
}

Status Resources::assign(int32_t id, const Value& value) {
  if (find(id) == nullptr) {
    return error(BATON_INVALID_MODEL, "the handle is not that of a variable");
  }
  Entry& entry = entries_[static_cast<size_t>(id)];
  Content& content = entry.assigned_in_run ? entry.now : entry.other;
  BATON_RETURN_IF_ERROR(fit(quota_, value.bytes(), &content.memory));
  uint8_t* data = content.memory.data();
  if (value.bytes() != 0) std::memcpy(data, value.data(), static_cast<size_t>(value.bytes()));
  if (value.dtype() == BATON_BOOL) ops::normalize_booleans(data, value.bytes());
  Resource& resource = content.resource;
  resource.dtype = value.dtype();
  resource.assigned = true;
  resource.dims.assign(value.dims().begin(), value.dims().end());
  resource.data = data;
  resource.bytes = value.bytes();
  if (!entry.assigned_in_run) std::swap(entry.now, entry.other);
  entry.assigned_in_run = true;
  return {};
}

void Resources::save() {
  for (Entry& entry : entries_) entry.assigned_in_run = false;
}

void Resources::restore() {
  for (Entry& entry : entries_) {
    if (entry.assigned_in_run) std::swap(entry.now, entry.other);
    entry.assigned_in_run = false;
  }
}

void Resources::clear() {
  for (Entry& entry : entries_) {
    entry.now = Content();
    entry.other = Content();
    entry.assigned_in_run = false;
  }
}

uint64_t Resources::bytes() const {
  uint64_t total = 0;
  for (const Entry& entry : entries_)
    total += entry.now.memory.bytes() + entry.other.memory.bytes();
  return total;
}

}  // namespace baton
