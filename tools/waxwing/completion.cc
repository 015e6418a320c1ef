// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Completions for shells, from the option table.
#include <fmt/format.h>
#include <string>
#include <string_view>

#include "waxwing/verbs.hpp"

namespace waxwing::tool {

namespace {

/// What an option's value or a verb's argument is, as far as a shell can complete it.
enum class Values { none, words, folders, files };

Values values_of(const OptionFacts& option) {
  if (!option.choices.empty()) return Values::words;
  const std::string_view type = option.type;
  if (type.find("HOST[") == 0 || type == "DIR") return Values::folders;
  if (type.find("FILE") != std::string_view::npos) return Values::files;
  return Values::none;
}

bool takes_files(const VerbText& verb) {
  return verb.arguments.find("FILE") != std::string_view::npos;
}

std::string verb_names(const std::vector<VerbFacts>& table, std::string_view separator) {
  std::string out;
  for (const VerbFacts& verb : table)
    out += fmt::format("{}{}", out.empty() ? "" : separator, verb.text->name);
  return out;
}

/// `text` with a backslash before each of `special`.
std::string escaped(std::string_view text, std::string_view special) {
  std::string out;
  for (char c : text) {
    if (special.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

/// `text` in single quotes of a POSIX shell.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

std::string bash_script(const std::vector<VerbFacts>& table) {
  std::string cases;
  for (const VerbFacts& verb : table) {
    std::string options;
    std::string values;
    for (const OptionFacts& option : verb.options) {
      for (const std::string& name : option.names) options += name + " ";
      if (option.type.empty()) continue;
      std::string action;
      switch (values_of(option)) {
      case Values::none: break;
      case Values::words:
        action = fmt::format(R"( COMPREPLY=($(compgen -W '{}' -- "$word"));)",
                             fmt::join(option.choices, " "));
        break;
      case Values::folders: action = R"( COMPREPLY=($(compgen -d -- "$word"));)"; break;
      case Values::files: action = R"( COMPREPLY=($(compgen -f -- "$word"));)"; break;
      }
      values += fmt::format("      {}){} return ;;\n", fmt::join(option.names, "|"), action);
    }
    std::string arguments;
    if (!verb.text->choices.empty())
      arguments = fmt::format("compgen -W '{}'", verb.text->choices);
    else if (takes_files(*verb.text))
      arguments = "compgen -f";
    cases += fmt::format("  {})\n    options='{}'\n    arguments=({})\n", verb.text->name, options,
                         arguments);
    if (!values.empty()) cases += "    case $before in\n" + values + "    esac\n";
    cases += "    ;;\n";
  }
  return fmt::format(R"(# Completion of waxwing for bash:  . <(waxwing completion bash)
_waxwing() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} verb=run
  local options
  local -a arguments
  COMPREPLY=()
  # --option=value is three words.
  if [ "$word" = = ]; then
    word=
  elif [ "$before" = = ]; then
    before=${{COMP_WORDS[COMP_CWORD-2]}}
  fi
  if [ "$COMP_CWORD" -gt 1 ]; then
    case ${{COMP_WORDS[1]}} in
    {0}) verb=${{COMP_WORDS[1]}} ;;
    esac
  fi
  case $verb in
{1}  esac
  case $word in
  -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
  *) [ ${{#arguments[@]}} = 0 ] || COMPREPLY=($("${{arguments[@]}}" -- "$word")) ;;
  esac
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY+=($(compgen -W '{2} help' -- "$word"))
  fi
}}
complete -o filenames -F _waxwing waxwing
)",
                     verb_names(table, "|"), cases, verb_names(table, " "));
}

std::string zsh_script(const std::vector<VerbFacts>& table) {
  std::string functions;
  std::string list;
  for (const VerbFacts& verb : table) {
    list += fmt::format("    {}\n", quoted(fmt::format("{}:{}", verb.text->name,
                                                       escaped(verb.text->summary, ":"))));
    functions += fmt::format("_waxwing_{}() {{\n  _arguments -S", verb.text->name);
    for (const OptionFacts& option : verb.options) {
      std::string value;
      if (!option.type.empty()) {
        std::string action;
        switch (values_of(option)) {
        case Values::none: action = " "; break;
        case Values::words: action = fmt::format("({})", fmt::join(option.choices, " ")); break;
        case Values::folders: action = "_directories"; break;
        case Values::files: action = "_files"; break;
        }
        value = fmt::format(":{}:{}", escaped(option.type, ":[]"), action);
      }
      for (const std::string& name : option.names) {
        // `--name=` also takes its value as the next word.
        const bool is_long = name.starts_with("--");
        functions +=
            fmt::format(" \\\n    {}", quoted(fmt::format("*{}{}[{}]{}", name,
                                                          value.empty() ? ""
                                                          : is_long     ? "="
                                                                        : "+",
                                                          escaped(option.help, ":[]\\"), value)));
      }
    }
    if (!verb.text->choices.empty())
      functions += fmt::format(" \\\n    '1: :({})'", verb.text->choices);
    else if (takes_files(*verb.text))
      functions += " \\\n    '*:file:_files'";
    functions += "\n}\n\n";
  }
  return fmt::format(R"(#compdef waxwing
# Completion of waxwing for zsh:  . <(waxwing completion zsh)
{0}_waxwing() {{
  local -a verbs=(
{1}  )
  if (( CURRENT == 2 )); then
    _describe -t verbs verb verbs
    _waxwing_run
    return
  fi
  case $words[2] in
  {2})
    local verb=$words[2]
    shift words
    (( CURRENT-- ))
    _waxwing_$verb
    ;;
  *) _waxwing_run ;;
  esac
}}

if [ "$funcstack[1]" = _waxwing ]; then
  _waxwing "$@"
else
  compdef _waxwing waxwing
fi
)",
                     functions, list, verb_names(table, "|"));
}

