// Bytes that are no FlatBuffer, or a damaged one.

#include <cstring>

#include "core/schema/tflite_generated.h"
#include "tests/malformed/models.h"

namespace baton::malformed {
namespace {

using tflite::GraphBuilder;

uint32_t load_u32(const Bytes& bytes, size_t at) {
  uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

template <typename T>
Bytes patched(Bytes bytes, size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof(value));
  return bytes;
}

Bytes first(const Bytes& bytes, size_t count) {
  return {bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(count)};
}

Case refused(int kind, std::string name, Bytes file, std::string says) {
  Case c;
  c.kind = kind;
  c.name = std::move(name);
  c.file = std::move(file);
  c.answer = Answer::kRefuseLoad;
  c.code = BATON_INVALID_MODEL;
  c.says = std::move(says);
  return c;
}

Bytes bytes_of(flatbuffers::FlatBufferBuilder& fb) {
  return {fb.GetBufferPointer(), fb.GetBufferPointer() + fb.GetSize()};
}

// Tables inside tables, each reached through every field of the one above.
Bytes nested_tables(int depth) {
  flatbuffers::FlatBufferBuilder fb;
  flatbuffers::Offset<flatbuffers::Table> inner;
  for (int level = 0; level < depth; ++level) {
    const auto start = fb.StartTable();
    for (flatbuffers::voffset_t field = 4; level > 0 && field < 40; field += 2) {
      fb.AddOffset(field, inner);
    }
    inner = flatbuffers::Offset<flatbuffers::Table>(fb.EndTable(start));
  }
  fb.Finish(inner, "TFL3");
  return bytes_of(fb);
}

// One table that is listed `count` times.
Bytes many_operator_codes(size_t count) {
  flatbuffers::FlatBufferBuilder fb;
  const auto code = schema::CreateOperatorCode(fb, 9);
  const auto codes =
      fb.CreateVector(std::vector<flatbuffers::Offset<schema::OperatorCode>>(count, code));
  schema::FinishModelBuffer(fb, schema::CreateModel(fb, 3, codes));
  return bytes_of(fb);
}

// Few bytes that ask for endless work because tables share their content.
Bytes shared_tables() {
  flatbuffers::FlatBufferBuilder fb;
  const auto shape = fb.CreateVector(std::vector<int32_t>{1});
  const auto tensor = schema::CreateTensor(fb, shape);
  const auto tensors =
      fb.CreateVector(std::vector<flatbuffers::Offset<schema::Tensor>>(20000, tensor));
  const auto none = fb.CreateVector(std::vector<int32_t>());
  const auto inputs = fb.CreateVector(std::vector<int32_t>(20000, 0));
  const auto node = schema::CreateOperator(fb, 0, inputs, none);
  const auto nodes =
      fb.CreateVector(std::vector<flatbuffers::Offset<schema::Operator>>(20000, node));
  const auto code = schema::CreateOperatorCode(fb, 9);
  const auto codes = fb.CreateVector(&code, 1);
  const auto subgraph = schema::CreateSubGraph(fb, tensors, inputs, none, nodes);
  const auto subgraphs = fb.CreateVector(&subgraph, 1);
  schema::FinishModelBuffer(fb, schema::CreateModel(fb, 3, codes, subgraphs));
  return bytes_of(fb);
}

// Buffers that begin one byte after another, each with nearly the whole file as content.
Bytes overlapping_buffers() {
  constexpr uint64_t kStart = 1 << 17;
  constexpr int32_t kElements = 1 << 17;
  constexpr uint32_t kBuffers = 1000;
  flatbuffers::FlatBufferBuilder fb;
  std::vector<flatbuffers::Offset<schema::Buffer>> buffers{schema::CreateBuffer(fb)};
  std::vector<flatbuffers::Offset<schema::Tensor>> tensors;
  const auto shape = fb.CreateVector(std::vector<int32_t>{kElements});
  for (uint32_t i = 0; i < kBuffers; ++i) {
    buffers.push_back(schema::CreateBuffer(fb, 0, kStart + 1 + i, kElements * sizeof(float)));
    tensors.push_back(schema::CreateTensor(fb, shape, schema::TensorType::FLOAT32, i + 1));
  }
  const auto none = fb.CreateVector(std::vector<int32_t>());
  const auto subgraph = schema::CreateSubGraph(fb, fb.CreateVector(tensors), none, none);
  const auto subgraphs = fb.CreateVector(&subgraph, 1);
  const auto all_buffers = fb.CreateVector(buffers);
  schema::FinishModelBuffer(fb, schema::CreateModel(fb, 3, 0, subgraphs, 0, all_buffers));
  Bytes file = bytes_of(fb);
  file.resize(kStart + kBuffers + 1 + kElements * sizeof(float));
  return file;
}

}  // namespace

Bytes buffer_behind_model(size_t* offset_at, uint64_t* offset) {
  const Bytes file = add_model().finish(tflite::BufferPlace::kBehind);
  const float content[] = {1, 2, 3, 4};
  for (uint64_t at = 0; at + sizeof(content) <= file.size(); ++at) {
    if (std::memcmp(file.data() + at, content, sizeof(content)) == 0) *offset = at;
  }
  for (size_t at = 0; at + sizeof(uint64_t) <= file.size(); at += sizeof(uint64_t)) {
    uint64_t value = 0;
    std::memcpy(&value, file.data() + at, sizeof(value));
    if (value == *offset) *offset_at = at;
  }
  return file;
}

void add_file_cases(std::vector<Case>* cases) {
  const char* const not_a_model = "is not a TensorFlow Lite model";
  const char* const damaged = "truncated or damaged";
  GraphBuilder b = add_model();
  b.signature("serve", {{"a", 0}}, {{"b", 2}});
  const Bytes whole = b.finish();

  cases->push_back(refused(1, "empty", {}, "the model's memory is empty"));
  for (size_t size = 1; size < 8; ++size) {
    cases->push_back(refused(2, std::to_string(size), first(whole, size), not_a_model));
  }
  Bytes other = whole;
  std::memcpy(other.data() + 4, "ONNX", 4);
  cases->push_back(refused(3, "identifier", other, "the identifier at byte 4 is 'ONNX'"));
  other[4] = '\n';
  cases->push_back(refused(3, "identifier_unprintable", other, "'\\x0aNNX'"));
  // The last bytes may be padding.
  for (size_t size = 8; size + 64 < whole.size(); ++size) {
    cases->push_back(refused(4, std::to_string(size), first(whole, size), ""));
  }

  const uint32_t root = load_u32(whole, 0);
  const auto size = static_cast<uint32_t>(whole.size());
  cases->push_back(refused(5, "beyond_end", patched(whole, 0, size + 4), damaged));
  cases->push_back(refused(5, "zero", patched(whole, 0, 0u), damaged));
  cases->push_back(refused(5, "top_bit", patched(whole, 0, 0x80000000u), damaged));
  cases->push_back(refused(6, "before_the_file", patched(whole, root, root + 4), damaged));
  cases->push_back(refused(6, "behind_the_file", patched(whole, root, 0u - size), damaged));
  cases->push_back(refused(7, "root", patched(whole, 0, root + 1), damaged));
  cases->push_back(refused(8, "100_deep", nested_tables(100), damaged));
  cases->push_back(refused(9, "million_tables", many_operator_codes(1'000'001), "no subgraphs"));
  cases->push_back(
      refused(9, "shared_content", shared_tables(), "far more than its size can hold"));

  cases->push_back(refused(9, "overlapping_buffers", overlapping_buffers(), "overlaps others"));

  size_t offset_at = 0;
  uint64_t offset = 0;
  const Bytes behind = buffer_behind_model(&offset_at, &offset);
  Case good;
  good.kind = 12;
  good.name = "inside";
  good.file = behind;
  good.answer = Answer::kAccept;
  cases->push_back(good);
  Bytes cut = behind;
  cut.pop_back();
  const char* const outside = "tensor 1 ('w'): its buffer 1 lies outside the file's";
  cases->push_back(refused(12, "end_cut_off", cut, outside));
  for (const uint64_t value : {uint64_t{1} << 40, UINT64_MAX, UINT64_MAX - 8}) {
    cases->push_back(
        refused(12, "offset_" + std::to_string(value), patched(behind, offset_at, value), outside));
  }
}

}  // namespace baton::malformed
