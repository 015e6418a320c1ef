// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Internal to the room: the parser behind `parse_module`.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "text/bytes.hpp"
#include "text/lexer.hpp"
#include "text/parse.hpp"
#include "wasm/types.hpp"

namespace waxwing::text {

/// Something is wrong; the parser holds what.
struct Failed {};
template <class T>
using Parsed = std::expected<T, Failed>;

/// One name of the name section.
struct NameEntry {
  uint32_t index;
  std::string_view name;
};

/// One index space: how many there are and the identifiers bound in it.
struct IndexSpace {
  /// What its members are called in messages: "unknown WHAT", "duplicate DEFINED".
  const char* what;
  const char* defined;
  uint32_t count = 0;
  std::unordered_map<std::string_view, uint32_t> ids{};
  std::vector<NameEntry> names{};
};

/// A reference type as written.
struct RefText {
  bool nullable = true;
  bool shared = false;
  bool concrete = false;
  uint8_t code = 0; // of an abstract heap type
  uint32_t index = 0;
};

/// A function type as written, or the one that a type use refers to.
struct FuncText {
  Bytes params; // value types one after the other
  Bytes results;
  uint32_t param_count = 0;
  uint32_t result_count = 0;
  std::vector<NameEntry> names;     // identifiers of parameters
  std::vector<NameEntry> annotated; // their `@name` annotations
};

/// What a `(type ...)` field and each implicit function type leave behind.
struct TypeText {
  bool is_func = false;
  /// Final, without supertypes, alone in its recursion group: what abbreviations refer to.
  bool plain = false;
  std::string signature; // encoded function type
  uint32_t param_count = 0;
  std::unordered_map<std::string_view, uint32_t> field_ids{};
  std::vector<NameEntry> field_names{};
};

/// Parses one module out of a token list. The order of work: collect the names and counts of all
/// index spaces; encode the types; encode every other field in the order of the text.
class ModuleParser {
 public:
  ModuleParser(const TokenList& list, const ParseOptions& options)
      : list_(list), tokens_(list.tokens), options_(options) {}

  /// The module at tokens [begin, end): `(module ...)` or bare fields. Nothing may follow it.
  Parsed<Binary> parse(uint32_t begin, uint32_t end);

  /// The error, after a failure: the message and its offset in the source.
  [[nodiscard]] const std::string& message() const { return message_; }
  [[nodiscard]] uint32_t error_offset() const { return error_offset_; }

 private:
  // --- Tokens (module_parser.cc)
  [[nodiscard]] const Token& peek(uint32_t ahead = 0) const {
    const uint32_t at = at_ + ahead;
    return at < tokens_.size() ? tokens_[at] : tokens_.back();
  }
  [[nodiscard]] bool at(TokenKind kind) const { return peek().kind == kind; }
  [[nodiscard]] bool at(Word word) const { return peek().keyword() == Keyword(word); }
  /// At "(" and then `keyword`.
  [[nodiscard]] bool at_open(Keyword keyword) const {
    return at(TokenKind::open) && peek(1).keyword() == keyword;
  }
  bool accept(Word word) {
    if (!at(word)) return false;
    ++at_;
    return true;
  }
  bool accept_open(Word word) {
    if (!at_open(word)) return false;
    at_ += 2;
    return true;
  }
  [[nodiscard]] bool at_index() const { return at(TokenKind::nat) || at(TokenKind::id); }
  [[nodiscard]] std::string_view text(const Token& token) const { return list_.text(token); }
  std::unexpected<Failed> fail(const Token& token, std::string message);
  std::unexpected<Failed> unexpected(const char* wanted = nullptr);
  Parsed<void> close();
  Parsed<std::string> string(const char* wanted);
  Parsed<std::string> name_string(const char* wanted);
  Parsed<uint32_t> u32(const char* wanted);
  Parsed<uint64_t> u64(const char* wanted);
  /// Decoded identifier; the view lives as long as the parser.
  std::string_view id_text(const Token& token);
  std::string_view keep(std::string text);

  // --- Index spaces
  /// Takes the next index of `space`, binds an identifier at the current position to it and reads
  /// an `(@name ...)` annotation.
  Parsed<uint32_t> define(IndexSpace& space);
  /// The same for an index that is known: moves behind identifier and annotation.
  void skip_definition();
  Parsed<std::string_view> name_annotation();
  Parsed<uint32_t> index(const IndexSpace& space);
  Parsed<uint32_t> optional_index(const IndexSpace& space);

