// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <functional>
#include <string_view>

#include "waxwing/message.hpp"
#include "waxwing/nearest.hpp"
#include "waxwing/units.hpp"

namespace waxwing::tool {

namespace {

constexpr const char* kHelp = R"(Waxwing runs WebAssembly.

usage: waxwing [run] [options] FILE [arguments...]
       waxwing VERB [options] ...

  run        run a WASI program, or call one function of a module (the verb when none is given)
  compile    compile a module to an image of machine code, which 'run' runs
  validate   check modules: silence, or what is wrong and where
  inspect    show what a module holds: sections, types, imports, exports, features, size
  print      print a module in the text format
  wast       run scripts of the official test suite

FILE is a module in the binary or the text format; its content tells, not its name.

  waxwing VERB --help   options of a verb, with examples
  waxwing --version     the version

examples:
  waxwing app.wasm --name value             run app.wasm, which gets `--name value`
  waxwing --dir . app.wasm input.txt        and may use the current folder
  waxwing --invoke fac fac.wat 20           call an exported function
)";

constexpr std::string_view kVerbs[] = {"run", "compile", "validate", "inspect", "print", "wast"};

constexpr const char* kFeaturesHelp =
    "Which features modules may use: a set to start from (wasm1, wasm2, wasm3, default, all, "
    "threads-proposal), then +NAME and -NAME, e.g. wasm2,+tail-call";

/// Lays the help out: a line per option, its text in a column of its own, folded.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const override {
    std::string out = app->get_description() + "\n\nusage: " + app->get_name() + "\n\noptions:\n";
    for (const CLI::Option* option : app->get_options())
      if (!option->get_positional() && !option->get_group().empty()) {
        std::string left = "  " + option->get_name(false, true);
        std::replace(left.begin(), left.end(), ',', ' ');
        if (option->get_items_expected_max() > 0) left += " " + option->get_type_name();
        out += entry(left, option->get_description());
      }
    return out + "\n" + app->get_footer();
  }

 private:
  static std::string entry(std::string left, std::string_view text) {
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
};

/// One verb's command line.
class Verb {
 public:
  Verb(const char* usage, const char* description, const char* footer) : app_(description, usage) {
    app_.footer(footer);
    app_.set_help_flag("-h,--help", "Show this");
    app_.formatter(std::make_shared<HelpFormatter>());
    app_.prefix_command();
  }

  void flag(const char* name, bool& value, const char* help) { app_.add_flag(name, value, help); }

  /// A flag for tests, which the help leaves out.
  void hidden_flag(const char* name, bool& value) { app_.add_flag(name, value)->group(""); }

  /// `value` is a string, or an optional one.
  void text(const char* name, const char* type, auto& value, const char* help) {
    add(name, type, help, [&value](const std::string& word) { value = word; });
  }
  void list(const char* name, const char* type, std::vector<std::string>& value, const char* help) {
    app_.add_option(name, value, help)
        ->type_name(type)
        ->type_size(1)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(false);
  }
  /// An option whose value `parse` reads; what is wrong with it is said with the option's name.
  template <class T, class Parse>
  void value(const char* name, const char* type, T& target, Parse parse, const char* help) {
    add(name, type, help, [this, name, &target, parse](const std::string& word) {
      auto parsed = parse(word);
      if (parsed)
        target = *parsed;
      else if (complaint_.empty())
        complaint_ = fmt::format("{}: {}", name, parsed.error());
    });
  }

  /// Reads `words`; what is left from the first word that is no option is in `rest`. On the other
  /// side, an exit code.
  std::expected<void, int> read(std::vector<std::string> words, std::vector<std::string>& rest) {
    std::reverse(words.begin(), words.end());
    try {
      app_.parse(words);
    } catch (const CLI::CallForHelp&) {
      fmt::print("{}", app_.help());
      return std::unexpected(0);
    } catch (const CLI::ArgumentMismatch& wrong) {
      const std::string_view text = wrong.what();
      return usage_error(fmt::format("{}: its value is missing", text.substr(0, text.find(':'))));
    } catch (const CLI::ParseError& wrong) {
      return usage_error(wrong.what());
    }
    if (!complaint_.empty()) return usage_error(complaint_);
    rest = app_.remaining();
    return {};
  }

