// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The manual page waxwing(1), from the option table.
#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <string>
#include <string_view>

#include "waxwing/verbs.hpp"

namespace waxwing::tool {

namespace {

/// Text as roff has it: no line is taken for a request, and hyphens stay what they are.
std::string roff(std::string_view text) {
  std::string out;
  bool line_begins = true;
  for (char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
    line_begins = c == '\n';
  }
  return out;
}

std::string capitals(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::toupper(c); });
  return out;
}

std::string option_entry(const OptionFacts& option) {
  std::string names;
  for (const std::string& name : option.names)
    names += fmt::format("{}\\fB{}\\fR", names.empty() ? "" : ", ", roff(name));
  if (!option.type.empty()) names += fmt::format(" \\fI{}\\fR", roff(option.type));
  return fmt::format(".TP\n{}\n{}\n", names, roff(option.help));
}

/// Paragraphs as they are; lines that are set in stay lines.
std::string footer(std::string_view text) {
  std::string out;
  bool listing = false;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool set_in = line.starts_with("  ");
    if (set_in != listing) out += set_in ? ".nf\n" : ".fi\n";
    listing = set_in;
    out += line.empty() ? std::string(".PP\n") : roff(line) + "\n";
  }
  if (listing) out += ".fi\n";
  return out;
}

} // namespace

int execute(const ManualOptions&) {
  const std::vector<VerbFacts> table = command_table();
  fmt::print(".TH WAXWING 1 \"\" \"waxwing {}\" \"User Commands\"\n", WAXWING_VERSION);
  fmt::print(".SH NAME\nwaxwing \\- run and examine WebAssembly\n.SH SYNOPSIS\n");
  for (const VerbFacts& verb : table)
    fmt::print(".br\n\\fBwaxwing {}\\fR {}\n", verb.text->name, roff(verb.text->arguments));
  fmt::print(".SH DESCRIPTION\nWaxwing runs WebAssembly modules, in the binary or the text format, "
             "outside of a browser.\nA file without a verb is run.\n");
  for (const VerbFacts& verb : table) {
    fmt::print(".SH {}\n\\fBwaxwing {}\\fR {}\n.PP\n{}\n", capitals(verb.text->name),
               verb.text->name, roff(verb.text->arguments), roff(verb.text->description));
    for (const OptionFacts& option : verb.options) fmt::print("{}", option_entry(option));
    fmt::print(".PP\n{}", footer(verb.text->footer));
  }
  fmt::print(".SH EXIT STATUS\n.TP\nthe program's own\nwhere it ran to its end: 0, or what it "
             "gave to proc_exit\n.TP\n134\na trap, or time, fuel or stack ran out\n.TP\n1\nthe "
             "module cannot be read, loaded or linked, or a check failed\n.TP\n2\nthe command line "
             "is wrong\n.SH ENVIRONMENT\n.TP\nNO_COLOR\nno colour in messages where it is "
             "not empty\n");
  return 0;
}

} // namespace waxwing::tool