  // --- Fields (module_fields.cc)
  Parsed<void> fields(uint32_t begin, uint32_t end);
  Parsed<void> collect(uint32_t begin, uint32_t end);
  Parsed<void> collect_field();
  Parsed<void> collect_types();
  Parsed<void> collect_type_name();
  Parsed<void> encode_field();
  Parsed<void> import_field();
  Parsed<void> import_description(std::string_view module, std::string_view name);
  Parsed<void> export_field();
  Parsed<void> start_field();
  Parsed<void> func_field();
  Parsed<void> table_field();
  Parsed<void> memory_field();
  Parsed<void> global_field();
  Parsed<void> tag_field();
  Parsed<void> elem_field();
  Parsed<void> data_field();
  /// `(export "n")*` and then `(import "m" "n")?`; whether there is an import. Writes the exports.
  Parsed<bool> inline_exports_and_import(ExternKind kind, uint32_t index);
  void put_import(std::string_view module, std::string_view name, ExternKind kind);
  Parsed<void> elem_list(uint32_t flags, Bytes& segment, const Bytes& head, bool bare_indices);
  Parsed<void> elem_expressions(Bytes& out, uint32_t& count);
  Parsed<void> offset_expression(Bytes& out);
  Parsed<void> data_string(std::string& bytes);
  Parsed<void> custom_annotation();

  // --- Types (parse_types.cc)
  Parsed<void> type_field();
  Parsed<void> type_definition(bool alone, Bytes& out);
  Parsed<void> composite_type(TypeText& type, Bytes& out);
  Parsed<void> struct_fields(TypeText& type, Bytes& out);
  Parsed<void> field_type(Bytes& out);
  Parsed<void> val_type(Bytes& out);
  [[nodiscard]] bool at_ref_type() const;
  Parsed<RefText> ref_type();
  Parsed<RefText> heap_type();
  void put_ref(Bytes& out, const RefText& type);
  void put_heap(Bytes& out, const RefText& type);
  Parsed<void> params_and_results(FuncText& type, bool names);
  /// `(type x)? (param ...)* (result ...)*`: the type's index. Adds the type where there is none.
  Parsed<uint32_t> type_use(FuncText& type, bool names);
  static std::string signature_of(const FuncText& type);
  uint32_t find_or_add_type(const FuncText& type);
  Parsed<void> global_type(Bytes& out);
  struct LimitsText {
    bool is64 = false;
    bool shared = false;
    uint64_t min = 0;
    std::optional<uint64_t> max;
  };
  bool address_type();
  Parsed<void> limits(LimitsText& limits);
  Parsed<std::optional<uint32_t>> page_size();
  static void put_limits(Bytes& out, const LimitsText& limits, std::optional<uint32_t> page_log2);
  Parsed<void> table_type(Bytes& out);
  Parsed<void> memory_type(Bytes& out);

