// Finding, opening and checking plugins.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/base/suggest.h"
#include "tests/host/host_fixture.h"

namespace baton::test {
namespace {

namespace fs = std::filesystem;

class LibraryTest : public HostTest {
 protected:
  std::string failure(const std::string& name) {
    auto plugin = host_->load(name);
    return plugin.ok() ? "it was loaded" : plugin.status().message();
  }
};

class Folder {
 public:
  Folder() {
    std::string path = (fs::temp_directory_path() / "baton_host_XXXXXX").string();
    EXPECT_NE(mkdtemp(path.data()), nullptr);
    path_ = path;
  }
  ~Folder() {
    std::error_code code;
    fs::remove_all(path_, code);
  }
  fs::path operator/(const std::string& name) const { return path_ / name; }
  std::string text() const { return path_.string(); }

 private:
  fs::path path_;
};

TEST_F(LibraryTest, EachFailureIsOneSentence) {
  Folder folder;
  const std::string text = (folder / "libbaton_text.so").string();
  std::ofstream(text) << std::string(500, 'x');
  const std::string gone = (folder / "libbaton_gone.so").string();
  const struct {
    std::string name;
    std::string sentence;  // begins so, with the path in place of %
  } cases[] = {
      {gone, "cannot load plugin %: there is no such file"},
      {folder.text(), "cannot load plugin %: it is a folder; name the file"},
      {text, "cannot load %: "},
      {test_plugin("bad_no_symbol"),
       "% is no Baton plugin: it does not export the function baton_plugin_query"},
      {test_plugin("bad_null_query"), "plugin % cannot serve this host's plugin ABI 0.1"},
      {test_plugin("bad_wrong_abi"),
       "plugin %: it was built for plugin ABI 7.9, this host has 0.1: get a build of it"},
      {test_plugin("bad_throw_query"), "plugin % threw an exception in query: thrown in query"},
      {test_plugin("bad_small_info"), "plugin %: its info has struct_size 12, ABI 0.1 needs "},
      {test_plugin("bad_small_table"),
       "plugin %: bad_small_table: its delegate table has struct_size 16, ABI 0.1 needs "},
      {test_plugin("bad_bad_name"),
       "plugin %: its name 'Bad Name' is invalid: use [a-z][a-z0-9_]*"},
      {test_plugin("bad_null_texts"),
       "plugin %: bad_null_texts has no vendor, version or description text"},
      {test_plugin("bad_no_execute"),
       "plugin %: bad_no_execute: its delegate table lacks a mandatory function"},
  };
  for (const auto& c : cases) {
    std::string expected = c.sentence;
    expected.replace(expected.find('%'), 1, c.name);
    const std::string message = failure(c.name);
    EXPECT_EQ(message.substr(0, expected.size()), expected);
    EXPECT_EQ(message.find('\n'), std::string::npos);
  }
  // The loader's own words are there, and the path only once.
  const std::string message = failure(text);
  EXPECT_NE(message.find("invalid ELF header"), std::string::npos) << message;
  EXPECT_EQ(message.find(text), message.rfind(text)) << message;
}

TEST_F(LibraryTest, AnUnknownNameGetsASuggestion) {
  const std::string message = failure("fake_npo");
  EXPECT_EQ(message.rfind("there is no delegate 'fake_npo' (did you mean 'fake_npu'?); looked for "
                          "libbaton_fake_npo.so in " BATON_TEST_PLUGINS_DIR,
                          0),
            0u)
      << message;
  EXPECT_EQ(failure("nothing_like_it").find("did you mean"), std::string::npos);
}

TEST_F(LibraryTest, AFileIsOpenedOnce) {
  const auto by_name = load("fake_npu");
  EXPECT_EQ(load(test_plugin("fake_npu")), by_name);
  EXPECT_EQ(load(std::string(BATON_TEST_PLUGINS_DIR) + "/../test_plugins/libbaton_fake_npu.so"),
            by_name);
  Folder folder;
  fs::create_symlink(test_plugin("fake_npu"), folder / "libbaton_other.so");
  EXPECT_EQ(load((folder / "libbaton_other.so").string()), by_name);
}

TEST_F(LibraryTest, ANameIsUsedOnce) {
  const auto first = load(test_plugin("bad_twin_a"));
  const std::string message = failure(test_plugin("bad_twin_b"));
  EXPECT_NE(message.find("calls itself 'bad_twin', as does "), std::string::npos) << message;
  EXPECT_NE(message.find("libbaton_bad_twin_a.so, which is loaded: name only one of them"),
            std::string::npos)
      << message;
  EXPECT_EQ(load("bad_twin"), first);
}

TEST_F(LibraryTest, AFileMustCarryItsName) {
  EXPECT_NE(failure("bad_twin_b").find("calls itself 'bad_twin': rename the file"),
            std::string::npos);
}

TEST_F(LibraryTest, ALibraryGoesWithItsLastUser) {
  std::weak_ptr<Plugin> plugin;
  {
    const auto npu = delegate("fake_npu");
    plugin = load("fake_npu");
    host_.reset();
    EXPECT_FALSE(plugin.expired());
    EXPECT_EQ(npu->device().name, std::string("Fake NPU"));
  }
  EXPECT_TRUE(plugin.expired());
}

TEST_F(LibraryTest, ListingSurvivesTheWorstFolder) {
  size_t good = 0;
  size_t bad = 0;
  for (const auto& found : host_->list()) {
    EXPECT_EQ(found.plugin != nullptr, found.error.ok()) << found.path;
    (found.error.ok() ? good : bad)++;
    if (found.name == "fake_npu") {
      EXPECT_TRUE(found.error.ok()) << found.error.message();
    }
  }
  EXPECT_GT(good, 10u);
  EXPECT_GT(bad, 10u);
}

TEST_F(LibraryTest, OneRuntimesPluginsAreNotAnothers) {
  PluginHost other(services_);
  other.add_search_folder(BATON_TEST_PLUGINS_DIR);
  auto plugin = other.load("fake_npu");
  ASSERT_TRUE(plugin.ok());
  EXPECT_NE(*plugin, load("fake_npu"));
}

const baton_plugin_info* no_abi(uint32_t) { return nullptr; }

TEST_F(LibraryTest, BuiltInPluginsAreFoundByName) {
  const auto from_file = load("test_operators");
  static const baton_plugin_info* info;
  info = &from_file->library().info();
  PluginHost other(services_);
  EXPECT_EQ(other.add_built_in(no_abi).code(), BATON_UNSUPPORTED);
  const baton_plugin_query_fn query = [](uint32_t) { return info; };
  ASSERT_TRUE(other.add_built_in(query).ok());
  EXPECT_EQ(other.add_built_in(query).message(), "a plugin 'test_operators' is registered already");
  auto plugin = other.load("test_operators");
  ASSERT_TRUE(plugin.ok());
  EXPECT_EQ((*plugin)->library().path(), "(built in)");
  EXPECT_EQ(other.list()[0].plugin, *plugin);
}

TEST_F(LibraryTest, FoldersComeInOrder) {
  const std::string first[] = {"/first/./plugins/", "/first/plugins", "relative"};
  setenv("BATON_PLUGIN_PATH", "/from/environment::/second", 1);
  const auto folders = plugin_folders(first);
  unsetenv("BATON_PLUGIN_PATH");
  ASSERT_GE(folders.size(), 5u);
  EXPECT_EQ(folders[0], "/first/plugins");
  EXPECT_EQ(folders[1], "relative");
  EXPECT_EQ(folders[2], "/from/environment");
  EXPECT_EQ(folders[3], "/second");
  // The tests lie beside lib/ as the command does.
  EXPECT_NE(std::find(folders.begin(), folders.end(), BATON_PLUGINS_DIR), folders.end());
}

TEST_F(LibraryTest, FilesAreListedByNameAndOnce) {
  Folder one, two;
  for (const char* name : {"libbaton_b.so", "libbaton_a.so", "libbaton_.so", "libother_c.so",
                           "libbaton_d.so.1", "libbaton_e"}) {
    std::ofstream(one / name) << "x";
  }
  std::ofstream(two / "libbaton_a.so") << "x";
  std::ofstream(two / "libbaton_z.so") << "x";
  const std::string folders[] = {one.text(), "/no/such/folder", two.text()};
  const auto files = list_plugin_files(folders);
  ASSERT_EQ(files.size(), 3u);
  EXPECT_EQ(files[0].path, one / "libbaton_a.so");
  EXPECT_EQ(files[1].name, "b");
  EXPECT_EQ(files[2].path, two / "libbaton_z.so");
}

TEST_F(LibraryTest, OperatorsAloneAreNoDelegate) {
  // A plugin of plugin.hpp always has a delegate; this one has no device.
  EXPECT_EQ(Delegate::create(load("test_operators"), {}).status().message(),
            "delegate test_operators finds no device");
}

TEST(Suggest, CountsEdits) {
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("precison", "precision"), 1u);
  EXPECT_EQ(edit_distance("vulakn", "vulkan"), 1u);
  EXPECT_EQ(edit_distance("same", "same"), 0u);
}

TEST(Suggest, OffersOnlyWhatIsNear) {
  const std::string words[] = {"vulkan", "opencl", "cpu"};
  EXPECT_EQ(did_you_mean("vulcan", words), " (did you mean 'vulkan'?)");
  EXPECT_EQ(did_you_mean("cpi", words), " (did you mean 'cpu'?)");
  EXPECT_EQ(did_you_mean("metal", words), "");
  EXPECT_EQ(did_you_mean("", words), "");
}

TEST(FolderStore, KeepsBlobsAndNoOthers) {
  Folder folder;
  const auto store = make_folder_store((folder / "deep/er").string());
  const std::vector<uint8_t> blob = {1, 2, 3, 0, 255};
  EXPECT_EQ(store->read("key").status().code(), BATON_NOT_FOUND);
  ASSERT_TRUE(store->write("key", blob).ok());
  ASSERT_TRUE(store->write("other key", {}).ok());
  auto read = store->read("key");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, blob);
  EXPECT_TRUE(store->read("other key").ok());

  // Damage of any byte, and truncation, is seen.
  for (const auto& entry : fs::directory_iterator(folder / "deep/er")) {
    const auto size = fs::file_size(entry.path());
    for (uintmax_t i = 0; i < size; ++i) {
      std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekg(static_cast<std::streamoff>(i));
      const char byte = static_cast<char>(file.get());
      file.seekp(static_cast<std::streamoff>(i));
      file.put(static_cast<char>(byte ^ 1));
      file.close();
      EXPECT_FALSE(store->read("key").ok() && store->read("other key").ok()) << i;
      file.open(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(i));
      file.put(byte);
    }
    fs::resize_file(entry.path(), size - 1);
  }
  EXPECT_FALSE(store->read("key").ok());
  EXPECT_FALSE(store->read("other key").ok());

  std::ofstream(folder / "file") << "x";
  const Status status = make_folder_store((folder / "file").string())->write("key", blob);
  EXPECT_NE(status.message().find("cannot make the cache folder"), std::string::npos);
}

}  // namespace
}  // namespace baton::test
