// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/relocations.hpp"

#include <algorithm>
#include <cstdio>

#include "base/reader.hpp"
#include "wasm/names.hpp"

namespace waxwing::compile {

namespace {

constexpr const char* kNames[] = {
    "R_WASM_FUNCTION_INDEX_LEB",     "R_WASM_TABLE_INDEX_SLEB",
    "R_WASM_TABLE_INDEX_I32",        "R_WASM_MEMORY_ADDR_LEB",
    "R_WASM_MEMORY_ADDR_SLEB",       "R_WASM_MEMORY_ADDR_I32",
    "R_WASM_TYPE_INDEX_LEB",         "R_WASM_GLOBAL_INDEX_LEB",
    "R_WASM_FUNCTION_OFFSET_I32",    "R_WASM_SECTION_OFFSET_I32",
    "R_WASM_TAG_INDEX_LEB",          "R_WASM_MEMORY_ADDR_REL_SLEB",
    "R_WASM_TABLE_INDEX_REL_SLEB",   "R_WASM_GLOBAL_INDEX_I32",
    "R_WASM_MEMORY_ADDR_LEB64",      "R_WASM_MEMORY_ADDR_SLEB64",
    "R_WASM_MEMORY_ADDR_I64",        "R_WASM_MEMORY_ADDR_REL_SLEB64",
    "R_WASM_TABLE_INDEX_SLEB64",     "R_WASM_TABLE_INDEX_I64",
    "R_WASM_TABLE_NUMBER_LEB",       "R_WASM_MEMORY_ADDR_TLS_SLEB",
    "R_WASM_FUNCTION_OFFSET_I64",    "R_WASM_MEMORY_ADDR_LOCREL_I32",
    "R_WASM_TABLE_INDEX_REL_SLEB64", "R_WASM_MEMORY_ADDR_TLS_SLEB64",
    "R_WASM_FUNCTION_INDEX_I32",
};

bool has_addend(RelocationKind kind) {
  switch (kind) {
  case RelocationKind::memory_addr_leb:
  case RelocationKind::memory_addr_sleb:
  case RelocationKind::memory_addr_i32:
  case RelocationKind::function_offset_i32:
  case RelocationKind::section_offset_i32:
  case RelocationKind::memory_addr_rel_sleb:
  case RelocationKind::memory_addr_leb64:
  case RelocationKind::memory_addr_sleb64:
  case RelocationKind::memory_addr_i64:
  case RelocationKind::memory_addr_rel_sleb64:
  case RelocationKind::memory_addr_tls_sleb:
  case RelocationKind::function_offset_i64:
  case RelocationKind::memory_addr_locrel_i32:
  case RelocationKind::memory_addr_tls_sleb64: return true;
  default: return false;
  }
}

/// Bytes that are marked: numbers in code are padded to their full length by linkers.
uint32_t width_of(RelocationKind kind) {
  switch (kind) {
  case RelocationKind::memory_addr_leb64:
  case RelocationKind::memory_addr_sleb64:
  case RelocationKind::memory_addr_rel_sleb64:
  case RelocationKind::table_index_sleb64:
  case RelocationKind::table_index_rel_sleb64:
  case RelocationKind::memory_addr_tls_sleb64: return 10;
  case RelocationKind::memory_addr_i64:
  case RelocationKind::table_index_i64:
  case RelocationKind::function_offset_i64: return 8;
  case RelocationKind::table_index_i32:
  case RelocationKind::memory_addr_i32:
  case RelocationKind::function_offset_i32:
  case RelocationKind::section_offset_i32:
  case RelocationKind::global_index_i32:
  case RelocationKind::memory_addr_locrel_i32:
  case RelocationKind::function_index_i32: return 4;
  default: return 5;
  }
}

std::unexpected<Failure> at(uint32_t offset, const std::string& text) {
  char place[16];
  std::snprintf(place, sizeof place, "0x%x: ", offset);
  return failure(place + text);
}

constexpr const char* kRelink = "link the module again with -Wl,--emit-relocs";

/// A piece of a custom section. What can't be read any more is an error with its offset.
class Piece {
 public:
  Piece(ByteReader reader, const char* what) : reader_(reader), what_(what) {}

