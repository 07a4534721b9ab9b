#include "tools/support/delegate_flag.h"

#include <string_view>

#include "tools/support/failure.h"

namespace baton::tools {
namespace {

constexpr std::string_view kSpecial = ",:=\\";

std::string escaped(const std::string& word) {
  std::string text;
  for (const char c : word) {
    if (kSpecial.find(c) != std::string_view::npos) text += '\\';
    text += c;
  }
  return text;
}

}  // namespace

std::vector<DelegateChoice> parse_delegates(const std::string& text) {
  std::vector<DelegateChoice> choices;
  DelegateChoice choice;
  enum class Part { kName, kKey, kValue } part = Part::kName;
  std::string word, key;

  const auto end_word = [&] {
    switch (part) {
      case Part::kName:
        if (word.empty()) misuse("--delegate={}: a delegate's name is empty", text);
        choice.name = word;
        break;
      case Part::kKey:
        misuse("--delegate={}: the option '{}' has no value; write {}=VALUE", text, word, word);
      case Part::kValue:
        choice.options.emplace_back(key, word);
        break;
    }
    word.clear();
  };

  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && i + 1 < text.size() && kSpecial.find(text[i + 1]) != std::string_view::npos) {
      word += text[++i];
    } else if (c == ',') {
      end_word();
      choices.push_back(std::move(choice));
      choice = {};
      part = Part::kName;
    } else if (c == ':') {
      end_word();
      part = Part::kKey;
    } else if (c == '=' && part == Part::kKey) {
      key = std::move(word);
      word.clear();
      part = Part::kValue;
    } else {
      word += c;
    }
  }
  end_word();
  choices.push_back(std::move(choice));
  return choices;
}

std::string delegate_text(const DelegateChoice& choice) {
  std::string text = escaped(choice.name);
  for (const auto& [key, value] : choice.options) {
    text += ":" + escaped(key) + "=" + escaped(value);
  }
  return text;
}

}  // namespace baton::tools
