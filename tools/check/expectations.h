// The expected-failures file: lines `GROUP/CASE`, a regular expression for the whole name of a
// case, with `# comment` behind or alone.
#pragma once

#include <cstddef>
#include <regex>
#include <string>
#include <vector>

#include "tools/check/case.h"

namespace baton::tools {

class Expectations {
 public:
  Expectations() = default;
  // Throws Failure for a file, or a line of it, that cannot be read, and for a line that matches no
  // case.
  Expectations(const std::string& file, const Catalogue& catalogue);

  bool empty() const { return lines_.empty(); }
  // That this case may fail.
  bool expects(size_t position) const { return position < expected_.size() && expected_[position]; }

  // "line 3: 'operators/ADD/.*'": lines all of whose cases were run, and none failed. `results` by
  // position in the catalogue.
  std::vector<std::string> unexpected_passes(const std::vector<CheckResult>& results) const;

 private:
  struct Line {
    size_t number;
    std::string text;
    std::vector<size_t> cases;
  };
  std::vector<Line> lines_;
  std::vector<bool> expected_;
};

}  // namespace baton::tools
