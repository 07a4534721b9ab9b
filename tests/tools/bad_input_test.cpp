// What is wrong is said in one line, with an exit status, and nothing is left behind.

#include <gtest/gtest.h>

#include "tests/session/models.h"
#include "tests/tools/tool.h"

namespace baton::test {
namespace {

const std::string kSample = std::string(BATON_SOURCE_DIR) + "/examples/shapes_classifier";

// In arguments, "@" stands for the folder of the files below and "%" for the sample's.
struct Case {
  std::vector<std::string> arguments;
  int exit_status;
  std::string says;
};

const std::string kStar = "--image=%/pictures/star.png";
const std::string kLabels = "--labels=%/labels.txt";
const std::string kGraph = "--graph=%/shapes.tflite";

const Case kCases[] = {
    // wrong usage
    {{"rnu"}, 2, "there is no command 'rnu' (did you mean 'run'?)"},
    {{"run"}, 2, "MODEL is required"},
    {{"run", "@/m.tflite", "more"}, 2, "'more' is one argument too many"},
    {{"run", "@/m.tflite", "--delegat=x"}, 2, "(did you mean '--delegate'?)"},
    {{"run", "@/m.tflite", "--threads=0"},
     2,
     "--threads: '0' is not a whole number from 1 to 1024"},
    {{"run", "@/m.tflite", "-t", "two"},
     2,
     "--threads: 'two' is not a whole number from 1 to 1024"},
    {{"run", "@/m.tflite", "--runs=0"}, 2, "--runs: '0' is not a whole number from 1 to"},
    {{"run", "@/m.tflite", "--runs="}, 2, "--runs: '' is not a whole number from 1 to"},
    {{"run", "--delegate=", "@/m.tflite"}, 2, "--delegate: it has no value"},
    {{"diff", "@/m.tflite", "--tolerance=-1"},
     2,
     "--tolerance: '-1' is not a finite number of 0 or more"},
    {{"diff", "@/m.tflite", "--tolerance=nan"},
     2,
     "--tolerance: 'nan' is not a finite number of 0 or more"},
    {{"diff", "@/m.tflite", "--tolerance="},
     2,
     "--tolerance: '' is not a finite number of 0 or more"},
    {{"diff", "@/m.tflite", "--tolerance=1e-4x"}, 2, "'1e-4x' is not a finite number of 0 or more"},
    {{"inspect"}, 2, "MODEL is required"},
    {{"explain"}, 2, "MODEL is required"},
    {{"diff"}, 2, "MODEL is required"},
    {{"delegates", "--jsn"}, 2, "(did you mean '--json'?)"},
    {{"label_image", kGraph}, 2, "is required"},
    {{"diff", "@/m.tflite", "--against=reference", "--against-model=@/m.tflite"}, 2, "excludes"},
    // models
    {{"run", "@/absent.tflite"}, 1, "absent.tflite': there is no such file"},
    {{"run", "@"}, 1, "folder"},
    {{"run", "@/empty"}, 1, "empty"},
    {{"run", "@/text"}, 1, "not a TensorFlow Lite model"},
    {{"run", "@/cut.tflite"}, 1, "cut.tflite"},
    {{"inspect", "@/text"}, 1, "not a TensorFlow Lite model"},
    {{"explain", "@/absent.tflite"}, 1, "there is no such file"},
    {{"diff", "@/absent.tflite"}, 1, "there is no such file"},
    {{"diff", "@/m.tflite", "--against-model=@/text"}, 1, "not a TensorFlow Lite model"},
    {{"diff", "@/m.tflite", "--against-model=%/shapes.tflite"}, 1, "cannot be fed alike"},
    // quotas
    {{"run", "@/m.tflite", "--max-file-bytes=100"}, 1, "over the limit of 100"},
    {{"run", "@/m.tflite", "--max-tensor-bytes=8"}, 1, "over the limit of 8"},
    {{"run", "@/m.tflite", "--max-memory=8"}, 1, "over its quota of 8"},
    {{"run", "@/m.tflite", "--max-steps=2"}, 1, "step quota"},
    {{"inspect", "@/m.tflite", "--max-file-bytes=100"}, 1, "over the limit of 100"},
    {{"run", "@/m.tflite", "--config=@/quota.toml"}, 1, "over its quota of 9"},
    // delegates
    {{"run", "@/m.tflite", "--delegate=fake_npi"}, 1, "(did you mean 'fake_npu'?)"},
    {{"run", "@/m.tflite", "--delegate=refrence"}, 1, "(did you mean 'reference'?)"},
    {{"run", "@/m.tflite", "--delegate=@/absent.so"}, 1, "absent.so"},
    {{"run", "@/m.tflite", "--delegate=fake_npu:nope=1"}, 2, "has no option 'nope'"},
    {{"run", "@/m.tflite", "--delegate=fake_npu:seed"}, 2, "'seed' has no value"},
    {{"run", "@/m.tflite", "--delegate=fake_npu:seed=x"}, 2, "seed"},
    {{"run", "@/m.tflite", "--delegate=fake_npu:device=77"}, 1, "no device '77'"},
    {{"run", "@/m.tflite", "--delegate=,"}, 2, "name is empty"},
    {{"run", "@/m.tflite", "--delegate=reference:a=b"}, 2, "'reference' has no options"},
    {{"diff", "@/m.tflite", "--against=nobody"}, 1, "there is no delegate 'nobody'"},
    // inputs and outputs
    {{"run", "@/m.tflite", "--input=x"}, 2, "NAME_OR_INDEX=FILE"},
    {{"run", "@/m.tflite", "--input=1=@/right"}, 2, "there is no input 1"},
    {{"run", "@/m.tflite", "--input=nobody=@/right"}, 2, "the model has 'x'"},
    {{"run", "@/m.tflite", "--input=x=@/right", "--input=0=@/right"}, 2, "was given before"},
    {{"run", "@/m.tflite", "--input=x=@/absent"}, 1, "absent' cannot be read"},
    {{"run", "@/m.tflite", "--input=x=@"}, 1, "is a directory"},
    {{"run", "@/m.tflite", "--input=x=@/text"}, 1, "input 'x' has 16 bytes (float32[1,4])"},
    {{"run", "@/m.tflite", "--input=x=@/text"}, 1, "text' has 5"},
    {{"run", "@/m.tflite", "--input=x=/dev/zero"}, 1, "more than 16 bytes"},
    {{"run", "@/m.tflite", "--signature=nope"}, 1, "no signature"},
    {{"run", "@/m.tflite", "--out-dir=@/text/below"}, 1, "cannot be made"},
    {{"run", "@/m.tflite", "--out-dir=@/text"}, 1, "cannot be made"},
    {{"run", "@/m.tflite", "--out-dir=@/occupied"}, 1, "output_0.bin' cannot be written"},
    // configuration
    {{"run", "@/m.tflite", "--config=@/absent.toml"}, 1, "absent.toml' cannot be read"},
    {{"run", "@/m.tflite", "--config=@"}, 1, "is a directory"},
    {{"run", "@/m.tflite", "--config=@/typo.toml"}, 2, "line 2: there is no key 'threds' (did you"},
    {{"run", "@/m.tflite", "--config=@/type.toml"}, 2, "line 1: 'threads' must be a whole number"},
    {{"run", "@/m.tflite", "--config=@/broken.toml"}, 2, "line 1"},
    {{"run", "@/m.tflite", "--config=@/quota_sign.toml"}, 2, "'max_steps' must be at least 0"},
    {{"run", "@/m.tflite", "--config=@/depth.toml"}, 2, "'max_depth' must be at most 64"},
    {{"run", "@/nested.tflite", "--max-depth=2"},
     1,
     "its calls nest 3 deep, at most 2 are allowed"},
    {{"run", "@/m.tflite", "--max-depth=65"}, 2, "'65' is not a whole number from 0 to 64"},
    // label_image
    {{"label_image", kGraph, kLabels, "--image=@/absent.png"}, 1, "does not exist"},
    {{"label_image", kGraph, kLabels, "--image=@"}, 1, "is a directory"},
    {{"label_image", kGraph, kLabels, "--image=@/empty"}, 1, "is empty"},
    {{"label_image", kGraph, kLabels, "--image=@/text"}, 1, "not a picture"},
    {{"label_image", kGraph, kStar, "--labels=@/absent"}, 1, "absent' cannot be read"},
    {{"label_image", kGraph, kStar, "--labels=@"}, 1, "is a directory"},
    {{"label_image", kGraph, kStar, "--labels=@/empty"},
     1,
     "has 0 lines, the model has 10 classes"},
    {{"label_image", kGraph, kStar, "--labels=@/text"}, 1, "has 1 line, the model has 10 classes"},
    {{"label_image", kGraph, kStar, kLabels, "--input_std=0"},
     2,
     "--input_std: '0' is not a finite number above 0"},
    {{"label_image", kGraph, kStar, kLabels, "--input_std=-5"},
     2,
     "--input_std: '-5' is not a finite number above 0"},
    {{"label_image", kGraph, kStar, kLabels, "--input_std=nan"},
     2,
     "--input_std: 'nan' is not a finite number above 0"},
    {{"label_image", kGraph, kStar, kLabels, "--input_mean=inf"},
     2,
     "--input_mean: 'inf' is not a finite number;"},
    {{"label_image", kGraph, kStar, kLabels, "--input_mean=1e99"},
     2,
     "--input_mean: '1e99' is not a finite number;"},
    {{"label_image", "--graph=@/both.tflite", kStar, kLabels}, 1, "no picture classifier"},
};

std::string replace(std::string text, char mark, const std::string& by) {
  for (size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += by.size()) {
    text.replace(at, 1, by);
  }
  return text;
}

TEST(BadInput, OneLineAndNothingLeftBehind) {
  const Folder folder;
  const File model = elementwise_model();
  folder.write("m.tflite", model);
  folder.write("both.tflite", signature_model());
  folder.write("cut.tflite",
               File(model.begin(), model.begin() + static_cast<ptrdiff_t>(model.size() / 2)));
  folder.write("empty", std::string());
  folder.write("text", std::string("text\n"));
  folder.write("right", std::string(16, '\0'));
  folder.write("typo.toml", std::string("strict = true\nthreds = 2\n"));
  folder.write("type.toml", std::string("threads = \"2\"\n"));
  folder.write("quota.toml", std::string("max_memory = 9\n"));
  folder.write("quota_sign.toml", std::string("max_steps = -1\n"));
  folder.write("depth.toml", std::string("max_depth = 65\n"));
  folder.write("nested.tflite", nested_calls_model(3));
  folder.write("broken.toml", std::string("threads = [\n"));
  std::filesystem::create_directories(folder.path("occupied/output_0.bin"));

  const auto names = [&] {
    std::vector<std::string> result;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path(""))) {
      result.push_back(entry.path().string());
    }
    return result;
  };
  const std::vector<std::string> before = names();
  for (const Case& c : kCases) {
    std::vector<std::string> arguments;
    std::string shown;
    for (const std::string& argument : c.arguments) {
      std::string base = folder.path("");
      base.pop_back();
      arguments.push_back(replace(replace(argument, '@', base), '%', kSample));
      shown += " " + argument;
    }
    const ToolResult result = run_tool(arguments);
    EXPECT_EQ(result.exit_status, c.exit_status) << shown << "\n" << result.err;
    EXPECT_EQ(line_count(result.err), 1u) << shown << "\n" << result.err;
    EXPECT_NE(result.err.find(c.says), std::string::npos) << shown << "\n" << result.err;
    EXPECT_EQ(result.out, "") << shown;
    EXPECT_EQ(names(), before) << shown;
  }
}