  /// Reads `words` of a verb that allows options behind its files as well.
  std::expected<void, int> read_anywhere(std::vector<std::string> words,
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
      app_.clear();
    }
  }

  std::unexpected<int> unknown_option(std::string_view word) {
    const std::string_view name = word.substr(0, word.find('='));
    std::vector<std::string> names;
    for (const CLI::Option* option : app_.get_options()) {
      for (const std::string& s : option->get_snames()) names.push_back("-" + s);
      for (const std::string& l : option->get_lnames()) names.push_back("--" + l);
    }
    const std::vector<std::string_view> views(names.begin(), names.end());
    return usage_error(fmt::format("unknown option {}{}", name, did_you_mean(name, views)));
  }

  std::unexpected<int> usage_error(std::string_view text) {
    const std::string name = app_.get_name();
    print_error(text);
    // "waxwing VERB" of the usage line
    const size_t verb_end = name.find(' ', name.find(' ') + 1);
    fmt::print(stderr, "usage: {}\nTry '{} --help'.\n", name, name.substr(0, verb_end));
    return std::unexpected(kExitUsage);
  }

 private:
  /// An option whose value, the last one where it is given several times, goes to `take`.
  template <class Take>
  void add(const char* name, const char* type, const char* help, Take take) {
    app_.add_option(name, CLI::callback_t([take](const CLI::results_t& words) {
                      take(words.back());
                      return true;
                    }),
                    help)
        ->type_name(type)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  }

  CLI::App app_;
  std::string complaint_;
};

std::expected<Validation, std::string> parse_validation(std::string_view word) {
  if (word == "eager") return Validation::eager;
  if (word == "lazy") return Validation::lazy;
  return std::unexpected(fmt::format("'{}' is neither 'eager' nor 'lazy'", word));
}

bool file_exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

std::expected<Command, int> read_run(std::vector<std::string> words, bool verb_given) {
  RunOptions options;
  Verb verb("waxwing run [options] FILE [arguments...]",
            "Runs a WASI program (a command or a reactor), or calls one function of a module.\n"
            "Nothing is reachable for the guest that isn't given to it here.",
            R"(Options stand before FILE; everything behind it belongs to the program.
The exit code is the program's own; 134 after a trap, 1 when the module cannot be
loaded or linked, 2 for a wrong command line.

examples:
  waxwing run --dir . --env LANG=C app.wasm input.txt
  waxwing run --dir /srv/data::/data --timeout 2s --max-memory 256M app.wasm
  waxwing run --invoke fac fac.wat 20
  waxwing run --invoke add add.wasm 1.5 -2
)");
  verb.list("--dir", "HOST[::GUEST]", options.dirs,
            "Give the guest a folder, under the name GUEST (default: HOST). Repeatable");
  verb.list("--env", "K=V", options.environment,
            "Set an environment variable; K alone passes yours on. Repeatable");
  verb.text("--invoke", "NAME", options.invoke,
            "Call the exported function NAME with the arguments behind FILE and print its results");
  verb.list("--link", "NAME=FILE", options.links,
            "Provide the exports of another module under the import name NAME. Repeatable");
  verb.value("--timeout", "TIME", options.timeout_ms, parse_duration,
             "Stop the guest after TIME: 500ms, 2s, 1m; a bare number is in milliseconds");
  verb.value("--fuel", "N", options.fuel, parse_count,
             "Stop the guest after N units of work, one an executed instruction");
  verb.value("--stack-size", "SIZE", options.stack_bytes, parse_size,
             "Bytes for the guest's calls and locals, e.g. 512K (default 8M)");
  verb.value("--max-memory", "SIZE", options.memory_bytes, parse_size,
             "The most that a memory of the guest may grow to, e.g. 256M");
  verb.value("--gc-heap", "SIZE", options.gc_heap_bytes, parse_size,
             "The most that the guest's garbage-collected objects may take (default 4G)");
  verb.flag("--gc-stats", options.gc_stats,
            "Print what the garbage collector has done when the guest ends");
  verb.hidden_flag("--gc-stress", options.gc_stress);
  verb.value("--features", "LIST", options.features, parse_features, kFeaturesHelp);
  verb.value("--validate", "WHEN", options.validation, parse_validation,
             "eager: check everything at load; lazy: each function at its first call (default: "
             "lazy where there is more than 1 MB of code)");
  std::vector<std::string> rest;
  if (auto read = verb.read(std::move(words), rest); !read) return std::unexpected(read.error());
  if (!rest.empty() && rest[0] == "--")
    rest.erase(rest.begin());
  else if (!rest.empty() && rest[0].size() > 1 && rest[0][0] == '-')
    return verb.unknown_option(rest[0]);
  if (rest.empty()) return verb.usage_error("no file given: name the module to run");
  options.file = rest[0];
  rest.erase(rest.begin());
  if (!rest.empty() && rest[0] == "--") rest.erase(rest.begin());
  options.arguments = std::move(rest);
  if (!verb_given && !file_exists(options.file)) {
    const std::string_view near = nearest(options.file, kVerbs);
    if (!near.empty()) {
      error("there is no file and no verb '{}'; did you mean 'waxwing {}'?", options.file, near);
      return std::unexpected(kExitUsage);
    }
  }
  return options;
}

