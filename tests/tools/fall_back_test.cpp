// A delegate that fails is one line on stderr; the answer is right all the same.

#include <gtest/gtest.h>

#include "tests/session/models.h"
#include "tests/tools/tool.h"

namespace baton::test {
namespace {

TEST(FallBack, OneWarningAndTheRightAnswer) {
  const Folder folder;
  const std::string cnn = folder.write("cnn.tflite", small_cnn_int8());
  const std::string rnn = folder.write("rnn.tflite", rnn_model());
  for (const std::string& model : {cnn, rnn}) {
    ASSERT_EQ(
        run_tool({"run", model, "--runs=3", "--out-dir=" + folder.path("expected")}).exit_status,
        0);
    const std::string expected = read_text(folder.path("expected/output_0.bin"));
    ASSERT_FALSE(expected.empty());
    for (const char* delegate :
         {"bad_wrong_abi", "bad_no_symbol", "bad_throw_create", "bad_no_device", "bad_fail_examine",
          "bad_cyclic", "bad_fail_compile", "bad_throw_instantiate", "bad_throw_execute",
          "fake_npu:fail_at=execute:fail_after=1:costs=false",
          "fake_npu:fail_at=half_way:fail_after=2:costs=false"}) {
      // Two nodes make no cycle.
      if (model == rnn && delegate == std::string("bad_cyclic")) continue;
      const std::string name = model + " " + delegate;
      const ToolResult result = run_tool({"run", model, std::string("--delegate=") + delegate,
                                          "--runs=3", "--out-dir=" + folder.path("actual")});
      EXPECT_EQ(result.exit_status, 0) << name << "\n" << result.err;
      EXPECT_EQ(line_count(result.err), 1u) << name << "\n" << result.err;
      EXPECT_EQ(result.err.rfind("warning: ", 0), 0u) << name << "\n" << result.err;
      EXPECT_EQ(read_text(folder.path("actual/output_0.bin")), expected) << name;

      const ToolResult strict =
          run_tool({"run", model, std::string("--delegate=") + delegate, "--runs=3", "--strict"});
      EXPECT_EQ(strict.exit_status, 1) << name;
      EXPECT_EQ(line_count(strict.err), 1u) << name << "\n" << strict.err;
      EXPECT_EQ(strict.out, "") << name;
    }
  }
}

TEST(FallBack, TheNextDelegateTakesOver) {
  const Folder folder;
  const std::string model = folder.write("cnn.tflite", small_cnn_int8());
  const ToolResult result =
      run_tool({"run", model, "--delegate=bad_fail_compile,fake_npu:costs=false"});
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_NE(result.out.find("fake_npu"), std::string::npos) << result.out;
}

TEST(FallBack, ExplainShowsTheEvent) {
  const Folder folder;
  const std::string model = folder.write("cnn.tflite", small_cnn_int8());
  const ToolResult result = run_tool({"explain", model, "--delegate=bad_fail_compile"});
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_NE(result.out.find("event: "), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("not bad_fail_compile: delegate failed"), std::string::npos)
      << result.out;
}

}  // namespace
}  // namespace baton::test
