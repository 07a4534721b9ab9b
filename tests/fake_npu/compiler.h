// A compiled partition: instructions, and the constants in the device's memory. Can be written to
// bytes and read back.
#pragma once

#include <baton/plugin.hpp>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kernels.h"

namespace fake_npu {

// Memory of the device: the host's, but counted and limited.
class Block {
 public:
  Block(baton::sdk::Host host, std::atomic<uint64_t>& used, uint64_t limit, uint64_t bytes);
  ~Block();
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  unsigned char* data() const { return static_cast<unsigned char*>(memory_.get()); }
  uint64_t bytes() const { return bytes_; }

 private:
  std::atomic<uint64_t>& used_;
  uint64_t bytes_;
  baton::sdk::Host::Memory memory_{nullptr, {nullptr}};
};

class Device {
 public:
  Device(baton::sdk::Host host, uint32_t index, uint64_t limit)
      : host_(host), index_(index), limit_(limit) {}
  uint32_t index() const { return index_; }
  std::unique_ptr<Block> allocate(uint64_t bytes) {
    return std::make_unique<Block>(host_, used_, limit_, bytes);
  }

 private:
  baton::sdk::Host host_;
  uint32_t index_;
  uint64_t limit_;
  std::atomic<uint64_t> used_{0};
};

struct Constant {
  std::unique_ptr<Block> block;
  std::vector<int32_t> dims;
};

struct Code {
  std::vector<Instruction> instructions;
  std::vector<int32_t> inputs, outputs, states;
  std::vector<int32_t> inner;  // made and used inside the partition
  std::map<int32_t, Constant> constants;
  std::map<int32_t, std::vector<int32_t>> compiled_dims;  // of inputs
  uint64_t key = 0;                                       // of model and partition
};

// From the constants of the graph, which are let go afterwards.
Code compile(const baton::sdk::Graph& graph, Device& device, const Faults& fault);

// As compile; constants come from the bytes. Throws when they are another partition's.
Code load(const baton::sdk::Graph& graph, Device& device, const Faults& fault, const void* bytes,
          uint64_t count);

std::vector<unsigned char> save(const Code& code, const Device& device);

// BATON_BLOB_
int32_t validate(const Device& device, const Faults& fault, const void* bytes, uint64_t count);

}  // namespace fake_npu
