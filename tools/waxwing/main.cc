// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <cstdio>
#include <exception>
#include <new>
#include <variant>

#include "waxwing/message.hpp"
#include "waxwing/options.hpp"
#include "waxwing/verbs.hpp"

/// The program: reads the command line, then does what the verb says. One file a verb.
int main(int count, char** words) {
  using namespace waxwing::tool;
  // Nothing is thrown but for want of memory.
  try {
    // What is asked for: options.cc, and units.cc for times, sizes and features. Help, version and
    // a wrong command line end here.
    const auto command = read_command_line(count, words);
    if (!command) return command.error();

    // run.cc       load, link, call `_start` or the function asked for
    // compile.cc   ahead-of-time compilation to an image
    // validate.cc  decode and check
    // inspect.cc   show what a module holds
    // print.cc     binary to text
    // wast.cc      scripts of the official test suite
    return std::visit([](const auto& options) { return execute(options); }, *command);
  } catch (const std::bad_alloc&) {
    std::fputs("waxwing: error: out of memory\n", stderr);
    return kExitError;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "waxwing: error: %s\n", failure.what());
    return kExitError;
  }
}