std::string fish_script(const std::vector<VerbFacts>& table) {
  const auto text = [](std::string_view from) { return "'" + escaped(from, "\\'") + "'"; };
  const std::string names = verb_names(table, " ");
  std::string out =
      fmt::format("# Completion of waxwing for fish:  waxwing completion fish | source\n"
                  "set -l verbs {}\n",
                  names);
  for (const VerbFacts& verb : table)
    out += fmt::format("complete -c waxwing -n \"not __fish_seen_subcommand_from $verbs\" -a {} "
                       "-d {}\n",
                       verb.text->name, text(verb.text->summary));
  for (const VerbFacts& verb : table) {
    // Without a verb it is `run`.
    std::string when = fmt::format("__fish_seen_subcommand_from {}", verb.text->name);
    if (verb.text->name == "run") when += "; or not __fish_seen_subcommand_from $verbs";
    for (const OptionFacts& option : verb.options) {
      out += fmt::format("complete -c waxwing -n \"{}\"", when);
      for (const std::string& name : option.names)
        out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      if (!option.type.empty()) {
        switch (values_of(option)) {
        case Values::none: out += " -x"; break;
        case Values::words:
          out += fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
          break;
        case Values::folders: out += " -x -a '(__fish_complete_directories)'"; break;
        case Values::files: out += " -r"; break;
        }
      }
      out += fmt::format(" -d {}\n", text(option.help));
    }
    if (!verb.text->choices.empty())
      out += fmt::format("complete -c waxwing -n \"{}\" -f -a '{}'\n", when, verb.text->choices);
  }
  return out;
}

} // namespace

int execute(const CompletionOptions& options) {
  const std::vector<VerbFacts> table = command_table();
  switch (options.shell) {
  case Shell::bash: fmt::print("{}", bash_script(table)); break;
  case Shell::zsh: fmt::print("{}", zsh_script(table)); break;
  case Shell::fish: fmt::print("{}", fish_script(table)); break;
  }
  return 0;
}

} // namespace waxwing::tool