  Outcome<uint32_t> u32() { return take(reader_.leb_u32()); }
  Outcome<uint64_t> u64() { return take(reader_.leb_u64()); }
  Outcome<int64_t> s64() { return take(reader_.leb_s64()); }
  Outcome<uint8_t> u8() { return take(reader_.u8()); }
  Outcome<uint32_t> count(uint32_t least) { return take(reader_.leb_count(least)); }
  Outcome<std::string_view> name() {
    const uint32_t size = TRY(u32());
    const std::span<const uint8_t> bytes = TRY(take(reader_.bytes(size)));
    return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  /// The next `size` bytes as a piece of their own.
  Outcome<Piece> part(uint32_t size) {
    const uint32_t start = offset();
    const std::span<const uint8_t> bytes = TRY(take(reader_.bytes(size)));
    return Piece(ByteReader(bytes, start), what_);
  }
  [[nodiscard]] bool at_end() const { return reader_.at_end(); }
  [[nodiscard]] uint32_t offset() const { return reader_.offset(); }
  [[nodiscard]] std::unexpected<Failure> wrong(const std::string& text) const {
    return compile::at(offset(), std::string(what_) + ": " + text);
  }

 private:
  template <class T>
  Outcome<T> take(waxwing::Result<T> read) const {
    if (!read) return wrong(std::string("it is cut off or malformed here; ") + kRelink);
    return *read;
  }

  ByteReader reader_;
  const char* what_;
};

/// Where the payloads of sections are.
struct Section {
  uint8_t id = 0;
  ByteRange payload;
};

std::vector<Section> sections_of(const waxwing::Module& wasm) {
  std::vector<Section> sections;
  ByteReader reader(wasm.bytes.subspan(8), 8);
  while (!reader.at_end()) { // has been decoded
    const auto id = reader.u8();
    const auto size = reader.leb_u32();
    if (!id || !size) break;
    sections.push_back({*id, {reader.offset(), *size}});
    if (!reader.bytes(*size)) break;
  }
  return sections;
}

class Reader {
 public:
  explicit Reader(const waxwing::Module& wasm) : wasm_(wasm), sections_(sections_of(wasm)) {}

  Outcome<Relocations> read() {
    const CustomSection* const linking = find("linking");
    if (linking == nullptr)
      return failure(std::string("the module has no section 'linking', which says where its "
                                 "addresses are: ") +
                     kRelink);
    TRY(read_linking(*linking));
    if (const CustomSection* const code = find("reloc.CODE"))
      TRY(read_section(*code, "reloc.CODE", 10, out_.code));
    if (const CustomSection* const data = find("reloc.DATA"))
      TRY(read_section(*data, "reloc.DATA", 11, out_.data));
    read_segment_names();
    return std::move(out_);
  }

 private:
  const CustomSection* find(std::string_view name) const {
    for (const CustomSection& custom : wasm_.customs)
      if (custom.name == name) return &custom;
    return nullptr;
  }
  Piece piece(const CustomSection& custom, const char* what) const {
    return {ByteReader(wasm_.slice(custom.bytes), custom.bytes.offset), what};
  }

  Outcome<void> read_linking(const CustomSection& custom) {
    Piece all = piece(custom, "linking");
    const uint32_t version = TRY(all.u32());
    constexpr uint32_t kVersion = 2;
    if (version != kVersion)
      return all.wrong("version " + std::to_string(version) + " of the format is not known");
    constexpr uint8_t kSymbolTable = 8;
    while (!all.at_end()) {
      const uint8_t type = TRY(all.u8());
      const uint32_t size = TRY(all.u32());
      Piece part = TRY(all.part(size));
      if (type == kSymbolTable) TRY(read_symbols(part));
    }
    return {};
  }

  Outcome<void> read_symbols(Piece& piece) {
    const uint32_t count = TRY(piece.count(3));
    for (uint32_t i = 0; i < count; ++i) out_.symbols.push_back(TRY(read_symbol(piece)));
    return {};
  }

  Outcome<GuestSymbol> read_symbol(Piece& piece) {
    GuestSymbol symbol;
    const uint8_t kind = TRY(piece.u8());
    if (kind > static_cast<uint8_t>(SymbolKind::table))
      return piece.wrong("a symbol of kind " + std::to_string(kind) + ", which is not known");
    symbol.kind = static_cast<SymbolKind>(kind);
    symbol.flags = TRY(piece.u32());
    if (symbol.kind == SymbolKind::data) {
      symbol.name = TRY(piece.name());
      if (symbol.is_undefined()) return symbol;
      symbol.index = TRY(piece.u32());
      symbol.offset = TRY(piece.u64());
      symbol.size = TRY(piece.u64());
      if (symbol.is_absolute()) return symbol;
      if (symbol.index >= wasm_.data.size())
        return piece.wrong("a symbol in data segment " + std::to_string(symbol.index) +
                           ", which is not there");
      const uint64_t room = wasm_.data[symbol.index].bytes.size;
      if (symbol.offset > room || symbol.size > room - symbol.offset)
        return piece.wrong("the symbol '" + std::string(symbol.name) +
                           "' reaches out of its segment");
      return symbol;
    }
    symbol.index = TRY(piece.u32());
    constexpr uint32_t kExplicitName = 0x40;
    if (symbol.kind != SymbolKind::section &&
        (!symbol.is_undefined() || (symbol.flags & kExplicitName) != 0))
      symbol.name = TRY(piece.name());
    const size_t space = symbol.kind == SymbolKind::function ? wasm_.functions.size()
                         : symbol.kind == SymbolKind::global ? wasm_.globals.size()
                         : symbol.kind == SymbolKind::table  ? wasm_.tables.size()
                         : symbol.kind == SymbolKind::tag    ? wasm_.tags.size()
                                                             : SIZE_MAX;
    if (symbol.index >= space)
      return piece.wrong("a symbol with index " + std::to_string(symbol.index) +
                         ", which is not there");
    return symbol;
  }

