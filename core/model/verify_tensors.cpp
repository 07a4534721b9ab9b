#include <cstring>

#include "core/base/checked.h"
#include "core/base/dtype.h"
#include "core/model/quantization.h"
#include "core/model/verify_internal.h"

namespace baton::verify {
namespace {

// Room for padding and alignment on top, and still far from overflow.
constexpr uint64_t kMaxTensorBytes = uint64_t{1} << 46;

int32_t load_int(const uint8_t* bytes) {
  int32_t value = 0;
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

// A count, count + 1 offsets from the start, the characters.
Status string_table(std::span<const uint8_t> content, uint64_t elements) {
  const int64_t size = static_cast<int64_t>(content.size());
  if (size < 4) return error(BATON_INVALID_MODEL, "its string table has no room for a count");
  const int64_t count = load_int(content.data());
  const int64_t header = 4 * (count + 2);
  if (count < 0 || header > size) {
    return error(BATON_INVALID_MODEL, "its string table counts %lld strings in %lld bytes",
                 static_cast<long long>(count), static_cast<long long>(size));
  }
  if (static_cast<uint64_t>(count) != elements) {
    return error(BATON_INVALID_MODEL, "its string table has %lld strings, its shape %llu",
                 static_cast<long long>(count), static_cast<unsigned long long>(elements));
  }
  int64_t last = header;
  for (int64_t i = 0; i <= count; ++i) {
    const int64_t offset = load_int(content.data() + 4 * (i + 1));
    if (offset < last || offset > size) {
      return error(BATON_INVALID_MODEL,
                   "offset %lld of its string table is %lld, which is outside %lld..%lld",
                   static_cast<long long>(i), static_cast<long long>(offset),
                   static_cast<long long>(last), static_cast<long long>(size));
    }
    last = offset;
  }
  return {};
}

Status buffer(const Context& context, const schema::Tensor& tensor) {
  if (tensor.external_buffer() != 0) {
    return error(BATON_UNSUPPORTED, "its content is in another file, which is not supported");
  }
  const uint32_t buffers = length(context.model.buffers());
  // Number 0 means "no content", also where the file has no buffers at all.
  if (tensor.buffer() != 0 && tensor.buffer() >= buffers) {
    return error(BATON_INVALID_MODEL, "it names buffer %u, the model has %u", tensor.buffer(),
                 buffers);
  }
  const auto bytes = buffer_bytes(context.model, context.file, tensor.buffer());
  if (bytes && !bytes->in_file) {
    return error(BATON_INVALID_MODEL, "its buffer %u lies outside the file's %zu bytes",
                 tensor.buffer(), context.file.size());
  }
  return {};
}

Status content(Context& context, const schema::Tensor& tensor) {
  const auto constant = constant_bytes(context.model, context.file, tensor);
  if (!constant) return {};
  if (tensor.is_variable()) {
    return error(BATON_INVALID_MODEL,
                 "it is a variable, which starts at zero, and has the content of buffer %u",
                 tensor.buffer());
  }
  if (tensor.sparsity() != nullptr) {
    return error(BATON_UNSUPPORTED,
                 "it is a sparse constant, which is not supported: convert the model without "
                 "sparsity");
  }
  const auto dtype = static_cast<baton_dtype>(tensor.type());
  const auto dims = ints(tensor.shape());
  if (dtype == BATON_STRING) {
    BATON_RETURN_IF_ERROR(context.spend(constant->size() / 4));
    return string_table(*constant, element_count(dims).value_or(0));
  }
  const uint64_t needed = tensor_bytes(dtype, dims).value_or(0);
  if (constant->size() != needed) {
    return error(BATON_INVALID_MODEL, "its buffer %u has %zu bytes, its shape and type need %llu",
                 tensor.buffer(), constant->size(), static_cast<unsigned long long>(needed));
  }
  return {};
}

Status shape(const Context& context, const schema::Tensor& tensor) {
  const auto dtype = static_cast<baton_dtype>(tensor.type());
  const auto dims = ints(tensor.shape());
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] < 0) {
      return error(BATON_INVALID_MODEL, "the size of its dimension %zu is %d", i, dims[i]);
    }
  }
  const auto bytes = tensor_bytes(dtype, dims);
  // Elements are counted in 64 bits also where their bytes are not known.
  if (!bytes || *bytes > kMaxTensorBytes || *element_count(dims) > kMaxTensorBytes) {
    return error(BATON_INVALID_MODEL, "its shape has more elements than can be addressed");
  }
  if (context.limits.max_tensor_bytes != 0 && *bytes > context.limits.max_tensor_bytes) {
    return error(BATON_OUT_OF_MEMORY, "it has %llu bytes, over the limit of %llu",
                 static_cast<unsigned long long>(*bytes),
                 static_cast<unsigned long long>(context.limits.max_tensor_bytes));
  }
  return {};
}

Status tensor(Context& context, const schema::SubGraph& subgraph, const schema::Tensor& tensor) {
  const auto dtype = static_cast<baton_dtype>(tensor.type());
  if (!dtype_known(dtype)) {
    return error(BATON_INVALID_MODEL,
                 "its element type is number %d, which the format does not have", dtype);
  }
  uint64_t work = 1 + length(tensor.shape()) + length(tensor.shape_signature());
  if (const auto* quantization = tensor.quantization()) {
    work += length(quantization->scale()) + length(quantization->zero_point());
    if (const auto* blocks = quantization->details_as_BlockwiseQuantization()) {
      const auto scales = static_cast<uint32_t>(blocks->scales());
      if (scales < length(subgraph.tensors())) {
        const auto bytes =
            buffer_bytes(context.model, context.file, subgraph.tensors()->Get(scales)->buffer());
        work += bytes && bytes->in_file ? bytes->size : 0;
      }
    }
  }
  BATON_RETURN_IF_ERROR(context.spend(work));
  BATON_RETURN_IF_ERROR(shape(context, tensor));
  BATON_RETURN_IF_ERROR(buffer(context, tensor));
  BATON_RETURN_IF_ERROR(content(context, tensor));
  return read_quantization(context.model, context.file, subgraph, tensor).status();
}

}  // namespace

Status tensors(Context& context, uint32_t index) {
  const schema::SubGraph& subgraph = context.subgraph(index);
  for (uint32_t i = 0; i < length(subgraph.tensors()); ++i) {
    const schema::Tensor& one = *subgraph.tensors()->Get(i);
    const Status status = tensor(context, subgraph, one);
    if (!status.ok()) return status.at(tensor_place(index, i, one));
  }
  return {};
}

}  // namespace baton::verify
