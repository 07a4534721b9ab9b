// Keeps what the nodes of a session write, for comparing it with another session's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "baton/baton.hpp"

namespace baton::tools {

struct TensorId {
  uint32_t subgraph = 0;
  int32_t tensor = 0;
  auto operator<=>(const TensorId&) const = default;
};

struct Recorded {
  // Why there is nothing to see, when there is nothing: "" until the session was asked.
  std::string unreadable;
  bool written = false;
  baton_tensor tensor{};  // of the last write; dims point into `dims`
  std::vector<int32_t> dims;
  std::vector<std::byte> data;
};

// Session and recorder must not be moved while the session runs.
class Recorder {
 public:
  // Taps every output of every node that has numbers to compare.
  Recorder(const Model& model, Session& session);
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  const Recorded* find(TensorId id) const {
    const auto found = tensors_.find(id);
    return found == tensors_.end() ? nullptr : &found->second;
  }

 private:
  static void record(void* user, uint32_t subgraph, const baton_tensor* tensor);
  std::map<TensorId, Recorded> tensors_;
};

}  // namespace baton::tools
