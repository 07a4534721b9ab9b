// Catches a plugin that writes outside its outputs, or not all of them: it is given other memory,
// with guard zones and filled with noise, and what it leaves there is looked at.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "baton/plugin.h"

namespace baton {

class OutputWatch {
 public:
  // For buffers of these sizes. nullptr when there is no memory: then nothing is watched.
  static std::unique_ptr<OutputWatch> create(const std::vector<baton_buffer>& buffers);
  ~OutputWatch();
  OutputWatch(const OutputWatch&) = delete;
  OutputWatch& operator=(const OutputWatch&) = delete;

  // Puts the watched memory in place of the host buffers' own.
  void divert(std::vector<baton_buffer>* buffers);
  // Puts the own memory back.
  void restore(std::vector<baton_buffer>* buffers);
  // After divert, execution and restore: "" when all is well (the content was then copied to the
  // own memory), else what the plugin did to buffer *position.
  std::string collect(const std::vector<baton_buffer>& buffers, size_t* position);

 private:
  struct Block {
    unsigned char* memory = nullptr;  // guard, content, guard
    void* own = nullptr;
  };
  OutputWatch() = default;
  std::vector<Block> blocks_;
};

}  // namespace baton