/// One of several words; `values` are what they stand for.
template <class T>
auto parse_word(std::initializer_list<std::pair<std::string_view, T>> words) {
  return [known = std::vector<std::pair<std::string_view, T>>(words)](
             std::string_view word) -> std::expected<T, std::string> {
    std::vector<std::string_view> names;
    std::string all;
    for (const auto& [name, value] : known) {
      if (name == word) return value;
      names.push_back(name);
      all += (all.empty() ? "" : ", ") + std::string(name);
    }
    return std::unexpected(
        fmt::format("'{}' is none of {}{}", word, all, did_you_mean(word, names)));
  };
}

std::expected<Command, int> read_compile(std::vector<std::string> words) {
  CompileOptions options;
  Verb verb(
      "waxwing compile [options] FILE [-o OUTPUT]",
      "Compiles a module ahead of time to an image (.wax), which 'waxwing run' maps and runs.\n"
      "Without --target, for this machine and its processor.",
      R"(An image holds machine code: run only those whose maker you trust.

examples:
  waxwing compile app.wasm -o app.wax && waxwing app.wax
  waxwing compile --cpu=generic app.wasm              for any machine of this kind
  waxwing compile --target=aarch64 app.wasm -o app-arm.wax
  waxwing compile --emit=asm app.wat -o -
)");
  verb.text("-o,--output", "FILE", options.output,
            "Write there; - is standard output (default: FILE's name with .wax, here)");
  verb.text("--target", "NAME", options.target, "What to compile for; 'help' lists what there is");
  verb.text("--cpu", "NAME", options.cpu,
            "The processor: a name of LLVM's, generic, native, or help (default: native without "
            "--target, else generic)");
  verb.text("--cpu-features", "LIST", options.cpu_features,
            "Features of the processor to use or not to, e.g. +avx2,-bmi; 'help' lists them");
  verb.value("-O,--opt-level", "LEVEL", options.level,
             parse_word<char>({{"0", '0'}, {"1", '1'}, {"2", '2'}, {"3", '3'}, {"s", 's'}}),
             "0: compile fast, 1: lightly optimised, 2: fast code (default), 3: faster code, s: "
             "small code");
  verb.value("--emit", "WHAT", options.emit,
             parse_word<unsigned>({{"image", 0u}, {"object", 1u}, {"ir", 2u}, {"asm", 3u}}),
             "image (default), object (ELF), ir (LLVM's), or asm");
  verb.value("--bounds-checks", "HOW", options.explicit_checks,
             parse_word<bool>({{"auto", false}, {"explicit", true}, {"0", false}, {"1", true}}),
             "auto: by guard pages where the target has them; explicit: by comparing");
  verb.value("--traps", "HOW", options.call_traps,
             parse_word<bool>({{"auto", false}, {"call", true}}),
             "auto: by instructions that fault where a handler can tell; call: by calls");
  verb.value("--interrupt", "HOW", options.polls,
             parse_word<bool>({{"auto", false}, {"poll", true}}),
             "auto: by signals where there are any; poll: look at a word in every loop");
  verb.flag("--metering", options.metering, "Count fuel, for 'run --fuel'");
  verb.flag("--deterministic", options.deterministic,
            "One result on every machine: canonical NaNs, fixed relaxed operators");
  verb.flag("--embed-wasm", options.embed_wasm, "Keep the whole module inside the image");
  verb.flag("--checksum", options.checksum, "Put a checksum into the image");
  verb.value("-j,--jobs", "N", options.jobs, parse_count,
             "Threads to use; the output does not depend on it (default: one a core)");
  verb.value("--features", "LIST", options.features, parse_features, kFeaturesHelp);
  std::vector<std::string> files;
  if (auto read = verb.read_anywhere(std::move(words), files); !read)
    return std::unexpected(read.error());
  const bool asks =
      options.target == "help" || options.cpu == "help" || options.cpu_features == "help";
  if (files.empty() && !asks) return verb.usage_error("no file given: name the module to compile");
  if (files.size() > 1) return verb.usage_error("more than one file given: compile takes one");
  if (!files.empty()) options.file = files[0];
  return options;
}

