#include "converter/tflite/replace_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace baton::tflite {
namespace {

namespace fs = std::filesystem;

class ReplaceFile : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("baton_replace_file_" + std::to_string(getpid()));
    fs::create_directories(folder_);
    path_ = (folder_ / "file").string();
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::vector<uint8_t> bytes(const std::string& text) { return {text.begin(), text.end()}; }
  static std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  size_t files() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder_), {}));
  }

  fs::path folder_;
  std::string path_;
};

TEST_F(ReplaceFile, CreatesAndReplaces) {
  ASSERT_TRUE(replace_file(path_, bytes("first")).ok());
  EXPECT_EQ(content(path_), "first");
  ASSERT_TRUE(replace_file(path_, bytes("2")).ok());
  EXPECT_EQ(content(path_), "2");
  ASSERT_TRUE(replace_file(path_, {}).ok());
  EXPECT_EQ(content(path_), "");
  EXPECT_EQ(files(), 1u);
}

TEST_F(ReplaceFile, KeepsPermissionsAndLinks) {
  ASSERT_TRUE(replace_file(path_, bytes("old")).ok());
  ASSERT_EQ(chmod(path_.c_str(), 0640), 0);
  const fs::path link = folder_ / "link";
  fs::create_symlink("file", link);
  ASSERT_TRUE(replace_file(link.string(), bytes("new")).ok());
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(content(path_), "new");
  EXPECT_EQ(fs::status(path_).permissions(), static_cast<fs::perms>(0640));
}

TEST_F(ReplaceFile, NewFilesGetTheUsualPermissions) {
  const mode_t mask = umask(027);
  ASSERT_TRUE(replace_file(path_, bytes("x")).ok());
  umask(mask);
  EXPECT_EQ(fs::status(path_).permissions(), static_cast<fs::perms>(0640));
}

TEST_F(ReplaceFile, AFailureLeavesTheOldFile) {
  ASSERT_TRUE(replace_file(path_, bytes("old")).ok());
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 1000;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const Status status = replace_file(path_, std::vector<uint8_t>(5000));
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(status.code(), BATON_ERROR);
  EXPECT_NE(status.message().find(path_), std::string::npos) << status.message();
  EXPECT_EQ(content(path_), "old");
  EXPECT_EQ(files(), 1u);
}

TEST_F(ReplaceFile, ErrorsNameTheFile) {
  const std::string missing = (folder_ / "none" / "file").string();
  const Status status = replace_file(missing, bytes("x"));
  EXPECT_EQ(status.code(), BATON_NOT_FOUND);
  EXPECT_NE(status.message().find(missing), std::string::npos);
  EXPECT_FALSE(replace_file(folder_.string(), bytes("x")).ok());
}

TEST_F(ReplaceFile, WritesPipesDirectly) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  std::ifstream reader;
  // Opening for both directions does not wait for the other end.
  std::fstream keep_open(path_, std::ios::in | std::ios::out);
  ASSERT_TRUE(replace_file(path_, bytes("through\n")).ok());
  std::string line;
  std::getline(keep_open, line);
  EXPECT_EQ(line, "through");
  EXPECT_TRUE(fs::is_fifo(path_));
}

}  // namespace
}  // namespace baton::tflite