TEST(BadInput, QuotasAreWholeNumbers) {
  const Folder folder;
  const std::string model = folder.write("m.tflite", elementwise_model());
  for (const std::string flag :
       {"--max-file-bytes", "--max-tensor-bytes", "--max-depth", "--max-memory", "--max-steps"}) {
    const std::string allowed =
        flag == "--max-depth" ? "a whole number from 0 to 64" : "a whole number of 0 or more";
    for (const std::string value :
         {"-1", "abc", "10k", "", "1.5", "1e3", "+1", " 1", "0x10", "18446744073709551616"}) {
      const ToolResult result = run_tool({"run", flag + "=" + value, model});
      EXPECT_EQ(result.exit_status, 2) << flag << value;
      EXPECT_EQ(result.err,
                "baton run: " + flag + ": '" + value + "' is not " + allowed + "; see --help\n");
      EXPECT_EQ(result.out, "");
    }
    EXPECT_EQ(run_tool({"run", flag + "=0", model}).exit_status, 0) << flag;
  }
  // Decimal, zeros or not.
  EXPECT_NE(run_tool({"run", model, "--max-memory=0010"}).err.find("quota of 10"),
            std::string::npos);
}

TEST(BadInput, NoArgumentsShowTheCommands) {
  const ToolResult result = run_tool({});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_NE(result.out.find("label_image"), std::string::npos);
}

}  // namespace
}  // namespace baton::test
