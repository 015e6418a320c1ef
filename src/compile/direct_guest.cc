// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/direct_guest.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/reader.hpp"
#include "compile/const_expression.hpp"
#include "compile/native_interface.hpp"
#include "compile/signature.hpp"
#include "wasm/instruction.hpp"
#include "wasm/names.hpp"

namespace waxwing::compile {

namespace {

constexpr std::string_view kWrapper = ".command_export";

bool is_of_c(const DefType& type) {
  return type.results.size() <= 1 &&
         std::ranges::all_of(type.params, [](ValType t) { return t.is_numeric(); }) &&
         std::ranges::all_of(type.results, [](ValType t) { return t.is_numeric(); });
}

/// Functions that a body calls directly, in its order.
std::vector<FuncIndex> calls_of(const waxwing::Module& wasm, FuncIndex function) {
  std::vector<FuncIndex> calls;
  const ByteRange body = wasm.functions[function].body;
  ByteReader reader(wasm.slice(body), body.offset);
  const auto groups = reader.leb_u32();
  for (uint32_t i = 0; groups && i < *groups; ++i) {
    (void)reader.leb_u32();
    (void)read_val_type(reader, wasm.features);
  }
  for (waxwing::Instruction at; !reader.at_end();) {
    if (!read_instruction(reader, wasm.features, at)) break;
    if (at.op == Op::call || at.op == Op::return_call) calls.push_back(at.x);
  }
  return calls;
}

std::string import_name(const Import& import) {
  return "import " + std::string(import.module) + '.' + std::string(import.name);
}

} // namespace

bool is_identifier(std::string_view word) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !word.empty() && is_letter(word[0]) &&
         std::ranges::all_of(word, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

std::optional<uint64_t> constant_bits(const waxwing::Module& wasm, ConstExpr expr) {
  const auto value = only_operator(wasm, expr);
  if (!value) return std::nullopt;
  switch (value->op) {
  case Op::i32_const: return static_cast<uint32_t>(value->i32);
  case Op::i64_const: return static_cast<uint64_t>(value->i64);
  case Op::f32_const: return value->f32;
  case Op::f64_const: return value->f64;
  default: return std::nullopt;
  }
}

Outcome<DirectGuest> DirectGuest::make(const waxwing::Module& wasm, std::string_view prefix) {
  DirectGuest made(wasm);
  TRY(made.check_features());
  made.relocations_ = TRY(read_relocations(wasm));
  for (const GuestSymbol& symbol : made.relocations_.symbols)
    if (symbol.kind == SymbolKind::global && symbol.name == "__stack_pointer")
      made.stack_pointer_ = symbol.index;
  made.read_names();
  TRY(made.bind_imports());
  made.find_constructors();
  TRY(made.find_exports(prefix));
  made.find_main();
  made.fill_table();
  return made;
}

Outcome<void> DirectGuest::check_features() const {
  constexpr const char* kHow = "compile the guest with --target=wasm64-unknown-unknown";
  const waxwing::Module& wasm = *wasm_;
  for (const MemoryType& memory : wasm.memories) {
    if (!memory.limits.is64)
      return failure(std::string("its memory has addresses of 32 bits, and those of this machine "
                                 "have 64: ") +
                     kHow);
    if (memory.limits.shared)
      return failure(
          "it is a guest with threads (its memory is shared), which is not taken without "
          "a sandbox: compile it without -pthread and -matomics; threads of the host may "
          "call it");
  }
  if (wasm.memories.size() > 1)
    return failure("it has several memories, and without a sandbox there is one: the machine's");
  if (!wasm.tags.empty())
    return failure("it has exceptions, which are not taken without a sandbox: compile it with "
                   "-fno-exceptions");
  for (const DefType& type : wasm.types)
    if (type.kind != TypeKind::func)
      return failure("it has garbage-collected objects, which are not taken without a sandbox");
  for (const Import& import : wasm.imports) {
    const std::string name = import_name(import);
    if (import.kind == ExternKind::global)
      return failure(name +
                     ": a global can't be imported without a sandbox: link the guest without "
                     "-shared and -pie");
    if (import.kind == ExternKind::func && import.module.starts_with("wasi"))
      return failure(name + ": there is no WASI without a sandbox, and the C library of the host "
                            "instead: build the guest with -nostdlib and the headers of "
                            "share/waxwing/nosandbox, for wasm64-unknown-unknown");
  }
  for (const DataSegment& segment : wasm.data)
    if (segment.mode != SegmentMode::active || !constant_bits(wasm, segment.offset))
      return failure(
          "it has a data segment without an address of its own: link it without -shared, "
          "-pie and --shared-memory");
  return {};
}

void DirectGuest::read_names() {
  names_.resize(wasm_->functions.size());
  ModuleNames names(*wasm_);
  for (FuncIndex i = 0; i < names_.size(); ++i) names_[i] = names.function(i);
  for (const GuestSymbol& symbol : relocations_.symbols)
    if (symbol.kind == SymbolKind::function && !symbol.name.empty() && names_[symbol.index].empty())
      names_[symbol.index] = symbol.name;
}

Outcome<void> DirectGuest::bind_imports() {
  std::map<std::string, FuncIndex> bound_to;
  for (const Import& import : wasm_->imports) {
    if (import.kind != ExternKind::func) continue;
    const DefType& type = wasm_->type_of(import.index);
    HostImport bound;
    bound.known = import.module == "env" ? find_host_function(import.name) : nullptr;
    const std::string name = import_name(import);
    if (bound.known != nullptr) {
      if (bound.known->kind == HostKind::refused)
        return failure(name +
                       ": this function of the C library can't be called without a sandbox: " +
                       bound.known->text);
      if (!has_type(*bound.known, type))
        return failure(name + ": it is declared as " + type_text(type) +
                       ", and the C library has " + type_text(*bound.known) + ": include <" +
                       bound.known->text + "> of share/waxwing/nosandbox/include");
      bound.symbol = bound.known->symbol();
    } else {
      if (!is_of_c(type))
        return failure(
            name + ": its type " + type_text(type) +
            " has several results, references or vectors, which functions of C have not");
      if (!is_identifier(import.name))
        return failure(name + ": that is no name of a function of C");
      if (import.name == "main" || import.name == "_start")
        return failure(name + ": that is where programs begin, and no function to call");
      bound.symbol = import.name;
    }
    const auto [first, is_new] = bound_to.emplace(bound.symbol, import.index);
    if (!is_new && type_text(wasm_->type_of(first->second)) != type_text(type))
      return failure(name + ": it is imported as " + type_text(type) + " and as " +
                     type_text(wasm_->type_of(first->second)));
    imports_.push_back(std::move(bound));
  }
  return {};
}

void DirectGuest::find_constructors() {
  // By the convention of reactors, this is called first and calls them.
  if (const Export* const first = wasm_->find_export("_initialize");
      first != nullptr && first->kind == ExternKind::func &&
      first->index >= wasm_->imported_functions && wasm_->type_of(first->index).params.empty() &&
      wasm_->type_of(first->index).results.empty()) {
    constructors_ = first->index;
    return;
  }
  const auto calls = [this](FuncIndex function, FuncIndex callee) {
    const std::vector<FuncIndex> all = calls_of(*wasm_, function);
    return std::ranges::find(all, callee) != all.end();
  };
  const auto found = std::ranges::find(names_, std::string_view("__wasm_call_ctors"));
  if (found == names_.end()) return;
  linker_constructors_ = static_cast<FuncIndex>(found - names_.begin());
  if (linker_constructors_ < wasm_->imported_functions) return;
  if (calls_of(*wasm_, linker_constructors_).empty()) return;
  // Where the guest calls them itself, it is its own affair; what the linker has put around exports
  // is taken away again.
  for (FuncIndex i = wasm_->imported_functions; i < wasm_->functions.size(); ++i)
    if (!names_[i].ends_with(kWrapper) && calls(i, linker_constructors_)) return;
  constructors_ = linker_constructors_;
}

/// The linker has made a wrapper around each export where there are constructors: a call of those,
/// one of the function, and maybe one of what ends the program.
FuncIndex DirectGuest::without_wrapper(FuncIndex function) const {
  if (constructors_ == kNoIndex || !names_[function].ends_with(kWrapper)) return function;
  const std::vector<FuncIndex> calls = calls_of(*wasm_, function);
  if (calls.size() < 2 || calls[0] != constructors_) return function;
  return wasm_->functions[calls[1]].type == wasm_->functions[function].type ? calls[1] : function;
}

Outcome<void> DirectGuest::find_exports(std::string_view prefix) {
  std::set<std::string> taken;
  for (const Export& item : wasm_->exports) {
    if (item.kind != ExternKind::func) continue;
    std::string symbol =
        (prefix.empty() ? std::string() : std::string(prefix) + '_') + std::string(item.name);
    // What starts programs belongs to the host's C library.
    const bool starts = item.name == "_start" || item.name == "_initialize" ||
                        item.name == "main" || item.name.starts_with("__");
    if (starts || !is_identifier(symbol) || !is_of_c(wasm_->type_of(item.index)) ||
        item.index < wasm_->imported_functions) {
      if (!starts) left_out_.emplace_back(item.name);
      continue;
    }
    if (taken.insert(symbol).second)
      exports_.push_back({std::move(symbol), without_wrapper(item.index)});
  }
  for (const HostImport& import : imports_)
    if (taken.contains(import.symbol))
      return failure("it exports a function '" + import.symbol +
                     "' and imports one of that name: give the exports another with --prefix");
  return {};
}

void DirectGuest::find_main() {
  const auto is = [&](FuncIndex function, std::string_view params, std::string_view results) {
    const DefType& type = wasm_->type_of(function);
    return signature_name(type.params, type.results) ==
           std::string(params) + ':' + std::string(results);
  };
  const auto take = [&](FuncIndex index, std::string_view name) {
    const FuncIndex function = without_wrapper(index);
    if (function < wasm_->imported_functions || main_) return;
    if (name == "_start" && is(function, "", ""))
      main_ = DirectMain::start;
    else if (name == "_start")
      return;
    else if (is(function, "il", "i"))
      main_ = DirectMain::arguments;
    else if (is(function, "", "i"))
      main_ = DirectMain::plain;
    else
      return;
    main_function_ = function;
  };
  constexpr std::string_view kStarts[] = {"_start", "__main_argc_argv", "main", "__main_void",
                                          "__original_main"};
  for (const std::string_view name : kStarts)
    if (const Export* const found = wasm_->find_export(name);
        found != nullptr && found->kind == ExternKind::func)
      take(found->index, name);
  for (const std::string_view name : kStarts)
    for (FuncIndex i = wasm_->imported_functions; i < names_.size(); ++i)
      if (names_[i] == name) take(i, name);
}

void DirectGuest::fill_table() {
  for (const ElemSegment& segment : wasm_->elements) {
    if (segment.mode != SegmentMode::active || segment.table != 0) continue;
    const auto start = constant_bits(*wasm_, segment.offset);
    if (!start) continue;
    table_start_ = *start;
    table_.assign(segment.functions.begin(), segment.functions.end());
    return; // linkers make one
  }
}

FuncIndex DirectGuest::function_in_table(uint64_t index) const {
  if (index < table_start_ || index - table_start_ >= table_.size()) return kNoIndex;
  return table_[index - table_start_];
}

std::optional<uint64_t> DirectGuest::guest_address(const GuestSymbol& symbol) const {
  if (symbol.is_undefined()) return std::nullopt;
  if (symbol.is_absolute()) return symbol.offset;
  return constant_bits(*wasm_, wasm_->data[symbol.index].offset).value_or(0) + symbol.offset;
}

std::string direct_header(const DirectGuest& guest, std::string_view name) {
  const waxwing::Module& wasm = guest.wasm();
  std::string plain;
  for (const char c : name) plain += c == '*' || c == '/' ? '_' : c;
  std::string out =
      "/* Functions of " + plain +
      ", made by waxwing native --no-sandbox. An int64_t may be an address: where it is,\n"
      "   a declaration with a pointer is as good. */\n"
      "#pragma once\n#include <stdint.h>\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n";
  const auto declare = [&](const std::string& symbol, FuncIndex function) {
    const DefType& type = wasm.type_of(function);
    out +=
        std::string(type.results.empty() ? "void" : c_type(type.results[0])) + ' ' + symbol + '(';
    for (size_t i = 0; i < type.params.size(); ++i)
      out += (i == 0 ? "" : ", ") + std::string(c_type(type.params[i]));
    out += type.params.empty() ? "void);\n" : ");\n";
  };
  for (const DirectExport& item : guest.exports()) declare(item.symbol, item.function);
  bool is_first = true;
  for (FuncIndex i = 0; i < guest.imports().size(); ++i) {
    if (guest.imports()[i].known != nullptr) continue;
    if (is_first) out += "\n/* What the program that it is linked into supplies. */\n";
    is_first = false;
    declare(guest.imports()[i].symbol, i);
  }
  for (const std::string& left : guest.left_out()) {
    std::string word;
    for (const char c : left) word += (c >= ' ' && c < 0x7F && c != '*' && c != '/') ? c : '_';
    out += "/* " + word + ": left out, as C has no function of that name or type */\n";
  }
  return out + "#ifdef __cplusplus\n}\n#endif\n";
}

} // namespace waxwing::compile
