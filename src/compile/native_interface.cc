// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/native_interface.hpp"

#include <algorithm>
#include <set>

namespace waxwing::compile {

namespace {

bool is_number(ValType type) { return type.is_numeric(); }

bool is_of_c(const DefType& type) {
  return std::ranges::all_of(type.params, is_number) &&
         std::ranges::all_of(type.results, is_number);
}

/// Names of C, each once.
class Names {
 public:
  explicit Names(std::string_view prefix) : prefix_(prefix) {
    for (const char* own :
         {"new", "free", "error", "memory", "trap", "user", "call", "get_global", "set_global"})
      taken_.insert(prefix_ + "_instance_" + own);
    taken_.insert(prefix_ + "_instance");
  }

  std::string take(std::string_view words) {
    std::string name = prefix_ + '_';
    for (const char c : words) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      name += plain ? c : '_';
    }
    std::string free = name;
    for (unsigned number = 2; !taken_.insert(free).second; ++number)
      free = name + '_' + std::to_string(number);
    return free;
  }

 private:
  std::string prefix_;
  std::set<std::string> taken_;
};

constexpr std::string_view kWasiFunctions[] = {
#define WAX_WASI(result, name, parameters) #name,
#include "wasi/functions.def"
#undef WAX_WASI
};

bool is_shared_memory(const waxwing::Module& wasm, const Import& import) {
  return import.kind == ExternKind::memory && wasm.memories[import.index].limits.shared;
}
bool is_of_wasi(const Import& import) {
  return import.kind == ExternKind::func &&
         (import.module == "wasi_snapshot_preview1" || import.module == "wasi_unstable");
}
bool is_spawn(const Import& import) {
  return import.kind == ExternKind::func && import.module == "wasi" &&
         import.name == "thread-spawn";
}

/// Whether another instance provides the import.
bool is_of_instance(const waxwing::Module& wasm, const Import& import,
                    std::span<const std::string_view> instances) {
  if (std::ranges::find(instances, import.module) != instances.end()) return true;
  if (std::ranges::find(instances, "*") == instances.end() || is_of_wasi(import)) return false;
  return std::ranges::none_of(wasm.imports, is_spawn);
}

CFunction c_function(const waxwing::Module& wasm, FuncIndex index, std::string_view name) {
  const DefType& type = wasm.type_of(index);
  CFunction out;
  out.function = index;
  out.name = name;
  out.params.assign(type.params.begin(), type.params.end());
  out.results.assign(type.results.begin(), type.results.end());
  return out;
}

} // namespace

Outcome<CInterface> c_interface(const waxwing::Module& wasm, std::string_view prefix,
                                std::span<const std::string_view> instances) {
  CInterface out;
  out.prefix = prefix;
  Names names(prefix);
  std::set<std::string> known;
  for (const Import& import : wasm.imports) {
    if (is_of_instance(wasm, import, instances)) continue;
    const std::string whole = std::string(import.module) + '.' + std::string(import.name);
    if (is_spawn(import) || is_shared_memory(wasm, import)) {
      out.makes_threads = true;
      continue;
    }
    if (is_of_wasi(import)) {
      if (std::ranges::find(kWasiFunctions, import.name) == std::end(kWasiFunctions))
        return failure("import " + whole + ": WASI has no function of that name");
      if (std::ranges::find(out.wasi, import.name) == out.wasi.end())
        out.wasi.emplace_back(import.name);
      continue;
    }
    if (prefix.empty())
      return failure("import " + whole +
                     ": an executable has WASI to import from and nothing else; a program in C or "
                     "C++ can supply functions to a library (--emit=static)");
    if (import.kind != ExternKind::func)
      return failure("import " + whole +
                     ": C functions can be supplied, and nothing else; with --instance another "
                     "instance provides it");
    if (!is_of_c(wasm.type_of(import.index)))
      return failure("import " + whole +
                     ": its type has references or vectors, which C functions have not; with "
                     "--instance another instance provides it");
    // The same function imported twice is one for the linker.
    if (!known.insert(whole).second) continue;
    CFunction function = c_function(wasm, import.index, import.name);
    function.module = import.module;
    function.symbol = names.take("import_" + function.module + '_' + function.name);
    out.imports.push_back(std::move(function));
  }
  for (const Export& item : wasm.exports) {
    if (item.kind == ExternKind::memory && item.name == "memory") out.memory = item.index;
    if (item.kind != ExternKind::func || prefix.empty()) continue;
    if (!is_of_c(wasm.type_of(item.index))) {
      out.left_out.emplace_back(item.name);
      continue;
    }
    out.exports.push_back(c_function(wasm, item.index, item.name));
    out.exports.back().symbol = names.take(item.name);
  }
  return out;
}

const char* c_type(ValType type) {
  switch (type.code()) {
  case val::i32.code(): return "int32_t";
  case val::i64.code(): return "int64_t";
  case val::f32.code(): return "float";
  default: return "double";
  }
}

} // namespace waxwing::compile
