// The bytes of a .tflite file, verified. Nothing past this point meets unverified bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "core/base/status.h"

namespace baton::schema {
struct Model;  // generated from core/schema/tflite.fbs
}

namespace baton {

// Quotas that a caller may set against hostile files: baton_load_options. 0: no limit of its own.
struct LoadLimits {
  uint64_t max_file_bytes = 0;
  uint64_t max_tensor_bytes = 0;
  uint64_t max_session_bytes = 0;
  uint64_t max_steps = 0;
  uint32_t max_subgraph_depth = 0;
};

class Model {
 public:
  // Maps the file read-only.
  static Result<std::shared_ptr<const Model>> from_file(const std::string& path,
                                                        const LoadLimits& limits);
  // Maps `bytes` bytes (0: to the end) of a file descriptor from `offset`; the descriptor may be
  // closed afterwards.
  static Result<std::shared_ptr<const Model>> from_descriptor(int descriptor, uint64_t offset,
                                                              uint64_t bytes,
                                                              const LoadLimits& limits);
  // Reads the caller's memory in place: it must outlive the model. A misaligned address is copied.
  static Result<std::shared_ptr<const Model>> from_memory(const void* data, uint64_t bytes,
                                                          const LoadLimits& limits);
  virtual ~Model() = default;

  std::span<const uint8_t> bytes() const { return bytes_; }
  // Readable bytes past the end of bytes(): the rest of a file's last page.
  uint64_t readable_past_end() const { return readable_past_end_; }
  const schema::Model& root() const { return *root_; }
  // Path, or "memory": for messages.
  const std::string& name() const { return name_; }
  const LoadLimits& limits() const { return limits_; }
  // 32 hexadecimal digits of a hash over all bytes. Computed on first use. [any thread]
  virtual const std::string& hash() const = 0;
  // The pages of these bytes are not needed for now; they are read again from the file if they are.
  virtual void drop_pages(const void* data, uint64_t bytes) const = 0;

 protected:
  std::span<const uint8_t> bytes_;
  uint64_t readable_past_end_ = 0;
  const schema::Model* root_ = nullptr;
  std::string name_;
  LoadLimits limits_;
};

// FlatBuffers' own structure, then everything that it does not prove: indices, enums, buffer
// ranges, sizes against shapes, cyclic subgraph calls. core/model/verify.cpp.
Status verify_model(std::span<const uint8_t> bytes, const LoadLimits& limits);

}  // namespace baton
