// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/command_line.hpp"

#include <algorithm>
#include <istream>
#include <ostream>

// CLI11 includes <iostream> for two streams that are not used here, and whoever includes that sets
// up eight of them and a locale before `main`, which a small guest would wait for. This is
// libstdc++'s name for "it was included".

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl58-cpp)
#define _GLIBCXX_IOSTREAM 1
namespace std {
extern ostream cout;
extern ostream cerr;
} // namespace std
// NOLINTEND(bugprone-reserved-identifier,cert-dcl58-cpp)
#include <CLI/CLI.hpp>

#include "waxwing/message.hpp"
#include "waxwing/nearest.hpp"

namespace waxwing::tool {

namespace {

/// An option's line of the help: its names, and its text in a column of its own, folded.
std::string entry(std::string left, std::string_view text) {
  constexpr size_t kColumn = 28;
  constexpr size_t kWidth = 96;
  if (left.size() + 2 > kColumn)
    left += "\n" + std::string(kColumn, ' ');
  else
    left.resize(kColumn, ' ');
  size_t at = kColumn;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (at + end > kWidth) {
      left += "\n" + std::string(kColumn, ' ');
      at = kColumn;
    }
    left += text.substr(0, end);
    at += end + 1;
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!text.empty()) left += ' ';
  }
  // No blanks at line ends.
  std::string clean;
  for (char c : left + "\n") {
    if (c == '\n')
      while (!clean.empty() && clean.back() == ' ') clean.pop_back();
    clean += c;
  }
  return clean;
}

/// `--invoke,-f,--function`: the short ones first.
std::vector<std::string> split_names(std::string_view names) {
  const std::string_view all = names;
  std::vector<std::string> split;
  while (!names.empty()) {
    const size_t comma = std::min(names.find(','), names.size());
    split.emplace_back(names.substr(0, comma));
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  std::ranges::sort(split, {}, [&](const std::string& name) {
    return std::pair(name[1] == '-', all.find(name));
  });
  return split;
}

/// An empty value behind `=`, which CLI11 would look for in the next word.
constexpr std::string_view kEmpty = "\x01";

} // namespace

Verb::Verb(const VerbText& text) : text_(text), app_(std::make_unique<CLI::App>()) {
  app_->set_help_flag("-h,--help");
  app_->prefix_command();
  options_.push_back({{"-h", "--help"}, {}, "Show this", {}});
}

Verb::~Verb() = default;

void Verb::flag(const char* names, bool& value, const char* help) {
  app_->add_flag(names, value);
  options_.push_back({split_names(names), {}, help, {}});
}

void Verb::optional_text(const char* names, std::string& value, const char* help) {
  app_->add_flag(names, value);
  options_.push_back({split_names(names), {}, help, {}});
}

void Verb::hidden_flag(const char* names, bool& value) { app_->add_flag(names, value); }

void Verb::option(const char* names, const char* type, const char* help, Repeat repeat,
                  std::function<void(const std::string&)> take,
                  std::initializer_list<std::string_view> choices) {
  CLI::Option* option =
      app_->add_option(names, CLI::callback_t([take = std::move(take)](const auto& words) {
                         for (const std::string& word : words)
                           take(word == kEmpty ? std::string() : word);
                         return true;
                       }));
  option->type_size(1)->expected(1)->allow_extra_args(false)->multi_option_policy(
      repeat == Repeat::all ? CLI::MultiOptionPolicy::TakeAll : CLI::MultiOptionPolicy::TakeLast);
  options_.push_back(
      {split_names(names), type, help, std::vector<std::string>(choices.begin(), choices.end())});
}

void Verb::complain(std::string_view names, std::string_view error) {
  if (complaint_.empty())
    complaint_ = fmt::format("{}: {}", names.substr(0, names.find(',')), error);
}

std::expected<void, int> Verb::read(std::vector<std::string> words,
                                    std::vector<std::string>& rest) {
  for (std::string& word : words)
    if (word.starts_with("--") && word.ends_with('=')) word += kEmpty;
  std::reverse(words.begin(), words.end());
  try {
    app_->parse(words);
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", help());
    return std::unexpected(0);
  } catch (const CLI::ArgumentMismatch& wrong) {
    const std::string_view text = wrong.what();
    return usage_error(fmt::format("{}: its value is missing", text.substr(0, text.find(':'))));
  } catch (const CLI::ParseError& wrong) {
    return usage_error(wrong.what());
  }
  if (!complaint_.empty()) return usage_error(complaint_);
  rest = app_->remaining();
  for (std::string& word : rest)
    if (word.ends_with(kEmpty) && word.size() > 1) word.pop_back();
  return {};
}

std::expected<void, int> Verb::read_anywhere(std::vector<std::string> words,
                                             std::vector<std::string>& files) {
  bool only_files = false;
  for (;;) {
    std::vector<std::string> rest;
    if (auto read_one = read(std::move(words), rest); !read_one) return read_one;
    words.clear();
    size_t i = 0;
    for (; i < rest.size(); ++i) {
      if (rest[i] == "--" && !only_files)
        only_files = true;
      else if (only_files || rest[i].size() < 2 || rest[i][0] != '-')
        files.push_back(rest[i]);
      else
        break;
    }
    if (i == rest.size()) return {};
    if (i == 0) return unknown_option(rest[0]);
    words.assign(rest.begin() + static_cast<ptrdiff_t>(i), rest.end());
    app_->clear();
  }
}

std::unexpected<int> Verb::unknown_option(std::string_view word) {
  const std::string_view name = word.substr(0, word.find('='));
  std::vector<std::string_view> names;
  for (const OptionFacts& option : options_)
    names.insert(names.end(), option.names.begin(), option.names.end());
  return usage_error(fmt::format("unknown option {}{}", name, did_you_mean(name, names)));
}

std::unexpected<int> Verb::usage_error(std::string_view text) {
  print_error(text);
  fmt::print(stderr, "usage: {}\nTry 'waxwing {} --help'.\n", usage(), text_.name);
  return std::unexpected(kExitUsage);
}

std::string Verb::usage() const {
  std::string out = fmt::format("waxwing {}", text_.name);
  if (!text_.arguments.empty()) out += fmt::format(" {}", text_.arguments);
  return out;
}

std::string Verb::help() const {
  std::string out = fmt::format("{}\n\nusage: {}\n\noptions:\n", text_.description, usage());
  for (const OptionFacts& option : options_) {
    std::string left = fmt::format("  {}", fmt::join(option.names, " "));
    if (!option.type.empty()) left += " " + option.type;
    out += entry(left, option.help);
  }
  return out + "\n" + std::string(text_.footer);
}

} // namespace waxwing::tool
