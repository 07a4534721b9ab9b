// Where the bytes of a model come from.
#include "core/model/model.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include "core/schema/tflite_generated.h"
#include "tests/graph/support.h"

namespace baton::graph_test {
namespace {

namespace fs = std::filesystem;

class ModelFile : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) /
              (std::string("baton_model_") + info->name() + "_" + std::to_string(getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string path(const char* name) const { return (folder_ / name).string(); }
  std::string write(const char* name, const Bytes& bytes) const {
    std::ofstream(path(name), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    return path(name);
  }

  fs::path folder_;
};

TEST_F(ModelFile, MapsAndReads) {
  const Bytes bytes = add_model().finish();
  const std::string file = write("m.tflite", bytes);
  const auto model = Model::from_file(file, {});
  ASSERT_TRUE(model.ok()) << model.status().message();
  EXPECT_EQ((*model)->name(), file);
  ASSERT_EQ((*model)->bytes().size(), bytes.size());
  EXPECT_EQ(std::memcmp((*model)->bytes().data(), bytes.data(), bytes.size()), 0);
  EXPECT_EQ((*model)->root().version(), 3u);
  // Dropped pages come back from the file.
  (*model)->drop_pages((*model)->bytes().data(), bytes.size());
  EXPECT_EQ(std::memcmp((*model)->bytes().data(), bytes.data(), bytes.size()), 0);
}

TEST_F(ModelFile, Refusals) {
  const auto refused = [](const std::string& file, int32_t code, const std::string& sentence) {
    const auto model = Model::from_file(file, {});
    ASSERT_FALSE(model.ok());
    EXPECT_EQ(model.status().code(), code);
    EXPECT_EQ(model.status().message(), "'" + file + "': " + sentence);
  };
  refused(path("absent.tflite"), BATON_NOT_FOUND, "there is no such file");
  refused(write("empty.tflite", {}), BATON_INVALID_MODEL, "the file is empty");
  refused(folder_.string(), BATON_INVALID_ARGUMENT, "this is a folder, not a .tflite file");
  refused(write("text.tflite", {'h', 'e', 'l', 'l', 'o', ' ', 'w', 'o', 'r', 'l', 'd'}),
          BATON_INVALID_MODEL,
          "is not a TensorFlow Lite model: the identifier at byte 4 is 'o wo', not 'TFL3'");
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  refused(path("pipe"), BATON_INVALID_ARGUMENT,
          "this is not a regular file, which is what can be mapped");
  if (geteuid() != 0) {
    const std::string locked = write("locked.tflite", add_model().finish());
    fs::permissions(locked, fs::perms::none);
    refused(locked, BATON_ERROR, "the file may not be read: its permissions forbid it");
  }
  EXPECT_EQ(Model::from_file(write("m.tflite", add_model().finish()), {.max_file_bytes = 10})
                .status()
                .code(),
            BATON_OUT_OF_MEMORY);
}

TEST_F(ModelFile, PartOfADescriptor) {
  const Bytes bytes = add_model().finish();
  // Page-aligned, aligned enough, misaligned: the last is copied.
  for (const size_t offset : {size_t{0}, size_t{4096}, size_t{4096 + 64}, size_t{17}}) {
    Bytes archive(offset, 0xee);
    archive.insert(archive.end(), bytes.begin(), bytes.end());
    const size_t behind = archive.size();
    archive.resize(archive.size() + 100, 0xdd);
    const std::string file = write("archive", archive);
    const int descriptor = open(file.c_str(), O_RDONLY);
    ASSERT_GE(descriptor, 0);
    const auto exact = Model::from_descriptor(descriptor, offset, bytes.size(), {});
    const auto to_end = Model::from_descriptor(descriptor, offset, 0, {});
    const auto beyond = Model::from_descriptor(descriptor, offset, behind, {});
    const auto past = Model::from_descriptor(descriptor, archive.size(), 0, {});
    close(descriptor);
    ASSERT_TRUE(exact.ok()) << exact.status().message();
    EXPECT_EQ(std::memcmp((*exact)->bytes().data(), bytes.data(), bytes.size()), 0);
    ASSERT_TRUE(to_end.ok());
    EXPECT_EQ((*to_end)->bytes().size(), bytes.size() + 100);
    EXPECT_EQ(beyond.ok(), behind <= archive.size() - offset);
    EXPECT_EQ(past.status().code(), BATON_INVALID_ARGUMENT);
    const auto graph = Graph::build(*exact, nullptr, nullptr);
    EXPECT_TRUE(graph.ok()) << graph.status().message();
  }
  EXPECT_EQ(Model::from_descriptor(-1, 0, 0, {}).status().code(), BATON_INVALID_ARGUMENT);
}

TEST_F(ModelFile, BeyondTwoGigabytes) {
  // Bytes behind the FlatBuffer, moved past what 32-bit offsets reach; the hole takes no disk
  // space.
  Bytes bytes = add_model().finish(tflite::BufferPlace::kBehind);
  const uint64_t far = (uint64_t{1} << 31) + 4096;
  auto* buffer = const_cast<schema::Buffer*>(schema::GetModel(bytes.data())->buffers()->Get(1));
  const uint64_t old = buffer->offset();
  reinterpret_cast<flatbuffers::Table*>(buffer)->SetField<uint64_t>(schema::Buffer::VT_OFFSET, far,
                                                                    0);
  const std::string file = write("large.tflite", bytes);
  std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
  stream.seekp(static_cast<std::streamoff>(far));
  stream.write(reinterpret_cast<const char*>(bytes.data() + old), 16);
  stream.close();
  const auto model = Model::from_file(file, {});
  ASSERT_TRUE(model.ok()) << model.status().message();
  const auto graph = Graph::build(*model, nullptr, nullptr);
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  EXPECT_EQ(static_cast<const float*>((*graph)->main().tensors[1].data)[2], 3.0f);
  fs::resize_file(file, far + 15);
  EXPECT_NE(Model::from_file(file, {}).status().message().find("lies outside the file"),
            std::string::npos);
}

TEST(ModelMemory, MisalignedIsCopied) {
  const Bytes bytes = add_model().finish();
  alignas(64) static uint8_t memory[1 << 16];
  ASSERT_LT(bytes.size() + 64, sizeof(memory));
  for (size_t shift = 0; shift < 64; shift += 4) {
    std::memcpy(memory + shift, bytes.data(), bytes.size());
    const auto model = Model::from_memory(memory + shift, bytes.size(), {});
    ASSERT_TRUE(model.ok());
    EXPECT_EQ((*model)->name(), "memory");
    EXPECT_EQ((*model)->bytes().data() == memory + shift, shift % 16 == 0) << shift;
  }
  EXPECT_FALSE(Model::from_memory(nullptr, 0, {}).ok());
}

TEST(ModelHash, DependsOnEveryByte) {
  const Bytes bytes = add_model().finish();
  const std::string hash = load(bytes).model->hash();
  EXPECT_EQ(hash.size(), 32u);
  EXPECT_EQ(hash.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(load(bytes).model->hash(), hash);
  tflite::GraphBuilder other = add_model();
  other.model().buffers[1][3] ^= 1;
  EXPECT_NE(load(other.finish()).model->hash(), hash);
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_NE(load(longer).model->hash(), hash);
}

TEST(ModelHash, FromManyThreads) {
  const Loaded loaded = load(add_model().finish());
  std::vector<std::string> hashes(8);
  std::vector<std::thread> threads;
  for (std::string& hash : hashes) {
    threads.emplace_back([&] { hash = loaded.model->hash(); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& hash : hashes) EXPECT_EQ(hash, loaded.model->hash());
}

}  // namespace
}  // namespace baton::graph_test
