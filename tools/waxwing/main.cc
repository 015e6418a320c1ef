// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <cstdio>
#include <exception>
#include <new>
#include <variant>

#include "platform/file.hpp"
#include "waxwing/message.hpp"
#include "waxwing/options.hpp"
#include "waxwing/verbs.hpp"

/// The program: reads the command line, then does what the verb says. One file a verb.
int main(int count, char** words) {
  using namespace waxwing::tool;
  // A file beyond `ulimit -f` is an error that the guest hears of, instead of the end of
  // everything.
  waxwing::platform::ignore_file_size_signal();
  // Nothing is thrown but for want of memory.
  try {
    // What is asked for: options.cc is the table of verbs and options, command_line.cc reads words
    // by it. Help and a wrong command line end here.
    const auto command = read_command_line(count, words);
    if (!command) return command.error();

    // run.cc       load, link, call `_start` or the function asked for
    // compile.cc   ahead-of-time compilation to an image
    // validate.cc  decode and check
    // inspect.cc   show what a module holds
    // print.cc     binary to text
    // wast.cc      scripts of the official test suite
    // symbolize.cc functions and lines of a trace
    // completion.cc, manual.cc, version.cc   what the option table and the build say of themselves
    return std::visit([](const auto& options) { return execute(options); }, *command);
  } catch (const std::bad_alloc&) {
    std::fputs("waxwing: error: out of memory\n", stderr);
    return kExitError;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "waxwing: error: %s\n", failure.what());
    return kExitError;
  }
}
