#include "compiler.h"

#include <cstring>
#include <set>

namespace fake_npu {

using baton::sdk::Error;
using baton::sdk::Graph;
using baton::sdk::Node;
using baton::sdk::Tensor;

namespace {

constexpr char kMagic[8] = {'F', 'A', 'K', 'E', 'N', 'P', 'U', 0};
constexpr uint32_t kFormat = 2;

struct BlobHeader {
  char magic[8];
  uint32_t format;
  uint32_t device;
  uint64_t key;
  uint64_t constant_count;
  uint64_t checksum;  // over everything behind the header
};

struct BlobConstant {
  int64_t tensor;
  uint64_t bytes;
};

uint64_t mix(uint64_t hash, const void* data, size_t bytes) {
  const auto* p = static_cast<const unsigned char*>(data);
  for (size_t i = 0; i < bytes; ++i) hash = (hash ^ p[i]) * 0x100000001B3u;
  return hash;
}
constexpr uint64_t kStart = 0xCBF29CE484222325u;

uint64_t partition_key(const Graph& graph) {
  uint64_t key = mix(kStart, graph.model_hash(), std::strlen(graph.model_hash()));
  for (uint32_t i = 0; i < graph.node_count(); ++i) {
    const uint32_t index = graph.node(i).index();
    key = mix(key, &index, sizeof(index));
  }
  return key;
}

// Everything but the constants' content.
Code translate(const Graph& graph, const Faults& fault) {
  Code code;
  code.key = partition_key(graph);
  std::set<int32_t> border;
  for (uint32_t i = 0; i < graph.input_count(); ++i) {
    code.inputs.push_back(graph.input(i));
    border.insert(graph.input(i));
    const auto dims = graph.tensor(graph.input(i)).dims();
    code.compiled_dims[graph.input(i)].assign(dims.begin(), dims.end());
  }
  for (uint32_t i = 0; i < graph.output_count(); ++i) {
    code.outputs.push_back(graph.output(i));
    border.insert(graph.output(i));
  }
  for (uint32_t i = 0; i < graph.state_count(); ++i) code.states.push_back(graph.state(i));
  for (uint32_t i = 0; i < graph.node_count(); ++i) {
    const Node node = graph.node(i);
    code.instructions.push_back(make_instruction(graph, node, fault));
    for (const int32_t tensor : node.outputs()) {
      if (border.count(tensor) == 0) code.inner.push_back(tensor);
    }
    for (const int32_t index : node.inputs()) {
      const Tensor tensor = graph.tensor(index);
      // A reshape's sizes are in the shapes.
      const bool used = node.op() != BATON_OP_RESHAPE || index == node.inputs()[0];
      if (!tensor || !tensor.constant() || !used) continue;
      code.constants[index].dims.assign(tensor.dims().begin(), tensor.dims().end());
    }
  }
  return code;
}

}  // namespace

Block::Block(baton::sdk::Host host, std::atomic<uint64_t>& used, uint64_t limit, uint64_t bytes)
    : used_(used), bytes_(bytes) {
  const uint64_t before = used_.fetch_add(bytes);
  try {
    if (bytes > limit || before > limit - bytes) {
      throw Error(BATON_REASON_MEMORY,
                  "the device has " + std::to_string(limit) + " bytes of memory, " +
                      std::to_string(before) + " are in use, " + std::to_string(bytes) +
                      " more were asked for",
                  BATON_OUT_OF_MEMORY);
    }
    memory_ = host.allocate(bytes);
  } catch (...) {
    used_.fetch_sub(bytes);
    throw;
  }
}

Block::~Block() { used_.fetch_sub(bytes_); }

Code compile(const Graph& graph, Device& device, const Faults& fault) {
  Code code = translate(graph, fault);
  for (auto& [index, constant] : code.constants) {
    const Tensor tensor = graph.tensor(index);
    constant.block = device.allocate(tensor.bytes());
    if (tensor.bytes() != 0) {
      std::memcpy(constant.block->data(), tensor.data<void>(), tensor.bytes());
    }
    graph.done_with_constant(index);
  }
  return code;
}

std::vector<unsigned char> save(const Code& code, const Device& device) {
  std::vector<unsigned char> blob(sizeof(BlobHeader));
  const auto append = [&](const void* data, size_t bytes) {
    const auto* begin = static_cast<const unsigned char*>(data);
    blob.insert(blob.end(), begin, begin + bytes);
  };
  for (const auto& [index, constant] : code.constants) {
    const BlobConstant head{index, constant.block->bytes()};
    append(&head, sizeof(head));
    append(constant.block->data(), constant.block->bytes());
  }
  BlobHeader header{};
  std::memcpy(header.magic, kMagic, sizeof(kMagic));
  header.format = kFormat;
  header.device = device.index();
  header.key = code.key;
  header.constant_count = code.constants.size();
  header.checksum = mix(kStart, blob.data() + sizeof(header), blob.size() - sizeof(header));
  std::memcpy(blob.data(), &header, sizeof(header));
  return blob;
}

int32_t validate(const Device& device, const Faults& fault, const void* bytes, uint64_t count) {
  BlobHeader header;
  if (count < sizeof(header)) return BATON_BLOB_FOREIGN;
  std::memcpy(&header, bytes, sizeof(header));
  if (std::memcmp(header.magic, kMagic, sizeof(kMagic)) != 0) return BATON_BLOB_FOREIGN;
  if (header.format != kFormat) return BATON_BLOB_STALE;
  if (header.device != device.index()) return BATON_BLOB_FOREIGN;
  const auto* body = static_cast<const unsigned char*>(bytes) + sizeof(header);
  const bool whole = mix(kStart, body, count - sizeof(header)) == header.checksum;
  return whole || fault(kBlobUnchecked) ? BATON_BLOB_OK : BATON_BLOB_FOREIGN;
}

Code load(const Graph& graph, Device& device, const Faults& fault, const void* bytes,
          uint64_t count) {
  Code code = translate(graph, fault);
  BlobHeader header;
  std::memcpy(&header, bytes, sizeof(header));
  const Error foreign(BATON_REASON_OTHER, "the cached program is of another partition");
  const bool ours = header.key == code.key || fault(kBlobOfAnother);
  if (!ours || header.constant_count != code.constants.size()) throw foreign;
  const auto* p = static_cast<const unsigned char*>(bytes) + sizeof(header);
  const auto* end = static_cast<const unsigned char*>(bytes) + count;
  for (uint64_t i = 0; i < header.constant_count; ++i) {
    BlobConstant head;
    if (static_cast<size_t>(end - p) < sizeof(head)) throw foreign;
    std::memcpy(&head, p, sizeof(head));
    p += sizeof(head);
    const auto found = code.constants.find(static_cast<int32_t>(head.tensor));
    if (found == code.constants.end() || head.bytes > static_cast<size_t>(end - p) ||
        head.bytes != graph.tensor(found->first).bytes()) {
      throw foreign;
    }
    found->second.block = device.allocate(head.bytes);
    std::memcpy(found->second.block->data(), p, head.bytes);
    p += head.bytes;
  }
  for (auto& [index, constant] : code.constants) {
    if (constant.block == nullptr) throw foreign;
    graph.done_with_constant(index);
  }
  return code;
}

}  // namespace fake_npu
