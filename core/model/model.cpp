#include "core/model/model.h"

#include <cstring>
#include <mutex>
#include <new>

#include "core/base/hash.h"
#include "core/model/mapping.h"
#include "core/schema/tflite_generated.h"

namespace baton {
namespace {

// FlatBuffers aligns within the buffer, the buffer itself must begin at least so.
constexpr uintptr_t kModelAlignment = 16;
constexpr std::align_val_t kCopyAlignment{64};
constexpr uint64_t kCopyTail = 64;

bool aligned(const void* data) { return reinterpret_cast<uintptr_t>(data) % kModelAlignment == 0; }

struct AlignedDelete {
  void operator()(uint8_t* bytes) const { ::operator delete[](bytes, kCopyAlignment); }
};

class MappedModel final : public Model {
 public:
  explicit MappedModel(std::string name) { name_ = std::move(name); }

  Status open(std::span<const uint8_t> bytes, const LoadLimits& limits) {
    bytes_ = bytes;
    limits_ = limits;
    if (!aligned(bytes.data())) BATON_RETURN_IF_ERROR(copy());
    BATON_RETURN_IF_ERROR(verify_model(bytes_, limits));
    root_ = schema::GetModel(bytes_.data());
    return {};
  }
  Status open(Mapping mapping, const LoadLimits& limits) {
    mapping_ = std::move(mapping);
    readable_past_end_ = mapping_.slack();
    return open(mapping_.bytes(), limits);
  }

  const std::string& hash() const override {
    std::call_once(hashed_, [this] { hash_ = hash128_hex(bytes_); });
    return hash_;
  }
  void drop_pages(const void* data, uint64_t bytes) const override { mapping_.drop(data, bytes); }

 private:
  Status copy() {
    copy_.reset(static_cast<uint8_t*>(
        ::operator new[](bytes_.size() + kCopyTail, kCopyAlignment, std::nothrow)));
    if (!copy_) {
      return error(BATON_OUT_OF_MEMORY,
                   "there is no memory for a copy of %zu bytes, made because the model begins at a "
                   "misaligned address",
                   bytes_.size());
    }
    std::memcpy(copy_.get(), bytes_.data(), bytes_.size());
    std::memset(copy_.get() + bytes_.size(), 0, kCopyTail);
    bytes_ = {copy_.get(), bytes_.size()};
    readable_past_end_ = kCopyTail;
    mapping_ = Mapping();
    return {};
  }

  Mapping mapping_;
  std::unique_ptr<uint8_t[], AlignedDelete> copy_;
  mutable std::once_flag hashed_;
  mutable std::string hash_;
};

Result<std::shared_ptr<const Model>> from_mapping(Result<Mapping> mapping, std::string name,
                                                  const LoadLimits& limits) {
  const std::string place = "'" + name + "'";
  if (!mapping) return mapping.status().at(place);
  auto model = std::make_shared<MappedModel>(std::move(name));
  BATON_RETURN_IF_ERROR(model->open(std::move(*mapping), limits).at(place));
  return std::shared_ptr<const Model>(std::move(model));
}

}  // namespace

Result<std::shared_ptr<const Model>> Model::from_file(const std::string& path,
                                                      const LoadLimits& limits) {
  return from_mapping(Mapping::of_file(path, limits.max_file_bytes), path, limits);
}

Result<std::shared_ptr<const Model>> Model::from_descriptor(int descriptor, uint64_t offset,
                                                            uint64_t bytes,
                                                            const LoadLimits& limits) {
  return from_mapping(Mapping::of_descriptor(descriptor, offset, bytes, limits.max_file_bytes),
                      format("descriptor %d", descriptor), limits);
}

Result<std::shared_ptr<const Model>> Model::from_memory(const void* data, uint64_t bytes,
                                                        const LoadLimits& limits) {
  if (data == nullptr || bytes == 0)
    return error(BATON_INVALID_MODEL, "the model's memory is empty");
  if (limits.max_file_bytes != 0 && bytes > limits.max_file_bytes) {
    return error(BATON_OUT_OF_MEMORY, "the model has %llu bytes, over the limit of %llu",
                 static_cast<unsigned long long>(bytes),
                 static_cast<unsigned long long>(limits.max_file_bytes));
  }
  auto model = std::make_shared<MappedModel>("memory");
  BATON_RETURN_IF_ERROR(
      model->open({static_cast<const uint8_t*>(data), static_cast<size_t>(bytes)}, limits));
  return std::shared_ptr<const Model>(std::move(model));
}

}  // namespace baton
