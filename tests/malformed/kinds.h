// Kinds of malformed input, by number, and files of each. This header shows nothing of the core's
// internals: the test uses the public API.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "baton/baton.h"

namespace baton::malformed {

using Bytes = std::vector<uint8_t>;

struct Kind {
  int number;
  const char* name;
  const char* policy;  // docs/malformed.md has the same words
};

extern const std::vector<Kind> kKinds;

enum class Answer {
  kAccept,         // runs to the end
  kRefuseLoad,     // the model does not load
  kRefuseSession,  // it loads, but cannot be compiled, or have a session
  kRefuseRun,      // only the run shows it
  kRefuse,         // at one of these stages
  kSurvive         // an answer or a refusal
};

struct Case {
  int kind = 0;
  std::string name;
  Bytes file;
  Answer answer = Answer::kSurvive;
  baton_status code = BATON_OK;  // of a refusal; BATON_OK: any
  std::string says;              // part of the sentence; accepted: of an oddity
  std::vector<Bytes> inputs;     // content, where it matters
  Bytes output;                  // of the first output, where it matters
  baton_load_options quotas = BATON_LOAD_OPTIONS_INIT;
};

void add_file_cases(std::vector<Case>* cases);
void add_model_cases(std::vector<Case>* cases);
void add_operator_cases(std::vector<Case>* cases);
void add_run_cases(std::vector<Case>* cases);

// Models for the checks that need more than one file: a constant that lies behind the FlatBuffer,
// y = x + {1, 2, 3, 4}, and where its offset stands in the file.
Bytes buffer_behind_model(size_t* offset_at, uint64_t* offset);
// WHILE (true) with a body of one operator; int32 scalar in and out.
Bytes endless_model();

}  // namespace baton::malformed
