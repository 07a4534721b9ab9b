// Each kind of malformed input: survived, and accepted or refused as the policy says.

#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/malformed/kinds.h"
#include "tests/session/fixture.h"

namespace baton::malformed {
namespace {

using namespace baton::test;

constexpr uint64_t kMemory = 64 << 20;
constexpr uint64_t kTimeoutNs = 10'000'000'000;

struct Outcome {
  Answer refused = Answer::kAccept;  // kAccept: nobody refused
  baton_status code = BATON_OK;
  std::string text;  // the refusal's sentence; else the oddities
  Bytes output;
};

Outcome refusal(Answer stage, const Status& status) {
  return {stage, status.code(), status.message(), {}};
}

// A read past the end of the memory is seen by the sanitizer.
Outcome outcome_of(const Case& c) {
  LoadOptions options;
  static_cast<baton_load_options&>(options) = c.quotas;
  if (options.max_session_bytes == 0) options.max_session_bytes = kMemory;
  const Runtime runtime = or_throw(Runtime::create());
  auto model = runtime.load(c.file.data(), c.file.size(), &options);
  if (!model) return refusal(Answer::kRefuseLoad, model.status());
  auto compiled = model->compile({});
  if (!compiled) return refusal(Answer::kRefuseSession, compiled.status());
  auto session = compiled->session(1);
  if (!session) return refusal(Answer::kRefuseSession, session.status());
  for (uint32_t i = 0; i < session->input_count(); ++i) {
    const baton_tensor& tensor = session->input(i);
    Bytes content(tensor.bytes);
    for (size_t at = 0; at < content.size(); ++at) content[at] = static_cast<uint8_t>(at % 3);
    if (i < c.inputs.size() && !c.inputs[i].empty()) content = c.inputs[i];
    const Status set = session->set_input(i, content.data(), content.size());
    if (!set) return refusal(Answer::kRefuseSession, set);
  }
  session->set_timeout(kTimeoutNs);
  if (const Status status = session->run(); !status) return refusal(Answer::kRefuseRun, status);
  Outcome outcome;
  for (uint32_t i = 0; i < session->output_count(); ++i) {
    Bytes content(session->output(i).bytes);
    or_throw(session->get_output(i, content.data(), content.size()));
    if (i == 0) outcome.output = std::move(content);
  }
  for (uint32_t i = 0; const char* oddity = baton_model_oddity(model->get(), i); ++i) {
    outcome.text += std::string(oddity) + "\n";
  }
  return outcome;
}

void check(const Case& c) {
  const auto start = std::chrono::steady_clock::now();
  const Outcome outcome = outcome_of(c);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  const bool accepted = outcome.refused == Answer::kAccept;
  if (!accepted) {
    EXPECT_FALSE(outcome.text.empty());
    EXPECT_EQ(outcome.text.find('\n'), std::string::npos) << outcome.text;
    EXPECT_NE(outcome.code, BATON_TIMED_OUT);
  }
  if (c.answer == Answer::kSurvive) return;
  if (c.answer == Answer::kRefuse) {
    EXPECT_FALSE(accepted);
  } else {
    EXPECT_EQ(outcome.refused, c.answer) << outcome.text;
  }
  if (c.code != BATON_OK) {
    EXPECT_EQ(outcome.code, c.code) << outcome.text;
  }
  EXPECT_NE(outcome.text.find(c.says), std::string::npos) << outcome.text;
  if (!c.output.empty()) {
    EXPECT_EQ(outcome.output, c.output);
  }
}

const std::map<int, std::vector<Case>>& cases_by_kind() {
  static const auto* const by_kind = [] {
    std::vector<Case> cases;
    add_file_cases(&cases);
    add_model_cases(&cases);
    add_operator_cases(&cases);
    add_run_cases(&cases);
    auto* result = new std::map<int, std::vector<Case>>;
    for (Case& c : cases) (*result)[c.kind].push_back(std::move(c));
    return result;
  }();
  return *by_kind;
}

// ---- Kinds that are more than a file ------------------------------------------------------------

// Kind 10: the content of a constant lies behind 3 GiB of nothing.
void check_large_file() {
  constexpr uint64_t kFar = uint64_t{3} << 30;
  size_t offset_at = 0;
  uint64_t offset = 0;
  Bytes file = buffer_behind_model(&offset_at, &offset);
  const Bytes content(file.begin() + static_cast<ptrdiff_t>(offset), file.end());
  file.resize(offset);
  std::memcpy(file.data() + offset_at, &kFar, sizeof(kFar));
  const std::string path = testing::TempDir() + "/large.tflite";
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()))
      .seekp(kFar)
      .write(reinterpret_cast<const char*>(content.data()),
             static_cast<std::streamsize>(content.size()));
  const Runtime runtime = or_throw(Runtime::create());
  {
    const Model model = or_throw(runtime.load(path));
    Session session = or_throw(or_throw(model.compile({})).session(1));
    set<float>(session, 0, {10, 20, 30, 40});
    or_throw(session.run());
    EXPECT_EQ(get(session, 0), (std::vector<float>{11, 22, 33, 44}));
  }
  LoadOptions options;
  options.max_file_bytes = kFar;
  EXPECT_EQ(runtime.load(path, &options).status().code(), BATON_OUT_OF_MEMORY);
  std::filesystem::resize_file(path, kFar);
  EXPECT_EQ(runtime.load(path).status().code(), BATON_INVALID_MODEL);
  std::filesystem::remove(path);
}

