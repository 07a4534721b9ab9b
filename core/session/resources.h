// Resource variables of one session, by container and shared name.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "core/ops/operator.h"
#include "core/session/quota.h"

namespace baton {

class Resources {
 public:
  using Resource = SessionServices::Resource;

  // The quota must outlive the resources.
  explicit Resources(MemoryQuota& quota) : quota_(quota) {}

  // The number of the variable of that name; made when it is new.
  int32_t id(const char* container, const char* shared_name);
  // nullptr when there is no such number.
  const Resource* find(int32_t id) const;
  // As SessionServices::assign_resource.
  Status assign(int32_t id, const Value& value);

  // State before a run, to go back to.
  void save();
  void restore();
  void clear();
  uint64_t bytes() const;

 private:
  struct Content {
    Resource resource;
    QuotaMemory memory;  // may be larger than what the variable holds
  };
  struct Entry {
    std::string container;
    std::string name;
    Content now;
    // The content before the run once something was assigned in it; else memory for that.
    Content other;
    bool assigned_in_run = false;
  };

  MemoryQuota& quota_;
  std::deque<Entry> entries_;  // pointers to entries stay valid
};

}  // namespace baton
