// Harmless things that a careful author would want to know, one sentence per kind and subgraph.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace baton {

class Oddities {
 public:
  // `what` is a plural noun phrase, one literal per kind: "tensors of rank 0". `example` names one:
  // "tensor 5 ('x')"; the first is shown.
  void add(uint32_t subgraph, const char* what, std::string example);
  // A whole sentence.
  void add(std::string sentence) { sentences_.push_back(std::move(sentence)); }

  std::vector<std::string> sentences() const;

 private:
  struct Kind {
    uint32_t subgraph;
    const char* what;
    uint32_t count;
    std::string example;
  };
  std::vector<Kind> kinds_;
  std::vector<std::string> sentences_;
};

}  // namespace baton