// Kind 71.
void check_endless_loop() {
  const Bytes file = endless_model();
  const Runtime runtime = or_throw(Runtime::create());
  LoadOptions options;
  options.max_steps = 10'000;
  const Model limited = or_throw(runtime.load(file.data(), file.size(), &options));
  EXPECT_EQ(or_throw(or_throw(limited.compile({})).session(1)).run().code(), BATON_OUT_OF_MEMORY);

  const Model model = or_throw(runtime.load(file.data(), file.size()));
  Session session = or_throw(or_throw(model.compile({})).session(1));
  session.set_timeout(20'000'000);
  EXPECT_EQ(session.run().code(), BATON_TIMED_OUT);
  session.set_timeout(0);
  or_throw(session.run_async());
  EXPECT_EQ(session.wait(10'000'000).code(), BATON_TIMED_OUT);
  session.cancel();
  EXPECT_EQ(session.wait().code(), BATON_CANCELLED);
}

const std::map<int, void (*)()> kChecks = {{10, check_large_file}, {71, check_endless_loop}};

// ---- The table ----------------------------------------------------------------------------------

class Malformed : public testing::TestWithParam<Kind> {};

TEST_P(Malformed, AsThePolicySays) {
  const int number = GetParam().number;
  const auto cases = cases_by_kind().find(number);
  const auto special = kChecks.find(number);
  ASSERT_TRUE(cases != cases_by_kind().end() || special != kChecks.end()) << "no file of this kind";
  if (special != kChecks.end()) special->second();
  if (cases == cases_by_kind().end()) return;
  for (const Case& c : cases->second) {
    SCOPED_TRACE(c.name);
    check(c);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Malformed, testing::ValuesIn(kKinds), [](const auto& info) {
  std::string name = "k" + std::to_string(info.param.number) + "_";
  for (const char* at = info.param.name; *at != '\0'; ++at) {
    if (std::isalnum(static_cast<unsigned char>(*at))) name += *at;
    if (*at == ' ') name += '_';
  }
  return name;
});

TEST(MalformedTable, HasEveryKindOnce) {
  for (size_t i = 0; i < kKinds.size(); ++i) EXPECT_EQ(kKinds[i].number, static_cast<int>(i) + 1);
  EXPECT_EQ(kKinds.size(), 79u);
  for (const auto& [kind, cases] : cases_by_kind()) {
    EXPECT_TRUE(kind >= 1 && kind <= 79) << cases.front().name;
  }
}

TEST(MalformedTable, IsTheOneInTheDocuments) {
  std::ifstream file(std::string(BATON_SOURCE_DIR) + "/docs/malformed.md");
  std::ostringstream text;
  text << file.rdbuf();
  for (const Kind& kind : kKinds) {
    const std::string row =
        "| " + std::to_string(kind.number) + " | " + kind.name + " | " + kind.policy + " |\n";
    EXPECT_NE(text.str().find(row), std::string::npos) << row;
  }
}

}  // namespace
}  // namespace baton::malformed