  // --- Instructions (parse_instructions.cc)
  enum class FrameKind : uint8_t {
    folded_plain, // (op ...): operands, then the operator
    folded_block, // (block ...), also the parts (then ...), (do ...) and so on
    folded_if,    // (if ...): condition, then (then ...), then (else ...)
    folded_try,   // (try (do ...) (catch ...)*)
    folded_part,  // (then ...), (else ...), (do ...), (catch ...)
    block,        // block, loop, try_table ... end
    if_,          // if ... end
    else_,        // else ... end
    try_,         // try ... end
    catch_,       // catch ... end
    catch_all,    // catch_all ... end
  };
  struct Frame {
    FrameKind kind;
    uint8_t stage = 0; // of folded_if and folded_try: parts seen
    bool has_label = false;
    int hint = -1;
    uint32_t token = 0; // the operator
    std::string_view label{};
    std::string_view name{}; // of the name section, while the block is still to begin
    uint32_t shadowed = kNoIndex;
    size_t pending = 0;
  };
  /// Instructions up to the ")" that closes the form they are in, which is not taken; or, with
  /// `one`, a single folded instruction.
  Parsed<void> instructions(Bytes& out, bool one = false);
  Parsed<void> folded(Bytes& out);
  Parsed<void> close_folded(Bytes& out);
  Parsed<void> if_part(Bytes& out);
  Parsed<void> try_part(Bytes& out);
  Parsed<void> flat(Bytes& out);
  Parsed<void> flat_block(Op op, Bytes& out);
  Parsed<void> middle(Op op, Bytes& out);
  Parsed<void> delegate(Bytes& out);
  void begin_block(Frame& frame, std::string_view label, std::string_view name);
  void end_block(const Frame& frame);
  /// The identifier of a block, and `label_name_`.
  Parsed<std::string_view> block_label();
  Parsed<void> matching_label(const Frame& frame);
  Parsed<uint32_t> label();
  Parsed<void> block_type(Bytes& out);
  Parsed<void> catch_clauses(Bytes& out);
  Parsed<void> branch_hint();
  Parsed<void> mark(Op op, int hint, uint32_t token, const Bytes& out);
  /// The operator with its immediates, behind its mnemonic.
  Parsed<void> plain(Op op, Bytes& out);
  Parsed<void> memarg(Op op, Bytes& out);
  Parsed<void> indirect_call(Op op, Bytes& out);
  Parsed<void> v128_constant(Bytes& out);
  Parsed<void> shuffle(Bytes& out);
  Parsed<void> select(Bytes& out);
  Parsed<void> reference_operator(Op op, Bytes& out);
  Parsed<void> cast_branch(Op op, Bytes& out);
  Parsed<uint32_t> field_index(uint32_t type);
  Parsed<uint32_t> lane();
  template <class Bits>
  Parsed<Bits> number(const char* wanted);
  Parsed<uint64_t> integer(unsigned bits, const char* wanted);
  Parsed<void> locals(FuncText& type, Bytes& out);
  Parsed<void> body(FuncText& type, uint32_t function);
  Parsed<void> expression(Bytes& out);

  // --- Sections (module_writer.cc)
  std::vector<uint8_t> assemble();
  Bytes name_section();
  Bytes branch_hint_section() const;

  const TokenList& list_;
  const std::vector<Token>& tokens_;
  const ParseOptions& options_;
  uint32_t at_ = 0;
  std::string message_;
  uint32_t error_offset_ = 0;
  std::deque<std::string> kept_;

  std::string_view module_id_;
  std::string_view module_name_;
  IndexSpace types_{"type", "type"};
  IndexSpace functions_{"function", "func"};
  IndexSpace tables_{"table", "table"};
  IndexSpace memories_{"memory", "memory"};
  IndexSpace globals_{"global", "global"};
  IndexSpace tags_{"tag", "tag"};
  IndexSpace elems_{"elem segment", "elem segment"};
  IndexSpace datas_{"data segment", "data segment"};
  /// The first definition (not import) in the text, for "import after ...".
  const char* first_definition_ = nullptr;
  /// While fields are encoded: the next index of each space.
  uint32_t next_type_ = 0;
  uint32_t next_function_ = 0;
  uint32_t next_table_ = 0;
  uint32_t next_memory_ = 0;
  uint32_t next_global_ = 0;
  uint32_t next_tag_ = 0;
  std::vector<TypeText> type_texts_;
  std::unordered_map<std::string, uint32_t> plain_types_;

  /// A vector section: how many entries and their bytes.
  struct Section {
    uint32_t count = 0;
    Bytes bytes;
  };
  Section type_section_;
  Section import_section_;
  Section function_section_;
  Section table_section_;
  Section memory_section_;
  Section tag_section_;
  Section global_section_;
  Section export_section_;
  Section elem_section_;
  Section code_section_;
  Section data_section_;
  std::optional<uint32_t> start_;
  bool needs_data_count_ = false;
  struct Custom {
    uint32_t gap; // N: before the N-th section of the binary format
    Bytes bytes;
  };
  std::vector<Custom> customs_;

  // The function body being encoded.
  IndexSpace locals_{"local", "local"};
  std::vector<Frame> frames_;
  Bytes pending_;
  std::unordered_map<std::string_view, uint32_t> labels_;
  uint32_t label_depth_ = 0;
  int hint_ = -1;
  uint32_t hint_token_ = 0;
  bool in_function_ = false;
  Bytes body_;
  struct Hint {
    uint32_t offset;
    int value;
  };
  std::vector<Hint> hints_;
  Section hint_section_;
  std::vector<SourceLocation> map_;
  struct LocalNames {
    uint32_t function;
    std::vector<NameEntry> names;
  };
  std::vector<LocalNames> local_names_;
  std::vector<LocalNames> label_names_;
  std::vector<NameEntry> current_labels_;
  std::string_view label_name_;
  uint32_t label_count_ = 0;
};

} // namespace waxwing::text
