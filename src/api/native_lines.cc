// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Source lines for the traces of native programs.
#include <algorithm>
#include <map>

#include "api/convert.hpp"
#include "base/reader.hpp"
#include "wasm/instruction.hpp"
// Behind the core, like the other public headers.
#include <waxwing/native.hpp>

namespace waxwing::inline v0 {

namespace {

/// Whether it neither traps nor calls. The most frequent ones only: one too many in the table costs
/// room, one too few its line.
bool is_silent(Op op) {
  const auto within = [op](Op first, Op last) { return op >= first && op <= last; };
  if (within(Op::i32_div_s, Op::i32_rem_u) || within(Op::i64_div_s, Op::i64_rem_u)) return false;
  if (within(Op::i32_trunc_f32_s, Op::i32_trunc_f64_u)) return false;
  if (within(Op::i64_trunc_f32_s, Op::i64_trunc_f64_u)) return false;
  return within(Op::i32_const, Op::i64_extend32_s) || within(Op::local_get, Op::local_tee) ||
         op == Op::drop || op == Op::block || op == Op::end;
}

/// The offsets of the instructions of a valid module that a trace can show, in their order, and of
/// the first of each function, where it is when its frame does not fit onto the stack.
std::vector<uint32_t> shown_offsets(const core::Module& module) {
  std::vector<uint32_t> offsets;
  for (FuncIndex i = module.imported_functions; i < module.functions.size(); ++i) {
    const ByteRange body = module.functions[i].body;
    offsets.push_back(body.offset);
    ByteReader reader(module.slice(body), body.offset);
    const auto groups = reader.leb_u32();
    for (uint32_t group = 0; groups && group < *groups; ++group) {
      (void)reader.leb_u32();
      (void)read_val_type(reader, module.features);
    }
    bool is_first = true;
    for (Instruction at; !reader.at_end() && read_instruction(reader, module.features, at);
         is_first = false)
      if (is_first || !is_silent(at.op)) offsets.push_back(at.offset);
  }
  return offsets;
}

class Writer {
 public:
  /// Text 0 is the empty one.
  Writer() { table_.texts.push_back('\0'); }

  void add(uint32_t offset, const std::vector<SourceLine>& lines) {
    for (const SourceLine& line : lines) add_row(offset, line.function, line.place);
    if (lines.empty()) add_row(offset, "", "");
  }
  NativeLines take() { return std::move(table_); }

 private:
  void add_number(uint32_t number) {
    for (unsigned shift = 0; shift < 32; shift += 8)
      table_.rows.push_back(static_cast<char>(number >> shift & 0xFF));
  }
  void add_row(uint32_t offset, const std::string& function, const std::string& place) {
    add_number(offset);
    add_number(place_of(function));
    add_number(place_of(place));
  }
  /// Where a text is in the table, which has each once.
  uint32_t place_of(const std::string& text) {
    if (text.empty()) return 0;
    const auto [found, is_new] =
        places_.try_emplace(text, static_cast<uint32_t>(table_.texts.size()));
    if (is_new) table_.texts.append(text.c_str(), text.size() + 1);
    return found->second;
  }

  NativeLines table_;
  std::map<std::string, uint32_t> places_;
};

bool same_lines(const std::vector<SourceLine>& one, const std::vector<SourceLine>& other) {
  return std::ranges::equal(one, other, [](const SourceLine& a, const SourceLine& b) {
    return a.function == b.function && a.place == b.place;
  });
}

} // namespace

Result<NativeLines> native_lines(const Module& module, const DebugInfo& debug) {
  const std::vector<uint32_t> offsets = shown_offsets(impl::ModuleState::of(module)->module());
  const Result<SourceLines> lines = find_source_lines(module, offsets, debug);
  if (!lines) return std::unexpected(lines.error());
  if (std::ranges::all_of(*lines, [](const auto& of) { return of.empty(); }))
    return impl::refuse(ErrorKind::io,
                        "there is no debug information in it: compile it with -g, or name the file "
                        "that has it (--debug-info FILE)");
  Writer writer;
  for (size_t i = 0; i < offsets.size(); ++i)
    if (i == 0 || !same_lines((*lines)[i], (*lines)[i - 1])) writer.add(offsets[i], (*lines)[i]);
  return writer.take();
}

} // namespace waxwing::inline v0
