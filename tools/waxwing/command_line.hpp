// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <expected>
#include <fmt/format.h>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
} // namespace CLI

namespace waxwing::tool {

/// One option as people see it: in the help, the completions of shells and the manual.
struct OptionFacts {
  /// `-f`, `--function`: each with its dashes.
  std::vector<std::string> names;
  /// What its value is called; empty for an option without one.
  std::string type;
  std::string help;
  /// The values there are, where they are few.
  std::vector<std::string> choices;
};

/// What is said of a verb besides its options.
struct VerbText {
  std::string_view name;
  /// What stands behind the verb, e.g. `[options] FILE...`.
  std::string_view arguments;
  /// In a line, for the list of verbs.
  std::string_view summary;
  std::string_view description;
  /// Below the options: examples and what else is to be known.
  std::string_view footer;
  /// Its arguments, where they are no files: words with blanks between them.
  std::string_view choices = {};
};

struct VerbFacts {
  const VerbText* text;
  std::vector<OptionFacts> options;
};

/// What an optional value becomes where the option stands alone.
inline constexpr std::string_view kNotGiven = "true";

/// The command line of one verb. Its options are declared once: from that come the reading of
/// words, what is said of mistakes, the help, the completions and the manual. `command_line.cc` is
/// the only file that knows the library that reads.
class Verb {
 public:
  explicit Verb(const VerbText& text);
  ~Verb();
  Verb(const Verb&) = delete;

  // Declarations. `names` are separated by commas, the one that messages use first.

  void flag(const char* names, bool& value, const char* help);
  /// One for tests, of which people are told nothing.
  void hidden_flag(const char* names, bool& value);
  /// `value` is a string, or an optional one.
  void text(const char* names, const char* type, auto& value, const char* help) {
    option(names, type, help, Repeat::last, [&value](const std::string& word) { value = word; });
  }
  /// One whose value may be left out, and else stands behind `=`; without it, `value` becomes
  /// `kNotGiven`.
  void optional_text(const char* names, std::string& value, const char* help);
  /// One that has a value and no effect.
  void ignored(const char* names, const char* type, const char* help) {
    option(names, type, help, Repeat::last, [](const std::string&) {});
  }
  void list(const char* names, const char* type, std::vector<std::string>& value,
            const char* help) {
    option(names, type, help, Repeat::all,
           [&value](const std::string& word) { value.push_back(word); });
  }
  /// An option whose value `parse` reads; what is wrong with it is said with the option's name.
  template <class T, class Parse>
  void value(const char* names, const char* type, T& target, Parse parse, const char* help,
             std::initializer_list<std::string_view> choices = {}) {
    option(
        names, type, help, Repeat::last,
        [this, names, &target, parse](const std::string& word) {
          if (auto parsed = parse(word))
            target = std::move(*parsed);
          else
            complain(names, parsed.error());
        },
        choices);
  }
  /// The same for one that may be given several times; the values follow one another.
  template <class T, class Parse>
  void values(const char* names, const char* type, std::vector<T>& target, Parse parse,
              const char* help) {
    option(names, type, help, Repeat::all, [this, names, &target, parse](const std::string& word) {
      if (auto parsed = parse(word))
        target.push_back(std::move(*parsed));
      else
        complain(names, parsed.error());
    });
  }

  // Reading. The other side is an exit code: everything has been said then.

  /// Reads `words`; what is left from the first word that is no option is in `rest`.
  [[nodiscard]] std::expected<void, int> read(std::vector<std::string> words,
                                              std::vector<std::string>& rest);
  /// Reads `words` of a verb that allows options behind its files as well.
  [[nodiscard]] std::expected<void, int> read_anywhere(std::vector<std::string> words,
                                                       std::vector<std::string>& files);

  std::unexpected<int> unknown_option(std::string_view word);
  std::unexpected<int> usage_error(std::string_view text);

  [[nodiscard]] const std::vector<OptionFacts>& options() const { return options_; }
  [[nodiscard]] std::string help() const;

 private:
  enum class Repeat { last, all };
  /// An option whose value, or each of its values, goes to `take`.
  void option(const char* names, const char* type, const char* help, Repeat repeat,
              std::function<void(const std::string&)> take,
              std::initializer_list<std::string_view> choices = {});
  void complain(std::string_view names, std::string_view error);
  [[nodiscard]] std::string usage() const;

  const VerbText& text_;
  std::unique_ptr<CLI::App> app_;
  std::vector<OptionFacts> options_;
  std::string complaint_;
};

} // namespace waxwing::tool
