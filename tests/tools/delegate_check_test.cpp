// What `baton delegate_check` makes of a suite whose cases crash, hang and fail as they are told to
// (fake_worker), and that it works on the real one.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/tools/tool.h"

namespace baton::test {
namespace {

using Json = nlohmann::json;

// With the fake suite of these cases; `words` beside the command and its delegate.
ToolResult check(const std::string& cases, std::vector<std::string> words = {},
                 Environment more = {}) {
  words.insert(words.begin(), {"delegate_check", "--delegate=fake"});
  more.emplace_back("BATON_CONFORMANCE_WORKER", BATON_FAKE_WORKER);
  more.emplace_back("FAKE_CASES", cases);
  return run_tool(words, more);
}

std::vector<std::string> lines(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> result;
  for (std::string line; std::getline(stream, line);) result.push_back(line);
  return result;
}

std::string last_line(const ToolResult& result) {
  const std::vector<std::string> all = lines(result.out);
  return all.empty() ? "" : all.back();
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string repeated(const std::string& word, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += word + " ";
  return text;
}

// "g/0/ok g/1/ok ..."
std::string numbered(const std::string& before, const std::string& fate, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += before + "/" + std::to_string(i) + "/" + fate + " ";
  return text;
}

class Check : public testing::Test {
 protected:
  // As check(), and the report.
  Json report(const std::string& cases, std::vector<std::string> words = {},
              const Environment& more = {}) {
    words.push_back("--json=" + folder_.path("report.json"));
    result_ = check(cases, std::move(words), more);
    const std::string text = read_text(folder_.path("report.json"));
    return Json::parse(text, nullptr, false);
  }
  static std::map<std::string, std::string> outcomes(const Json& report) {
    std::map<std::string, std::string> result;
    for (const Json& entry : report["cases"]) result[entry["name"]] = entry["outcome"];
    return result;
  }
  Folder folder_;
  ToolResult result_;
};

TEST_F(Check, ConformsWithoutAnythingWrong) {
  const Json json = report("load/a/ok load/b/unsupported operators/ADD/int8/0/ok garbage/garbage");
  EXPECT_EQ(result_.exit_status, 0) << result_.out;
  EXPECT_EQ(result_.err, "");
  EXPECT_EQ(last_line(result_).rfind("fake conforms: 3 cases ok, 1 unsupported (seed 1, ", 0), 0u)
      << result_.out;
  EXPECT_EQ(json["verdict"], "conforms");
}

TEST_F(Check, Json) {
  const Json json =
      report("load/a/ok operators/ADD/int8/mismatch operators/ADD/float32/ok", {"--seed=7"});
  EXPECT_EQ(result_.exit_status, 1);
  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["delegate"], "fake");
  EXPECT_EQ(json["version"], "7");
  EXPECT_EQ(json["device"], "Fake device");
  EXPECT_EQ(json["seed"], 7);
  EXPECT_EQ(json["verdict"], "does not conform");
  ASSERT_EQ(json["groups"].size(), 2u);
  EXPECT_EQ(json["groups"][1]["group"], "operators");
  EXPECT_EQ(json["groups"][1]["cases"], 2);
  EXPECT_EQ(json["groups"][1]["ok"], 1);
  EXPECT_EQ(json["groups"][1]["mismatch"], 1);
  EXPECT_NEAR(json["groups"][1]["seconds"].get<double>(), 0.003, 1e-6);
  ASSERT_EQ(json["operators"].size(), 2u);
  EXPECT_EQ(json["operators"][1]["op"], "ADD");
  EXPECT_EQ(json["operators"][1]["type"], "int8");
  EXPECT_EQ(json["operators"][1]["wrong"], 1);
  const Json& wrong = json["cases"][1];
  EXPECT_EQ(wrong["group"], "operators");
  EXPECT_EQ(wrong["name"], "ADD/int8/mismatch");
  EXPECT_EQ(wrong["op"], "ADD");
  EXPECT_EQ(wrong["type"], "int8");
  EXPECT_EQ(wrong["outcome"], "mismatch");
  EXPECT_EQ(wrong["text"], "text of mismatch");
  EXPECT_EQ(wrong["ms"], 1.5);
  EXPECT_EQ(wrong["expected"], false);
  EXPECT_TRUE(wrong["files"].empty());
}

TEST_F(Check, TableOfOperators) {
  const ToolResult result = check(
      "operators/ADD/int8/0/ok operators/ADD/int8/1/ok operators/ADD/float32/2/ok "
      "operators/ADD/float32/3/unsupported operators/MUL/int8/error "
      "operators/MUL/float32/unsupported operators/SUB/int8/unsupported");
  EXPECT_TRUE(has(result.out,
                  "  operator  float32  int8\n"
                  "  ADD       1 of 2   2\n"
                  "  MUL       -        1 wrong\n"
                  "operators of which no case is taken: SUB\n"))
      << result.out;
  EXPECT_TRUE(has(result.out, "\nerror operators/MUL/int8/error: text of error\n"));
  EXPECT_EQ(last_line(result).rfind("fake does not conform: 1 error, 3 ok, 3 unsupported (", 0), 0u)
      << result.out;
}

TEST_F(Check, CrashesAndExitsAreSurvived) {
  const Json json = report("g/a/ok g/b/crash g/c/ok g/d/exit0 g/e/ok g/f/exit3 g/g/ok g/h/says");
  EXPECT_EQ(result_.exit_status, 1);
  EXPECT_EQ(result_.err, "");
  const auto all = outcomes(json);
  EXPECT_EQ(all.at("b/crash"), "crash");
  EXPECT_EQ(all.at("d/exit0"), "crash");
  EXPECT_EQ(all.at("f/exit3"), "crash");
  EXPECT_EQ(all.at("h/says"), "crash");
  for (const std::string good : {"a/ok", "c/ok", "e/ok", "g/ok"}) EXPECT_EQ(all.at(good), "ok");
  EXPECT_TRUE(has(result_.out, "\ncrash g/b/crash: it crashed (SIGSEGV)\n")) << result_.out;
  EXPECT_TRUE(has(result_.out, "\ncrash g/d/exit0: it ended the process with status 0\n"));
  EXPECT_TRUE(has(result_.out, "\ncrash g/f/exit3: it ended the process with status 3\n"));
  EXPECT_TRUE(has(result_.out, "    | a line before\n    | the last \\x1b[31mline\n"))
      << result_.out;
  EXPECT_TRUE(has(result_.out, "4 crashes"));
  EXPECT_LT(json["cases"][7]["output"].get<std::string>().size(), 3000u);
}

TEST_F(Check, TimeOutsAreSurvived) {
  const Json json = report("g/a/ok g/b/hang g/c/ok h/closes h/ok i/forks i/ok j/floods j/ok",
                           {"--timeout=3", "--jobs=4"});
  EXPECT_EQ(result_.exit_status, 1);
  const auto all = outcomes(json);
  EXPECT_EQ(all.at("b/hang"), "time-out");
  EXPECT_EQ(all.at("closes"), "time-out");
  EXPECT_EQ(all.at("forks"), "crash");
  EXPECT_EQ(all.at("floods"), "time-out");
  EXPECT_EQ(all.at("c/ok"), "ok");
  EXPECT_TRUE(has(result_.out, "\ntime-out g/b/hang: it did not end within 3 s\n")) << result_.out;
  EXPECT_TRUE(has(result_.out, "3 time-outs"));
}

// What happens outside of cases is the fault of the last one.
TEST_F(Check, BetweenCasesAndAtTheEnd) {
  const Json json =
      report("g/crash_between g/ok h/ok h/crash_at_end i/hang_at_end", {"--timeout=3"});
  const auto all = outcomes(json);
  EXPECT_EQ(all.at("crash_between"), "crash");
  EXPECT_EQ(all.at("crash_at_end"), "crash");
  EXPECT_EQ(all.at("hang_at_end"), "time-out");
  EXPECT_EQ(json["groups"][0]["ok"], 1);
  EXPECT_TRUE(has(result_.out, "after this case was over, it crashed (SIGSEGV)")) << result_.out;
  EXPECT_TRUE(has(result_.out, "when the plugin was let go after this case, it crashed"));
}

TEST_F(Check, GroupsThatOnlyCrashAreLeft) {
  const Json json = report("g/a/ok " + numbered("g", "crash", 5) + "h/ok", {"--jobs=1"});
  EXPECT_EQ(result_.exit_status, 1);
  EXPECT_EQ(json["groups"][0]["crash"], 3);
  EXPECT_EQ(json["groups"][0]["not_run"], 2);
  EXPECT_EQ(json["groups"][1]["ok"], 1);
  EXPECT_TRUE(has(result_.out, "\nnot run: 2 cases of group g: 3 crashes or time-outs in a row"))
      << result_.out;
  EXPECT_TRUE(has(result_.out, "3 crashes, 2 not run, 2 ok"));

  // Not in a row, but many.
  const Json many = report(repeated("g/crash g/ok", 20), {"--jobs=1"});
  EXPECT_EQ(many["groups"][0]["crash"], 10);
  EXPECT_EQ(many["groups"][0]["not_run"].get<int>() + many["groups"][0]["ok"].get<int>(), 30);
}

TEST_F(Check, WhatCannotBeCreatedIsOnlyLoaded) {
  for (const auto& [fate, says] : std::map<std::string, std::string>{
           {"crash", "when it was to be created, it crashed (SIGSEGV)"},
           {"hang", "its creation did not end within 3 s"},
           {"broken", "a sentence"}}) {
    const Json json = report("load/ok load/error g/ok", {"--timeout=3"}, {{"FAKE_DESCRIBE", fate}});
    EXPECT_EQ(result_.exit_status, 1) << fate;
    EXPECT_TRUE(has(result_.out, "fake cannot be created, only its loading was checked: " + says))
        << result_.out;
    EXPECT_EQ(json["groups"][0]["not_run"], 0);
    EXPECT_EQ(json["groups"][1]["not_run"], 1);
    EXPECT_EQ(json["problem"], says);
  }
  // Also when nothing else is wrong.
  EXPECT_EQ(check("load/ok", {}, {{"FAKE_DESCRIBE", "broken"}}).exit_status, 1);
}

TEST_F(Check, AtMostFortyFailuresAreShown) {
  const ToolResult result = check(numbered("g", "mismatch", 45));
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_TRUE(has(result.out, "mismatch g/39/mismatch: text of mismatch\nand 5 more\n"))
      << result.out;
  EXPECT_FALSE(has(result.out, "g/40/"));
}

TEST_F(Check, SavedFailures) {
  const std::string to = folder_.path("new/folder");
  const Json json = report("g/ok g/mismatch g/unsupported", {"--save-failing=" + to});
  EXPECT_EQ(json["cases"][0]["files"].size(), 0u);
  ASSERT_EQ(json["cases"][1]["files"].size(), 2u);
  EXPECT_EQ(json["cases"][1]["files"][0], to + "/mismatch 1.tflite");
  EXPECT_TRUE(has(result_.out, "\nmismatch g/mismatch: text of mismatch\n    baton run '" + to +
                                   "/mismatch 1.tflite' --input=0=" + to +
                                   "/in.bin --delegate=fake --config=" + to +
                                   "/delegate_check.toml --check\n"))
      << result_.out;
  EXPECT_TRUE(has(read_text(to + "/delegate_check.toml"), "weigh_costs = false\n"));
}

TEST_F(Check, ExpectedFailures) {
  const std::string cases = "g/a/mismatch g/b/crash g/c/ok operators/ADD/int8/0/error";
  const std::string file =
      folder_.write("expected", std::string("# all of it\n\n g/a/mismatch  # why\r\n"
                                            "g/b/.*\noperators/ADD/.*/[0-9]+/.*"));
  const Json json = report(cases, {"--expected-failures=" + file});
  EXPECT_EQ(result_.exit_status, 0) << result_.out;
  EXPECT_TRUE(json["cases"][0]["expected"].get<bool>());
  EXPECT_FALSE(json["cases"][2]["expected"].get<bool>());
  EXPECT_EQ(json["groups"][0]["expected"], 2);
  EXPECT_EQ(last_line(result_).rfind(
                "fake conforms: 1 case ok, 0 unsupported, 3 failed as expected (seed 1", 0),
            0u)
      << result_.out;

  // Of a line with several cases one is enough; a line without failures is an unexpected pass.
  const std::string some = folder_.write("some", std::string("g/.*\noperators/.*\n"));
  EXPECT_EQ(check(cases, {"--expected-failures=" + some}).exit_status, 0);
  const std::string stale =
      folder_.write("stale", std::string("g/[ab]/.*\ng/c/ok\noperators/.*\n"));
  const Json passes = report(cases, {"--expected-failures=" + stale});
  EXPECT_EQ(result_.exit_status, 1);
  EXPECT_TRUE(has(result_.out, "\nunexpected pass: expected failures, line 2: 'g/c/ok'"))
      << result_.out;
  EXPECT_TRUE(has(result_.out, "fake does not conform: 1 unexpected pass, 1 ok"));
  EXPECT_EQ(passes["unexpected_passes"].size(), 1u);

  // What was not run has not passed.
  EXPECT_EQ(check(cases, {"--expected-failures=" + stale, "--filter=g/[ab]"}).exit_status, 0);
  // The whole name, not a part of it.
  const std::string part = folder_.write("part", std::string("g/a\n"));
  EXPECT_TRUE(has(check(cases, {"--expected-failures=" + part}).err, "line 1: 'g/a' matches no"));
}

// They end neither the group nor the check.
TEST_F(Check, ExpectedCrashesAreNoReasonToStop) {
  const std::string file = folder_.write("expected", std::string("g/[0-9]+/crash\n"));
  const Json json =
      report(numbered("g", "crash", 12) + "g/ok", {"--jobs=1", "--expected-failures=" + file});
  EXPECT_EQ(result_.exit_status, 0) << result_.out;
  EXPECT_EQ(json["groups"][0]["expected"], 12);
  EXPECT_EQ(json["groups"][0]["ok"], 1);
}

std::set<std::string> listed(const std::string& cases, std::vector<std::string> words) {
  words.emplace_back("--list");
  const ToolResult result = check(cases, std::move(words));
  EXPECT_EQ(result.exit_status, 0) << result.err;
  const std::vector<std::string> all = lines(result.out);
  return {all.begin(), all.end()};
}

size_t count(const std::set<std::string>& names, const std::string& start) {
  return static_cast<size_t>(std::count_if(
      names.begin(), names.end(), [&](const std::string& n) { return n.rfind(start, 0) == 0; }));
}

TEST_F(Check, FilterChoosesByGroupAndName) {
  const std::string cases = "g/a/ok g/b/ok h/a/ok operators/ADD/int8/0/ok";
  EXPECT_EQ(listed(cases, {}).size(), 4u);
  EXPECT_EQ(listed(cases, {"--filter=^g/"}), (std::set<std::string>{"g/a/ok", "g/b/ok"}));
  EXPECT_EQ(listed(cases, {"--filter=/a/|int8"}),
            (std::set<std::string>{"g/a/ok", "h/a/ok", "operators/ADD/int8/0/ok"}));
  EXPECT_TRUE(has(check(cases, {"--filter=^g/"}).out, "(2 of 4 cases, seed 1,"));
}

TEST_F(Check, SamplesAreEvenAndFollowFromTheSeed) {
  std::string cases = numbered("small", "ok", 5) + numbered("large", "ok", 300);
  for (const std::string op : {"ADD", "CONV_2D", "MUL", "SUB"}) {
    for (const std::string type : {"float32", "int16", "int8"}) {
      cases += numbered("operators/" + op + "/" + type, "ok", op == "MUL" ? 5 : 40);
    }
  }
  const auto sample = [&](int most, int seed) {
    return listed(cases, {"--max-cases=" + std::to_string(most), "--seed=" + std::to_string(seed)});
  };
  const std::set<std::string> hundred = sample(100, 1);
  EXPECT_EQ(hundred.size(), 100u);
  EXPECT_EQ(hundred, sample(100, 1));
  EXPECT_NE(hundred, sample(100, 2));
  EXPECT_EQ(count(hundred, "small/"), 5u);
  EXPECT_EQ(count(hundred, "large/"), 45u);
  for (const std::string op : {"ADD", "CONV_2D", "MUL", "SUB"}) {
    for (const std::string type : {"float32", "int16", "int8"}) {
      const size_t chosen = count(hundred, "operators/" + op + "/" + type + "/");
      EXPECT_GE(chosen, 4u);
      EXPECT_LE(chosen, 5u);
    }
  }
  // With fewer than there are types, each operator is there.
  const std::set<std::string> ten = sample(10, 3);
  EXPECT_EQ(ten.size(), 10u);
  for (const std::string op : {"ADD", "CONV_2D", "MUL", "SUB"}) {
    EXPECT_GE(count(ten, "operators/" + op + "/"), 1u) << op;
  }
  EXPECT_EQ(sample(1, 1).size(), 1u);
  EXPECT_EQ(sample(100000, 1).size(), 680u);
}

struct Bad {
  std::vector<std::string> words;
  int exit_status;
  std::string says;
};

// In words and sentences "@" stands for the folder.
TEST_F(Check, BadInputIsOneSentence) {
  folder_.write("broken", std::string("g/ok\n\ng/(\n"));
  folder_.write("nothing", std::string("# g\nnobody/.*\n"));
  const Bad cases[] = {
      {{"--filter=("}, 2, "--filter: '(' is no regular expression that can be used"},
      {{"--filter=" + std::string(5000, '(')}, 2, "is no regular expression that can be used"},
      {{"--filter=nobody"}, 2, "--filter: 'nobody' matches no case; --list shows them, g/ok"},
      {{"--filter="}, 2, "--filter: it has no value"},
      {{"--expected-failures=@/absent"}, 1, "the expected-failures file '@/absent' cannot be read"},
      {{"--expected-failures=@"}, 1, "the expected-failures file '@' is a directory"},
      {{"--expected-failures=@/broken"}, 2, "@/broken, line 3: 'g/(' is no regular expression"},
      {{"--expected-failures=@/nothing"}, 2, "@/nothing, line 2: 'nobody/.*' matches no case"},
      {{"--max-cases=0"}, 2, "--max-cases: '0' is not a whole number of 1 or more"},
      {{"--timeout=0"}, 2, "--timeout: '0' is not a whole number from 1 to 86400"},
      {{"--jobs=0"}, 2, "--jobs: '0' is not a whole number from 1 to 256"},
      {{"--seed=-1"}, 2, "--seed: '-1' is not a whole number of 0 or more"},
      {{"--json=@"}, 1, "'@' cannot be written: it is a directory"},
      {{"--json=@/absent/report"}, 1, "'@/absent/report' cannot be written"},
      {{"--save-failing=@/broken"}, 1, "the folder '@/broken' cannot be made"},
      {{"--list", "--json=@/x"}, 2, "excludes"},
      {{"model.tflite"}, 2, "'model.tflite' is one argument too many"},
      {{"--filtr=x"}, 2, "(did you mean '--filter'?)"},
  };
  const auto with_folder = [&](std::string text) {
    std::string base = folder_.path("");
    base.pop_back();
    for (size_t at = 0; (at = text.find('@', at)) != std::string::npos; at += base.size()) {
      text.replace(at, 1, base);
    }
    return text;
  };
  for (const Bad& bad : cases) {
    std::vector<std::string> words;
    for (const std::string& word : bad.words) words.push_back(with_folder(word));
    const ToolResult result = check("g/ok", words);
    EXPECT_EQ(result.exit_status, bad.exit_status) << bad.words[0] << result.err;
    EXPECT_EQ(line_count(result.err), 1u) << result.err;
    EXPECT_TRUE(has(result.err, with_folder(bad.says))) << bad.words[0] << "\n" << result.err;
    EXPECT_EQ(result.out, "") << bad.words[0];
  }
}

TEST_F(Check, DelegatesThatAreNotThere) {
  const Environment fake = {{"BATON_CONFORMANCE_WORKER", BATON_FAKE_WORKER},
                            {"FAKE_CASES", "g/ok"}};
  const auto says = [&](std::vector<std::string> words, int exit_status, const std::string& what) {
    words.insert(words.begin(), "delegate_check");
    const ToolResult result = run_tool(words, fake);
    EXPECT_EQ(result.exit_status, exit_status) << result.err;
    EXPECT_EQ(line_count(result.err), 1u) << result.err;
    EXPECT_TRUE(has(result.err, what)) << result.err;
  };
  says({}, 2, "--delegate is required");
  says({"--delegate="}, 2, "--delegate: it has no value");
  says({"--delegate=a,b"}, 2, "--delegate=a,b: one delegate is checked at a time, these are 2");
  says({"--delegate=a:key"}, 2, "'key' has no value");
  says({"--delegate=auto"}, 2, "auto");
  for (const auto& [fate, exit_status] : std::map<std::string, int>{{"absent", 1}, {"misuse", 2}}) {
    const ToolResult result = check("g/ok", {}, {{"FAKE_DESCRIBE", fate}});
    EXPECT_EQ(result.exit_status, exit_status);
    EXPECT_EQ(result.err, "baton delegate_check: a sentence\n");
    EXPECT_EQ(result.out, "");
  }
}

TEST_F(Check, WorkersThatDoNotWork) {
  const ToolResult broken = check("g/ok", {}, {{"FAKE_WORKER", "broken"}});
  EXPECT_EQ(broken.exit_status, 1);
  EXPECT_EQ(line_count(broken.err), 1u);
  EXPECT_TRUE(has(broken.err,
                  "does not work: it ended the process with status 127; it wrote: "
                  "libmissing.so cannot be found"))
      << broken.err;
  const ToolResult absent = run_tool({"delegate_check", "--delegate=fake"},
                                     {{"BATON_CONFORMANCE_WORKER", folder_.path("absent")}});
  EXPECT_EQ(absent.exit_status, 1);
  EXPECT_EQ(line_count(absent.err), 1u);
  EXPECT_TRUE(has(absent.err, "cannot be started: No such file")) << absent.err;
}

// A report that was there survives one that cannot be written, and keeps its rights.
TEST_F(Check, ReportsAreReplacedWhole) {
  const std::string path = folder_.write("old.json", std::string("old"));
  std::filesystem::permissions(
      path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  std::filesystem::create_symlink(path, folder_.path("link.json"));
  EXPECT_EQ(check("g/ok", {"--json=" + folder_.path("link.json")}).exit_status, 0);
  EXPECT_TRUE(std::filesystem::is_symlink(folder_.path("link.json")));
  EXPECT_EQ(Json::parse(read_text(path))["verdict"], "conforms");
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  // The work was done, and its result is not lost.
  const ToolResult full = check("g/ok", {"--json=/dev/full"});
  EXPECT_EQ(full.exit_status, 1);
  EXPECT_EQ(full.err,
            "baton delegate_check: '/dev/full' cannot be written: No space left on device\n");
  EXPECT_TRUE(has(last_line(full), "fake conforms")) << full.out;
  // What is no file is written directly.
  EXPECT_TRUE(has(check("g/ok", {"--json=/dev/stdout"}).out, "\"verdict\": \"conforms\""));
}

// ---- The real suite -----------------------------------------------------------------------------

TEST(RealSuite, ListsTheSameCasesForASeed) {
  const std::vector<std::string> words = {"delegate_check", "--list", "--max-cases=50", "--seed=3"};
  const ToolResult result = run_tool(words);
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_EQ(line_count(result.out), 50u);
  EXPECT_EQ(result.out, run_tool(words).out);
}

TEST(RealSuite, PluginsAndOptionsThatAreNotThere) {
  const auto says = [](const std::string& flag, int exit_status, const std::string& what) {
    const ToolResult result = run_tool({"delegate_check", flag});
    EXPECT_EQ(result.exit_status, exit_status) << flag << result.err;
    EXPECT_EQ(line_count(result.err), 1u) << result.err;
    EXPECT_TRUE(has(result.err, what)) << result.err;
    EXPECT_EQ(result.out, "");
  };
  says("--delegate=fake_npi", 1, "there is no delegate 'fake_npi' (did you mean 'fake_npu'?)");
  says("--plugin=/absent/libbaton_x.so", 1, "there is no such file");
  const std::string near = test_plugin_file("fake_nqu");
  says("--plugin=" + near, 1,
       near + ": there is no such file (did you mean 'libbaton_fake_npu.so'");
  says("--delegate=fake_npu:zork=1", 2, "delegate fake_npu has no option 'zork'");
  says("--delegate=fake_npu:seed=x", 2, "seed");
  says("--delegate=fake_npu:device=77", 1, "has no device '77'");
}

TEST(RealSuite, PluginsThatCannotBeCreatedAreSurvived) {
  for (const std::string name : {"bad_no_symbol", "bad_wrong_abi", "bad_throw_create"}) {
    const ToolResult result = run_tool({"delegate_check", "--plugin=" + test_plugin_file(name)});
    EXPECT_EQ(result.exit_status, 1) << name << result.err;
    EXPECT_EQ(result.err, "");
    EXPECT_TRUE(has(result.out, "cannot be created, only its loading was checked")) << result.out;
  }
}

// What a delegate must pass ours do, and the reference kernels. Samples where the suite is slow.
class Conforming : public ::testing::TestWithParam<const char*> {};

TEST_P(Conforming, Conforms) {
  const std::string delegate = GetParam();
  std::vector<std::string> words = {"delegate_check", "--delegate=" + delegate};
#ifdef BATON_TEST_SANITIZED
  words.push_back("--max-cases=250");
#else
  if (delegate == "reference") words.push_back("--max-cases=6000");
#endif
  const ToolResult result = run_tool(words);
  EXPECT_EQ(result.exit_status, 0) << result.out << result.err;
  EXPECT_TRUE(has(last_line(result), delegate + " conforms: ")) << result.out;
}

INSTANTIATE_TEST_SUITE_P(RealSuite, Conforming,
                         ::testing::Values("reference", "fake_npu", "fake_npu_one_thread",
                                           "template"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace baton::test