std::expected<Command, int> read_validate(std::vector<std::string> words) {
  ValidateOptions options;
  Verb verb("waxwing validate [options] FILE...",
            "Checks modules, every function body included. Prints nothing where all is well.",
            R"(examples:
  waxwing validate app.wasm lib.wat
  waxwing validate --features=wasm2 app.wasm
)");
  verb.value("--features", "LIST", options.features, parse_features, kFeaturesHelp);
  if (auto read = verb.read_anywhere(std::move(words), options.files); !read)
    return std::unexpected(read.error());
  if (options.files.empty()) return verb.usage_error("no file given: name the modules to check");
  return options;
}

std::expected<Command, int> read_inspect(std::vector<std::string> words) {
  InspectOptions options;
  Verb verb("waxwing inspect [options] FILE",
            "Shows what a module holds: sections, types, imports, exports, memories, tables,\n"
            "custom sections, and the features that it needs.",
            R"(examples:
  waxwing inspect app.wasm
  waxwing inspect --json app.wasm | jq .imports
)");
  verb.flag("--json", options.json, "Print JSON");
  std::vector<std::string> files;
  if (auto read = verb.read_anywhere(std::move(words), files); !read)
    return std::unexpected(read.error());
  if (files.empty()) return verb.usage_error("no file given: name the module to inspect");
  if (files.size() > 1) return verb.usage_error("more than one file given: inspect takes one");
  options.file = files[0];
  return options;
}

std::expected<Command, int> read_print(std::vector<std::string> words) {
  PrintOptions options;
  Verb verb("waxwing print [options] FILE", "Prints a module in the text format.",
            R"(examples:
  waxwing print app.wasm
  waxwing print app.wasm -o app.wat
)");
  verb.text("-o,--output", "FILE", options.output, "Write there instead of to standard output");
  verb.value("--features", "LIST", options.features, parse_features, kFeaturesHelp);
  std::vector<std::string> files;
  if (auto read = verb.read_anywhere(std::move(words), files); !read)
    return std::unexpected(read.error());
  if (files.empty()) return verb.usage_error("no file given: name the module to print");
  if (files.size() > 1) return verb.usage_error("more than one file given: print takes one");
  options.file = files[0];
  return options;
}

std::expected<Command, int> read_wast(std::vector<std::string> words) {
  WastOptions options;
  Verb verb(
      "waxwing wast [options] FILE|DIR...",
      "Runs scripts of the official test suite (.wast); folders are searched for them.",
      R"(Every assertion passes, fails or is skipped; a failing one is printed with its place, what
was expected and what was found. A module or an action outside of an assertion that fails
counts as an error of the script. The last line sums up; the exit code is 1 if any assertion
failed or any script had an error.

examples:
  waxwing wast testsuite/*.wast
  waxwing wast --features=threads-proposal testsuite/proposals/threads
)");
  verb.value("--features", "LIST", options.features, parse_features, kFeaturesHelp);
  verb.flag("--strict-messages", options.strict_messages,
            "Compare the texts of malformed, invalid and unlinkable as well");
  verb.flag("--verbose,-v", options.verbose, "Print the counts of every script");
  verb.flag("--json", options.json, "Print JSON, one entry a script");
  verb.hidden_flag("--gc-stress", options.gc_stress);
  if (auto read = verb.read_anywhere(std::move(words), options.paths); !read)
    return std::unexpected(read.error());
  if (options.paths.empty()) return verb.usage_error("no script given: name files or folders");
  return options;
}

} // namespace

std::expected<Command, int> read_command_line(int count, const char* const* words) {
  std::vector<std::string> all(words + std::min(count, 1), words + count);
  if (all.empty()) {
    fmt::print(stderr, "{}", kHelp);
    return std::unexpected(kExitUsage);
  }
  const std::string first = all[0];
  if (first == "--help" || first == "-h" || first == "help") {
    if (all.size() > 1 && std::ranges::find(kVerbs, all[1]) != std::end(kVerbs)) {
      const char* const again[] = {"", all[1].c_str(), "--help"};
      return read_command_line(3, again);
    }
    fmt::print("{}", kHelp);
    return std::unexpected(0);
  }
  if (first == "--version" || first == "-V" || first == "version") {
    fmt::print("waxwing {}\n", WAXWING_VERSION);
    return std::unexpected(0);
  }
  const bool is_verb = std::ranges::find(kVerbs, first) != std::end(kVerbs);
  if (is_verb) all.erase(all.begin());
  if (first == "compile") return read_compile(std::move(all));
  if (first == "validate") return read_validate(std::move(all));
  if (first == "inspect") return read_inspect(std::move(all));
  if (first == "print") return read_print(std::move(all));
  if (first == "wast") return read_wast(std::move(all));
  return read_run(std::move(all), is_verb);
}

} // namespace waxwing::tool
