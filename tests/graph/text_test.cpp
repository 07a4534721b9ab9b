// Names that no terminal and no log should get as they are.
#include "core/base/text.h"

#include "tests/graph/support.h"

namespace baton::graph_test {
namespace {

TEST(Printable, OneLineOfUtf8) {
  EXPECT_EQ(printable("plain 'text' \\ 1"), "plain 'text' \\ 1");
  EXPECT_EQ(printable(""), "");
  EXPECT_EQ(printable("a\nb\r\x1b[31m\x7f"), "a\\x0ab\\x0d\\x1b[31m\\x7f");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
  // The first and last characters of each length.
  for (const char* good : {"\xc2\xa0", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                           "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(printable(good), good);
  }
  // Controls past ASCII, and what stands beside them.
  for (const char* control : {"\xc2\x80", "\xc2\x85", "\xc2\x9f", "\xe2\x80\xa8", "\xe2\x80\xa9",
                              "\xe2\x80\xaa", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa9"}) {
    const std::string line = printable(std::string("a") + control + "b");
    EXPECT_EQ(line.substr(0, 5), std::string("a\\x") + (control[0] == '\xc2' ? "c2" : "e2"));
    for (const char c : line) EXPECT_TRUE(c >= 0x20 && c < 0x7f);
  }
  for (const char* good : {"\xe2\x80\xa7", "\xe2\x80\xaf", "\xe2\x81\xa5", "\xe2\x81\xaa",
                           "\xe2\x82\xa8", "\xe3\x80\xa8", "\xf0\x9f\x98\x80"}) {
    EXPECT_EQ(printable(good), good);
  }
  EXPECT_EQ(printable("\xc1\xbf"), "\\xc1\\xbf");
  EXPECT_EQ(printable("\xe0\x9f\xbf"), "\\xe0\\x9f\\xbf");
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(printable("\xf0\x8f\xbf\xbf"), "\\xf0\\x8f\\xbf\\xbf");
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(printable("\xf5\x80\x80\x80"), "\\xf5\\x80\\x80\\x80");
  EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82");
  EXPECT_EQ(printable("\xc2z"), "\\xc2z");
}

TEST(Printable, ErrorsAndOddities) {
  tflite::GraphBuilder b = add_model();
  b.tensor("extra\nline", BATON_FLOAT32, {3, -4});
  b.at(3).shape = {3, -4};
  EXPECT_EQ(load(b.finish()).status.message(),
            "subgraph 0, tensor 3 ('extra\\x0aline'): the size of its dimension 1 is -4");
  b.at(3).shape = {3, 4};
  const Loaded loaded = load(b.finish());
  ASSERT_TRUE(loaded.status.ok()) << loaded.status.message();
  EXPECT_TRUE(mentions(loaded.graph->oddities(), "extra\\x0aline"));
}

}  // namespace
}  // namespace baton::graph_test
