// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <string>

#include "compile/native_interface.hpp"

namespace waxwing::compile {

namespace {

/// Text of a module inside a comment of C.
std::string harmless(std::string_view words) {
  std::string out;
  for (size_t i = 0; i < words.size(); ++i) {
    const char c = words[i];
    const bool ends = c == '/' && i != 0 && words[i - 1] == '*';
    out += static_cast<unsigned char>(c) < 0x20 || ends || c == '\\' ? '?' : c;
  }
  return out;
}

/// `$` in `text` is the prefix.
std::string with_prefix(std::string_view text, const std::string& prefix) {
  std::string out;
  for (const char c : text) {
    if (c == '$')
      out += prefix;
    else
      out += c;
  }
  return out;
}

constexpr std::string_view kTop = "\n#include <stddef.h>\n#include <stdint.h>\n\n"
                                  "#ifndef WAXWING_NATIVE_H\n#define WAXWING_NATIVE_H\n"
                                  R"(
/* How a call has ended. */
enum waxwing_status {
  WAXWING_OK = 0,
  /* A trap: $_instance_error says which and where. */
  WAXWING_TRAP = 1,
  /* An exception that the module did not catch. */
  WAXWING_EXCEPTION = 2,
  /* The module has ended itself by WASI's proc_exit. */
  WAXWING_EXIT = 3
};

/* A folder that an instance may use, under the name `guest` (NULL: as `host`). */
struct waxwing_directory {
  const char *host;
  const char *guest;
  int32_t read_only;
};

/* What an instance is given; all of it may be zero. */
struct waxwing_config {
  /* Ended by NULL, the program's name first. */
  const char *const *arguments;
  /* "NAME=VALUE", ended by NULL. */
  const char *const *environment;
  /* Ended by one whose host is NULL. */
  const struct waxwing_directory *directories;
  /* The most bytes of one memory, and bytes for calls; 0: no limit, and 8 MiB. */
  uint64_t memory_bytes;
  uint64_t stack_bytes;
  /* What waxwing_instance_user gives back. */
  void *user;
};
)"
                                  "\n#endif\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n"
                                  R"(
/* An instance of the module: its memory, globals and tables. Any number of them may be there, each
   used by one thread at a time. */
typedef struct $_instance $_instance;

/* Makes an instance, and runs its start function and _initialize where it has those. NULL where that
   can't be: then up to `error_size` bytes of `error` say why, ended by a zero; it may be NULL.
   `config` may be NULL, and is not looked at later. */
$_instance *$_instance_new(const struct waxwing_config *config, char *error, size_t error_size);
/* Ends an instance; NULL is none. */
void $_instance_free($_instance *instance);
/* Why the last call that failed has failed, with a trace; until the next call. */
const char *$_instance_error($_instance *instance);
/* `user` of its configuration. */
void *$_instance_user($_instance *instance);
/* For functions that the module imports: once the function returns, the module is stopped by a trap
   with this message, which is copied. */
void $_instance_trap($_instance *instance, const char *message);
)";

constexpr std::string_view kMemory =
    R"(/* The exported memory, and its size in bytes where `size` is not NULL. It may move when the module
   runs. */
uint8_t *$_instance_memory($_instance *instance, size_t *size);
)";

constexpr std::string_view kExports = R"(
/* The module's functions. They return a waxwing_status; results are written where it is WAXWING_OK. */
)";

constexpr std::string_view kImports = R"(
/* What the module imports: supply these. They are called on the thread that calls the module. */
)";

void add_params(std::string& out, const CFunction& function, const std::string& prefix) {
  out += "(" + prefix + "_instance *instance";
  for (size_t i = 0; i < function.params.size(); ++i)
    out += std::string(", ") + c_type(function.params[i]) + " p" + std::to_string(i);
}

void add_results(std::string& out, const CFunction& function) {
  for (size_t i = 0; i < function.results.size(); ++i)
    out += std::string(", ") + c_type(function.results[i]) + " *r" + std::to_string(i);
}

} // namespace

std::string c_header(const CInterface& interface, std::string_view name) {
  const std::string& prefix = interface.prefix;
  std::string out = "/* Made by waxwing from " + harmless(name) + ". */\n";
  out += "#ifndef " + prefix + "_WAXWING_H\n#define " + prefix + "_WAXWING_H\n";
  out += with_prefix(kTop, prefix);
  if (interface.memory) out += with_prefix(kMemory, prefix);
  if (!interface.exports.empty()) out += kExports;
  for (const CFunction& function : interface.exports) {
    out += "/* " + harmless(function.name) + " */\nint32_t " + function.symbol;
    add_params(out, function, prefix);
    add_results(out, function);
    out += ");\n";
  }
  for (const std::string& left : interface.left_out)
    out += "/* " + harmless(left) + ": left out, as C has no references and no vectors */\n";
  if (!interface.imports.empty()) out += kImports;
  for (const CFunction& function : interface.imports) {
    const bool returns = function.results.size() == 1;
    out += "/* " + harmless(function.module) + "." + harmless(function.name) + " */\n";
    out += std::string(returns ? c_type(function.results[0]) : "void") + " " + function.symbol;
    add_params(out, function, prefix);
    if (!returns) add_results(out, function);
    out += ");\n";
  }
  out += "\n#ifdef __cplusplus\n}\n#endif\n#endif\n";
  return out;
}

} // namespace waxwing::compile
