// TensorFlow Lite's command lines, and ours.

#include "benchmarks/harness/options.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "benchmarks/harness/lite_flags.h"
#include "tools/support/failure.h"

namespace baton::benchmarks {
namespace {

const std::string kModel =
    std::string(BATON_SOURCE_DIR) + "/examples/shapes_classifier/shapes.tflite";

std::optional<Options> parse(std::vector<std::string> words) {
  words.insert(words.begin(), "benchmark_model");
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  return parse_options(static_cast<int>(pointers.size()), pointers.data());
}

Options with_model(std::vector<std::string> words) {
  words.push_back("--graph=" + kModel);
  return parse(std::move(words)).value();
}

// The sentence that the words are refused with, and with which exit status.
std::string refusal(std::vector<std::string> words, int exit_status = 2) {
  words.push_back("--graph=" + kModel);
  try {
    parse(std::move(words));
  } catch (const tools::Failure& failure) {
    EXPECT_EQ(failure.exit_status(), exit_status) << failure.what();
    return failure.what();
  }
  return "";
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Options, TensorFlowLitesCommandLine) {
  const Options options = with_model({"--num_threads=2", "--num_runs=50", "--warmup_runs=5",
                                      "--enable_op_profiling=true", "--min_secs=0.5"});
  EXPECT_EQ(options.job.common.threads, 2u);
  EXPECT_EQ(options.num_runs, 50u);
  EXPECT_EQ(options.warmup_runs, 5u);
  EXPECT_TRUE(options.enable_op_profiling);
  EXPECT_EQ(options.min_secs, 0.5);
  EXPECT_EQ(options.max_secs, 150);
  EXPECT_EQ(options.warmup_min_secs, 0.5);
  EXPECT_EQ(options.graphs, std::vector<std::string>{kModel});
  EXPECT_TRUE(options.delegates.empty());
}

TEST(Options, BooleansAreWrittenInEitherWay) {
  for (const char* yes : {"--dry_run", "--dry_run=true", "--dry_run=1"}) {
    EXPECT_TRUE(with_model({yes}).dry_run) << yes;
  }
  for (const char* no : {"--dry_run=false", "--dry_run=0"}) {
    EXPECT_FALSE(with_model({no}).dry_run) << no;
  }
  EXPECT_FALSE(with_model({"--compare_outputs=false"}).compare_outputs);
  EXPECT_TRUE(with_model({}).compare_outputs);
}

TEST(Options, MinusOneThreadIsTheRuntimesChoice) {
  EXPECT_EQ(with_model({"--num_threads=-1"}).job.common.threads, 0u);
  for (const char* wrong : {"0", "-2", "1000000"}) {
    EXPECT_TRUE(has(refusal({std::string("--num_threads=") + wrong}), "1 to 1024")) << wrong;
  }
}

TEST(Options, InputsAreReadFromTheirFlags) {
  const Options options = with_model({"--input_layer=a,b", "--input_layer_shape=1,2,3:4",
                                      "--input_layer_value_range=b,-3,7",
                                      "--input_layer_value_files=a:x/y.bin,c::d:z.bin"});
  const std::vector<InputSource>& inputs = options.job.inputs;
  ASSERT_EQ(inputs.size(), 3u);
  EXPECT_EQ(inputs[0].name, "a");
  EXPECT_EQ(inputs[0].shape, (std::vector<int32_t>{1, 2, 3}));
  EXPECT_EQ(inputs[0].file, "x/y.bin");
  EXPECT_EQ(inputs[1].shape, (std::vector<int32_t>{4}));
  EXPECT_EQ(inputs[1].low, -3);
  EXPECT_EQ(inputs[1].high, 7);
  EXPECT_EQ(inputs[2].name, "c:d");
  EXPECT_EQ(inputs[2].file, "z.bin");
  EXPECT_TRUE(has(refusal({"--input_layer=a", "--input_layer_shape=1:2"}), "2 shapes"));
  EXPECT_TRUE(has(refusal({"--input_layer_shape=1"}), "needs --input_layer"));
  EXPECT_TRUE(has(refusal({"--input_layer=a", "--input_layer_shape=1,x"}), "'x'"));
  EXPECT_TRUE(has(refusal({"--input_layer_value_range=a,5,1"}), "the larger one"));
  EXPECT_TRUE(has(refusal({"--input_layer_value_range=a,5"}), "name,low,high"));
  EXPECT_TRUE(has(refusal({"--input_layer_value_files=a"}), "name:path"));
}

TEST(Options, ItsDelegatesAreOneRowInTheirOrder) {
  EXPECT_EQ(with_model({"--use_nnapi=true", "--use_gpu=true"}).delegates,
            std::vector<std::string>{"nnapi,vulkan"});
  EXPECT_EQ(with_model({"--use_gpu=true", "--gpu_backend=cl", "--use_nnapi=true"}).delegates,
            std::vector<std::string>{"opencl,nnapi"});
  EXPECT_EQ(with_model({"--use_gpu=false"}).delegates, std::vector<std::string>{});
  EXPECT_EQ(with_model({"--use_xnnpack=false"}).delegates, std::vector<std::string>{"reference"});
  EXPECT_EQ(
      with_model({"--external_delegate_path=libmine.so", "--external_delegate_options=a:1;b:x:y"})
          .delegates,
      std::vector<std::string>{"./libmine.so:a=1:b=x\\:y"});
  EXPECT_EQ(with_model({"--use_nnapi=true", "--nnapi_accelerator_name=dsp"}).delegates,
            std::vector<std::string>{"nnapi:accelerator_name=dsp"});
}

TEST(Options, EachOwnDelegateIsARow) {
  const Options options = with_model({"--delegate=fake_npu:device=1,cpu", "--delegate=reference"});
  EXPECT_EQ(options.delegates, (std::vector<std::string>{"fake_npu:device=1,cpu", "reference"}));
  EXPECT_FALSE(options.all_delegates);
  EXPECT_TRUE(with_model({"--delegates=all"}).all_delegates);
}

TEST(Options, WhatContradictsIsRefused) {
  EXPECT_TRUE(has(refusal({"--min_secs=5", "--max_secs=2"}), "--max_secs=2"));
  EXPECT_TRUE(has(refusal({"--delegate=cpu", "--use_gpu=true"}), "contradict"));
  EXPECT_TRUE(has(refusal({"--op_profiling_output_file=x"}), "--enable_op_profiling"));
  EXPECT_TRUE(has(refusal({"--gpu_backend=cl"}), "--use_gpu"));
  EXPECT_TRUE(has(refusal({"--use_gpu=true", "--gpu_backend=gl"}), "OpenCL"));
  EXPECT_TRUE(has(refusal({"--nnapi_allow_fp16=true"}), "--use_nnapi"));
  EXPECT_TRUE(has(refusal({"--external_delegate_options=a:1"}), "--external_delegate_path"));
  EXPECT_TRUE(
      has(refusal({"--first_delegate_node_index=5", "--last_delegate_node_index=3"}), "is after"));
  EXPECT_TRUE(has(refusal({"--delegates=some"}), "'all'"));
  EXPECT_TRUE(has(refusal({"--op_profiling_output_mode=proto"}), "csv"));
  EXPECT_TRUE(has(refusal({"--num_runs=0"}), "--num_runs"));
  EXPECT_TRUE(has(refusal({"--min_secs=nan"}), "--min_secs"));
  EXPECT_TRUE(has(refusal({"--num_run=5"}), "did you mean '--num_runs'"));
}

TEST(Options, KnownFlagsThatAreNotSupportedSayWhy) {
  EXPECT_TRUE(has(refusal({"--use_hexagon=true"}), "there is no Hexagon delegate"));
  EXPECT_TRUE(has(refusal({"--use_hexagon"}), "there is no Hexagon delegate"));
  EXPECT_EQ(refusal({"--use_hexagon=false"}), "");
  EXPECT_EQ(refusal({"--use_hexagon=0"}), "");
  EXPECT_TRUE(has(refusal({"--coreml_version=3"}), "Core ML"));
  const Options options = with_model({"--use_caching=true", "--max_profiling_buffer_entries=5"});
  ASSERT_EQ(options.notes.size(), 2u);
  EXPECT_TRUE(has(options.notes[0] + options.notes[1], "--use_caching has no effect"));
  EXPECT_TRUE(with_model({"--max_profiling_buffer_entries=1024"}).notes.empty());
}

TEST(Options, FoldersAreTheirModels) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / "baton_options_test";
  fs::remove_all(folder);
  fs::create_directories(folder / "deep");
  for (const char* name : {"b.tflite", "deep/a.tflite", "notes.txt"}) {
    std::ofstream(folder / name) << "x";
  }
  const auto options = parse({"--graph=" + folder.string(), kModel});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->graphs,
            (std::vector<std::string>{(folder / "b.tflite").string(),
                                      (folder / "deep/a.tflite").string(), kModel}));
  fs::remove(folder / "b.tflite");
  fs::remove(folder / "deep/a.tflite");
  EXPECT_TRUE(has(refusal({"--graph=" + folder.string()}, 1), "has no .tflite file"));
  EXPECT_TRUE(has(refusal({"--graph=" + (folder / "none.tflite").string()}, 1), "no model"));
  fs::remove_all(folder);
}

// Every flag of the fact table is known: taken, or refused with a reason.
TEST(Options, EveryFlagOfTheFieldIsKnown) {
  if (!std::filesystem::exists(BATON_SHARED_DIR)) GTEST_SKIP() << "needs " << BATON_SHARED_DIR;
  std::ifstream file(std::string(BATON_SHARED_DIR) + "/facts/toco_flags.json");
  ASSERT_TRUE(file);
  const nlohmann::json facts = nlohmann::json::parse(file)["benchmark_model"];
  size_t flags = 0;
  for (const char* release : {"v2018_march_1_6", "v2018_october_1_11", "current"}) {
    for (const auto& flag : facts[release]) {
      const std::string name = flag["name"];
      if (name == "help" || name == "graph") continue;
      ++flags;
      const std::string sentence = refusal({"--" + name + "=x"}, 2);
      EXPECT_FALSE(has(sentence, "there is no option")) << name;
      // Its default asks for nothing, and is always taken.
      const auto& value = flag["default"];
      const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
      if (text.empty()) continue;
      EXPECT_EQ(refusal({"--" + name + "=" + text}), "") << name;
    }
  }
  EXPECT_GE(flags, 100u);
}

}  // namespace
}  // namespace baton::benchmarks
