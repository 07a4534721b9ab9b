// Resource variables of one session, by container and shared name.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "core/ops/operator.h"

namespace baton {

class Resources {
 public:
  using Resource = SessionServices::Resource;

  // The number of the variable of that name; made when it is new.
  int32_t id(const char* container, const char* shared_name);
  // nullptr when there is no such number.
  Resource* find(int32_t id);

  // State before a run, to go back to.
  void save();
  void restore();
  void clear();
  uint64_t bytes() const;

 private:
  struct Entry {
    std::string container;
    std::string name;
    Resource now;
    Resource saved;
  };
  std::deque<Entry> entries_;  // pointers to entries stay valid
};

}  // namespace baton
