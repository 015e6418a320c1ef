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

constexpr std::string_view kTop =
    "\n#include <stddef.h>\n#include <stdint.h>\n\n"
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
  WAXWING_EXIT = 3,
  /* An import is missing or of another type: there is no instance. */
  WAXWING_UNLINKABLE = 4,
  /* It could not be tried: no such export, other arguments, a limit, no memory. */
  WAXWING_REFUSED = 5
};

/* The types of values; of a reference, what it may refer to: functions, whatever comes from outside,
   the module's own objects, exceptions. */
enum waxwing_type {
  WAXWING_I32 = 0,
  WAXWING_I64 = 1,
  WAXWING_F32 = 2,
  WAXWING_F64 = 3,
  WAXWING_V128 = 4,
  WAXWING_FUNCREF = 5,
  WAXWING_EXTERNREF = 6,
  WAXWING_ANYREF = 7,
  WAXWING_EXNREF = 8
};

/* What a reference refers to. */
enum waxwing_object {
  WAXWING_NULL = 0,
  WAXWING_FUNCTION = 1,
  WAXWING_I31 = 2,
  WAXWING_STRUCT = 3,
  WAXWING_ARRAY = 4,
  WAXWING_EXCEPTION_OBJECT = 5,
  WAXWING_HOST = 6
};

/* A value of any type. What a reference refers to may go away at the next call, unless the module
   holds it or waxwing_native_store_keep does. */
struct waxwing_value {
  int32_t type;
  /* A waxwing_object, set where it comes out of the module. */
  int32_t object;
  union {
    int32_t i32;
    int64_t i64;
    float f32;
    double f64;
    uint8_t v128[16];
    void *ref;
  } of;
};

/* A folder that an instance may use, under the name `guest` (NULL: as `host`). */
struct waxwing_directory {
  const char *host;
  const char *guest;
  int32_t read_only;
};

/* Where several instances are, of one module or of several, which import from each other and pass
   references around. Used by one thread at a time. Its functions are those of the runtime: they are
   there in programs with static libraries or objects, and where shared libraries have been made with
   --share-runtime. */
typedef struct waxwing_store waxwing_store;

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
  /* What $_instance_user gives back. */
  void *user;
  /* The most bytes of objects that are garbage-collected (0: 4 GiB), the most elements of a table (0:
     10,000,000), and milliseconds that each call may take, the making of the instance included (0: any
     number). */
  uint64_t gc_heap_bytes;
  uint64_t table_elements;
  uint64_t timeout_ms;
  /* Where the instance is made, with the limits of that; NULL: in a store of its own. An instance in a
     store lasts as long as the store, whether it is freed or not. */
  waxwing_store *store;
  /* Where a waxwing_status is put if there is no instance; may be NULL. */
  int32_t *status;
};

)"
    "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n"
    R"(/* Makes a store; of its configuration, the limits count. NULL where that can't be: then `error` says
   why, as for instances. Both may be NULL. */
waxwing_store *waxwing_native_store_new(const struct waxwing_config *config, char *error,
                                        size_t error_size);
/* Ends a store and the instances in it. Their libraries must still be loaded. NULL is none. */
void waxwing_native_store_free(waxwing_store *store);
/* Gives all exports of `instance` to the instances that are made later: under `module`, the name that
   they import from, `size` bytes. Of an instance of another store: its shared memories. */
int32_t waxwing_native_store_define(waxwing_store *store, const char *module, size_t size,
                                    void *instance);
/* A reference (WAXWING_EXTERNREF) to something of the program; NULL where there is no memory. */
void *waxwing_native_store_reference(waxwing_store *store, void *data);
/* What it has been made of; NULL for any other reference. */
void *waxwing_native_store_data(waxwing_store *store, void *reference);
/* Keeps what is referred to until it is released as often; 0 where there is no memory for that. */
int32_t waxwing_native_store_keep(waxwing_store *store, void *reference);
void waxwing_native_store_release(waxwing_store *store, void *reference);
)"
    "\n#ifdef __cplusplus\n}\n#endif\n"
    "\n#endif\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n"
    R"(
/* An instance of the module: its memory, globals and tables. Any number of them may be there, each
   used by one thread at a time. */
typedef struct $_instance $_instance;

/* Makes an instance, and runs its start function and _initialize where it has those. NULL where that
   can't be: then up to `error_size` bytes of `error` say why, ended by a zero; it may be NULL.
   `config` may be NULL, and is not looked at later. */
$_instance *$_instance_new(const struct waxwing_config *config, char *error, size_t error_size);
/* Ends an instance; NULL is none. One that is in a store of several ends with that. */
void $_instance_free($_instance *instance);
/* Why the last call that failed has failed, with a trace; until the next call. */
const char *$_instance_error($_instance *instance);
/* `user` of its configuration. */
void *$_instance_user($_instance *instance);
/* For functions that the module imports: once the function returns, the module is stopped by a trap
   with this message, which is copied. */
void $_instance_trap($_instance *instance, const char *message);
/* Calls any exported function by its name, `size` bytes. `result_count` is how many results there is
   room for, then how many there are. Returns a waxwing_status. */
int32_t $_instance_call($_instance *instance, const char *name, size_t size,
                        const struct waxwing_value *arguments, size_t argument_count,
                        struct waxwing_value *results, size_t *result_count);
/* Exported globals by their names. Return WAXWING_OK or WAXWING_REFUSED. */
int32_t $_instance_get_global($_instance *instance, const char *name, size_t size,
                              struct waxwing_value *value);
int32_t $_instance_set_global($_instance *instance, const char *name, size_t size,
                              const struct waxwing_value *value);
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
    out += "/* " + harmless(left) + ": left out, as C has no references and no vectors; " + prefix +
           "_instance_call calls it */\n";
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