  Outcome<void> read_section(const CustomSection& custom, const char* what, uint8_t id,
                             std::vector<Relocation>& to) {
    Piece all = piece(custom, what);
    const uint32_t section = TRY(all.u32());
    if (section >= sections_.size() || sections_[section].id != id)
      return all.wrong("section " + std::to_string(section) + " is not the one that it is for");
    const ByteRange payload = sections_[section].payload;
    const uint32_t count = TRY(all.count(3));
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t number = TRY(all.u32());
      if (number >= std::size(kNames))
        return all.wrong("relocations of kind " + std::to_string(number) + " are not known");
      Relocation made;
      made.kind = static_cast<RelocationKind>(number);
      const uint32_t offset = TRY(all.u32());
      made.symbol = TRY(all.u32());
      if (has_addend(made.kind)) made.addend = TRY(all.s64());
      if (offset > payload.size || width_of(made.kind) > payload.size - offset)
        return all.wrong("a relocation behind the end of its section");
      made.offset = payload.offset + offset;
      if (!is_address(made.kind)) continue;
      if (made.symbol >= out_.symbols.size())
        return all.wrong("a relocation for symbol " + std::to_string(made.symbol) +
                         ", which is not there");
      TRY(check(all, made, id == 10));
      to.push_back(made);
    }
    std::ranges::sort(to, {}, &Relocation::offset);
    for (size_t i = 1; i < to.size(); ++i)
      if (to[i].offset - to[i - 1].offset < width_of(to[i - 1].kind))
        return at(to[i].offset, std::string(what) + ": two relocations for the same bytes");
    return {};
  }

  Outcome<void> check(const Piece& piece, const Relocation& relocation, bool in_code) const {
    const std::string name = relocation_name(relocation.kind);
    switch (relocation.kind) {
    case RelocationKind::memory_addr_leb64:
    case RelocationKind::memory_addr_sleb64:
    case RelocationKind::table_index_sleb64:
      if (!in_code) return piece.wrong(name + " is for code");
      break;
    case RelocationKind::memory_addr_i64:
    case RelocationKind::table_index_i64:
      if (in_code) return piece.wrong(name + " is for data");
      break;
    case RelocationKind::memory_addr_tls_sleb64:
      return piece.wrong(name +
                         ": a thread-local variable of a guest with threads, which is not "
                         "taken without a sandbox: compile it without -matomics and -pthread");
    case RelocationKind::memory_addr_rel_sleb64:
    case RelocationKind::table_index_rel_sleb64:
      return piece.wrong(name + " is of position-independent code: compile the guest without -fPIC "
                                "and link it without -shared");
    default:
      return piece.wrong(name +
                         " holds 32 bits, and addresses here have 64: compile the guest with "
                         "--target=wasm64-unknown-unknown");
    }
    const SymbolKind kind = out_.symbols[relocation.symbol].kind;
    const bool is_function = relocation.kind == RelocationKind::table_index_sleb64 ||
                             relocation.kind == RelocationKind::table_index_i64;
    if (kind != (is_function ? SymbolKind::function : SymbolKind::data))
      return piece.wrong(name + " for a symbol of another kind");
    return {};
  }

  /// Says nothing of what it can't read: names are not needed.
  void read_segment_names() {
    out_.segment_names.resize(wasm_.data.size());
    const ByteRange range = ModuleNames(wasm_).subsection(NameKind::data);
    ByteReader reader(wasm_.slice(range), range.offset);
    const auto count = reader.leb_u32();
    for (uint32_t i = 0; count && i < *count; ++i) {
      const auto index = reader.leb_u32();
      const auto length = reader.leb_u32();
      if (!index || !length) return;
      const auto text = reader.bytes(*length);
      if (!text) return;
      if (*index < out_.segment_names.size())
        out_.segment_names[*index] = {reinterpret_cast<const char*>(text->data()), text->size()};
    }
  }

  const waxwing::Module& wasm_;
  const std::vector<Section> sections_;
  Relocations out_;
};

} // namespace

const char* relocation_name(RelocationKind kind) { return kNames[static_cast<size_t>(kind)]; }

bool is_address(RelocationKind kind) {
  switch (kind) {
  case RelocationKind::function_index_leb:
  case RelocationKind::type_index_leb:
  case RelocationKind::global_index_leb:
  case RelocationKind::tag_index_leb:
  case RelocationKind::table_number_leb: return false;
  default: return true;
  }
}

std::span<const Relocation> Relocations::in(const std::vector<Relocation>& of, uint32_t begin,
                                            uint32_t end) {
  const auto first = std::ranges::lower_bound(of, begin, {}, &Relocation::offset);
  const auto last = std::ranges::lower_bound(first, of.end(), end, {}, &Relocation::offset);
  return {first, last};
}

Outcome<Relocations> read_relocations(const waxwing::Module& wasm) { return Reader(wasm).read(); }

} // namespace waxwing::compile
