// The page: what is in it, that names do no harm, and, in a browser where there is one, that it
// works.
#include "benchmarks/report/html.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "benchmarks/report/markup.h"
#include "tests/report/synthetic.h"

namespace baton::report {
namespace {

constexpr const char* kHostile[] = {
    "</script><script>document.documentElement.dataset.owned='yes'</script>",
    "<img src=x onerror=\"document.documentElement.dataset.owned='yes'\">",
    "\"><svg onload=\"document.documentElement.dataset.owned='yes'\">",
    "' onmouseover='alert(1)",
    "<!--<script>",
    "]]>&lt;b&gt;",
    "--></style><h1>",
};

// A row of 30 operators, one that crashed, and names that are no names.
Json hostile_report() {
  Work work;
  work.ops = 30;
  std::vector<Json> rows;
  for (const char* name : kHostile) {
    work.model = name;
    work.delegate = name;
    work.device = name;
    Json row = synthetic_row(work, {});
    row["ops"][3]["name"] = name;
    row["ops"][4]["op"] = name;
    row["placement"] = name;
    row["warnings"] = {name};
    row["refusals"][0]["text"] = name;
    rows.push_back(row);
    rows.push_back(failed_row(work, "crashed", name));
  }
  Json report = synthetic_report(rows);
  report["label"] = kHostile[0];
  report["machine"]["cpu"] = kHostile[1];
  report["settings"][kHostile[2]] = kHostile[3];
  return report;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Markup, EscapesForContentAndAttributes) {
  EXPECT_EQ(escaped("<a b=\"c\" d='e'>&"), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
}

TEST(Markup, JsonCannotEndItsScript) {
  const Json json = {"</script>", "<!--", "\xe2\x80\xa8", "\xff"};
  const std::string text = script_json(json);
  EXPECT_EQ(text.find_first_of("<>&"), std::string::npos) << text;
  EXPECT_EQ(Json::parse(text)[0], "</script>");
}

TEST(Html, ShowsResultsWithoutScript) {
  Work work;
  Json slow = synthetic_row(work, {});
  slow["median_ms"] = 23.456;
  slow["median_ci_ms"] = {22.5, 24.5};
  work.delegate = "npu";
  const std::string page =
      html_report(synthetic_report({slow, failed_row(work, "hung", "it took more than 60 s")}));
  for (const char* part : {"23.46 ms", "22.50 to 24.50", "hung", "it took more than 60 s",
                           "Some Processor", "CONV_2D", "it has no float64", "60 of 65"}) {
    EXPECT_TRUE(has(page, part)) << part;
  }
}

TEST(Html, NeedsNothingFromElsewhere) {
  const std::string page = html_report(synthetic_report(Work{}, Weather{}));
  for (const char* part : {"http:", "https:", "//cdn", " src=", "@import", "url("}) {
    EXPECT_FALSE(has(page, part)) << part;
  }
}

TEST(Html, NamesAreNeverMarkup) {
  const std::string page = html_report(hostile_report());
  for (const char* part : {"<img", "<svg", "<!--<", "</style><h1>", "' onmouseover='"}) {
    EXPECT_FALSE(has(page, part)) << part;
  }
  EXPECT_TRUE(has(page, "&lt;img src=x"));
}

TEST(Html, TakesAnyJson) {
  for (const char* text :
       {"{}", "[]", "null", "3", "{\"results\": 3}", "{\"results\": [3, [], {}]}",
        "{\"results\": [{\"status\": \"ok\", \"ops\": [1, {}], \"model\": 3}]}",
        "{\"results\": [{\"status\": \"ok\", \"median_ms\": -1, "
        "\"median_ci_ms\": [\"a\", null], \"warnings\": [{}]}]}",
        "{\"models\": [null, {}], \"machine\": [], \"settings\": [1]}"}) {
    EXPECT_TRUE(has(html_report(Json::parse(text)), "</html>")) << text;
  }
}

TEST(Html, OfManyModelsAndOperatorsIsQuickAndSmall) {
  Work work;
  work.ops = 1000;
  std::vector<Json> rows;
  const Json row = synthetic_row(work, {});
  for (int i = 0; i < 50; ++i) {
    rows.push_back(row);
    rows.back()["model"] = "model_" + std::to_string(i);
  }
  const Json report = synthetic_report(rows);
  const auto begin = std::chrono::steady_clock::now();
  const std::string page = html_report(report);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  EXPECT_LT(page.size(), size_t{10} << 20);
}

// ---- In a browser
// -----------------------------------------------------------------------------------

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "baton_page_XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string output;
  std::array<char, 4096> piece;
  for (size_t got; (got = fread(piece.data(), 1, piece.size(), pipe.get())) > 0;) {
    output.append(piece.data(), got);
  }
  return output;
}

// The page as it is after it was loaded in a window of that width. Chromium's own windows are not
// as narrow as a phone's: the page is in a frame, from where it is copied when it has settled, and
// the operators that are shown were sorted by a click.
std::string loaded(const std::string& page, int width) {
  const Folder folder;
  const std::string file = folder.path() / "page.html";
  std::ofstream(file) << "<!DOCTYPE html><html><body><iframe style=\"border:0;height:800px;width:"
                      << width << "px\" srcdoc=\"" << escaped(page) << R"("></iframe><script>
    document.querySelector("iframe").onload = function () {
      const inside = this.contentDocument.documentElement;
      setTimeout(function () {
        const button = inside.querySelector(".operators[data-shown] th button");
        if (button) button.click();
        const root = document.documentElement;
        for (const name of inside.getAttributeNames()) {
          root.setAttribute(name, inside.getAttribute(name));
        }
        root.innerHTML = inside.innerHTML;
      }, 500);
    };
    </script></body></html>)";
  return output_of(
      "timeout 60 chromium --headless=new --no-sandbox --disable-gpu --no-first-run "
      "--virtual-time-budget=5000 --user-data-dir='" +
      (folder.path() / "profile").string() + "' --dump-dom 'file://" + file + "' 2>/dev/null");
}

TEST(Browser, ShowsThePageOnAPhone) {
  if (output_of("command -v chromium").empty()) GTEST_SKIP() << "chromium is not installed";
  std::string page = html_report(hostile_report());
  // The script shows all operators of what is open.
  const std::string closed = "<details class=\"row\">";
  page.replace(page.find(closed), closed.size(), "<details class=\"row\" open>");
  const std::string dom = loaded(page, 360);

  const std::string root = dom.substr(0, dom.find("<head>"));
  EXPECT_TRUE(has(root, "data-ready=\"yes\"")) << root;
  EXPECT_TRUE(has(root, "data-width=\"360\"")) << root;
  EXPECT_TRUE(has(root, "data-fits=\"yes\"")) << root;
  EXPECT_FALSE(has(root, "owned")) << root;
  EXPECT_TRUE(has(dom, "<div id=\"script-errors\" hidden=\"\"></div>"));
  EXPECT_TRUE(has(dom, "data-shown=\"yes\""));
  EXPECT_TRUE(has(dom, "30 operators"));
  EXPECT_TRUE(has(dom, "block_29/output"));
  EXPECT_TRUE(has(dom, "aria-sort=\"ascending\""));
  const size_t first = dom.find(">0 CONV_2D<");
  EXPECT_LT(first, dom.find(">1 DEPTHWISE_CONV_2D<", dom.find("data-shown")));
  EXPECT_FALSE(has(dom, "<img"));
  EXPECT_FALSE(has(dom, "<svg"));
  EXPECT_TRUE(has(dom, "&lt;img src=x"));
}

}  // namespace
}  // namespace baton::report
