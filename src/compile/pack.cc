// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/pack.hpp"

#include <algorithm>
#include <llvm/Support/MD5.h>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "compile/byte_writer.hpp"
#include "compile/elf_writer.hpp"
#include "compile/module_inside.hpp"
#include "compile/module_lowering.hpp"
#include "compile/source_map.hpp"

namespace waxwing::compile {

namespace {

using image::CodeRange;
using image::RangeKind;
using image::SectionKind;

/// A piece of text and what is known of it. Addresses are the linker's.
struct Range {
  uint64_t address = 0;
  uint64_t size = 0;
  RangeKind kind = RangeKind::helper;
  FuncIndex function = 0;
  const FunctionFacts* facts = nullptr;
  /// Those of its object; there where `facts` are.
  const CodeFacts* code = nullptr;
};

class Packer {
 public:
  Packer(const PackInput& input, const Linked& linked) : in_(input), linked_(linked) {}

  Outcome<Packed> run() {
    read_symbols();
    TRY(make_ranges());
    TRY(write_sites());
    write_heights();
    if (in_.options.split_trace) {
      whole_ = std::move(tables_);
      tables_ = {};
      is_reduced_ = true;
      TRY(write_sites());
    }
    std::sort(value_rows_.begin(), value_rows_.end(),
              [](const auto& a, const auto& b) { return a.function < b.function; });
    Packed packed;
    packed.image = TRY(assemble());
    if (in_.options.split_trace) packed.trace = trace_file();
    return packed;
  }

 private:
  /// What traces come from.
  struct Tables {
    std::vector<CodeRange> rows;
    BitWriter sites;
    std::vector<image::ChainNode> chains;
    std::map<std::tuple<FuncIndex, uint32_t, uint32_t>, uint32_t> chain_numbers;
  };

  void read_symbols() {
    for (const Symbol& symbol : linked_.symbols) addresses_.emplace(symbol.name, symbol.address);
    for (const CodeFacts& code : in_.code)
      for (const FunctionFacts& facts : code.functions)
        facts_.emplace(facts.name, std::pair(&facts, &code));
  }

  [[nodiscard]] std::optional<uint64_t> address_of(const std::string& name) const {
    const auto found = addresses_.find(name);
    if (found == addresses_.end()) return std::nullopt;
    return found->second;
  }

  /// Thumb's bit says how code is called, not where it is.
  static uint64_t place(uint64_t address, bool thumb) { return thumb ? address & ~1ull : address; }
  /// LLVM takes the bit away when it reads symbols.
  [[nodiscard]] uint64_t callable(uint64_t address) const {
    return is_thumb() ? address | 1 : address;
  }
  [[nodiscard]] bool is_thumb() const {
    return image::pc_unit(in_.options.target) == 2 && in_.options.info().elf_machine == 40;
  }

  Outcome<void> make_ranges() {
    std::unordered_map<std::string, std::pair<RangeKind, FuncIndex>> kinds;
    for (FuncIndex i = in_.wasm.imported_functions; i < in_.wasm.functions.size(); ++i) {
      const bool has_tail = address_of(tail_name(i)).has_value();
      kinds[native_name(i)] = {has_tail ? RangeKind::wrapper : RangeKind::function, i};
      if (has_tail) kinds[tail_name(i)] = {RangeKind::function, i};
    }
    for (const Symbol& symbol : linked_.symbols) {
      if (!symbol.is_function || symbol.size == 0) continue;
      Range range;
      range.address = place(symbol.address, is_thumb());
      range.size = symbol.size;
      if (const auto known = kinds.find(name_before_copy(symbol.name).str());
          known != kinds.end()) {
        range.kind = known->second.first;
        range.function = known->second.second;
      } else if (symbol.name.starts_with("trampoline.") ||
                 symbol.name.starts_with("tail_trampoline.")) {
        range.kind = RangeKind::trampoline;
      } else if (symbol.name.starts_with("adapter.") || symbol.name.starts_with("tail_adapter.")) {
        range.kind = RangeKind::adapter;
      }
      if (const auto known = facts_.find(symbol.name); known != facts_.end())
        std::tie(range.facts, range.code) = known->second;
      ranges_.push_back(range);
    }
    std::sort(ranges_.begin(), ranges_.end(),
              [](const Range& a, const Range& b) { return a.address < b.address; });
    // Aliases of one helper are one range.
    std::vector<Range> apart;
    for (const Range& range : ranges_) {
      if (!apart.empty() && range.address < apart.back().address + apart.back().size) continue;
      apart.push_back(range);
    }
    ranges_ = std::move(apart);
    return {};
  }

  /// The number in the image of a chain of an object's.
  uint32_t chain_of(const CodeFacts& code, uint32_t chain) {
    if (chain == 0) return 0;
    const InlinedAt& link = code.chains[chain - 1];
    const uint32_t call = in_.options.tells_call_offsets() ? link.call : 0;
    const auto key = std::make_tuple(link.function, call, chain_of(code, link.parent));
    uint32_t& number = tables_.chain_numbers[key];
    if (number == 0) {
      tables_.chains.push_back({link.function, call, std::get<2>(key)});
      number = static_cast<uint32_t>(tables_.chains.size());
    }
    return number;
  }

  Outcome<void> write_sites() {
    const uint32_t unit = image::pc_unit(in_.options.target);
    for (const Range& range : ranges_) {
      CodeRange row{};
      row.offset = static_cast<uint32_t>(range.address);
      row.size = static_cast<uint32_t>(range.size);
      row.function = range.function;
      row.kind = static_cast<uint16_t>(range.kind);
      tables_.sites.align();
      row.sites = static_cast<uint32_t>(tables_.sites.bytes.size());
      row.frame = image::kNoFrame;
      tables_.rows.push_back(row);
      if (range.facts == nullptr) continue;
      if (is_reduced_) {
        CodeRange& own = tables_.rows.back();
        const CodeRange& whole = whole_.rows[tables_.rows.size() - 1];
        own.prologue = whole.prologue;
        own.gap = whole.gap;
        own.frame = whole.frame;
      } else {
        TRY(write_frame(range, tables_.rows.back()));
        if (range.kind == RangeKind::function) write_values(range);
      }
      // Of what is in no trace, only traps are asked for.
      const bool is_shown = range.kind == RangeKind::function || range.kind == RangeKind::wrapper;
      std::vector<const Site*> sites;
      sites.reserve(range.facts->sites.size());
      for (const Site& site : range.facts->sites)
        if (is_shown || site.kind == image::SiteKind::trap) sites.push_back(&site);
      std::sort(sites.begin(), sites.end(), [](const Site* a, const Site* b) {
        return a->place != b->place ? a->place < b->place : a < b;
      });
      if (!is_reduced_)
        for (const Pad& pad : range.facts->pads)
          pads_.push_back(
              {static_cast<uint32_t>(range.address + pad.call),
               static_cast<uint32_t>(callable(place(range.address + pad.place, is_thumb())))});
      uint64_t before = range.address;
      uint32_t offset = 0;
      uint32_t chain = 0;
      image::ShapeQueue shapes;
      bool first = true;
      for (const Site* site : sites) {
        if (!is_told(*site)) continue;
        const uint32_t told = has_offset(*site) ? site->offset : 0;
        if (in_.options.has_field(image::frame::sp)) shown_.insert(told);
        if (first) {
          tables_.rows.back().wasm_offset = offset = told;
          first = false;
        }
        const uint64_t pc = place(range.address + site->place, is_thumb());
        const uint32_t own_chain = is_reduced_ ? 0 : chain_of(*range.code, site->chain);
        write_site(*site, {(pc - before) / unit, told - offset, shapes},
                   own_chain == chain ? std::nullopt : std::optional(own_chain));
        before = pc;
        offset = told;
        chain = own_chain;
      }
    }
    return {};
  }

  void write_heights() {
    if (!in_.options.has_field(image::frame::sp)) return;
    for (const image::ChainNode& node : tables_.chains) shown_.insert(node.call);
    std::vector<std::pair<uint32_t, uint32_t>> heights;
    for (const CodeFacts& code : in_.code)
      heights.insert(heights.end(), code.heights.begin(), code.heights.end());
    std::sort(heights.begin(), heights.end());
    uint32_t before = 0;
    for (const auto& [offset, height] : heights) {
      if (!shown_.contains(offset)) continue;
      heights_.uleb(offset - before);
      heights_.uleb(height);
      before = offset;
    }
  }

  /// How a site differs from the one before.
  struct SiteStep {
    uint64_t distance;
    uint32_t offset;
    image::ShapeQueue& shapes;
  };
  void write_site(const Site& site, const SiteStep& step, std::optional<uint32_t> chain) {
    using image::SiteHead;
    BitWriter& out = tables_.sites;
    const bool is_access = site.kind == image::SiteKind::access;
    const uint32_t shape = is_access ? step.shapes.use(site.shape) : 0;
    const auto head = [&](SiteHead of) { out.add(1 | static_cast<uint64_t>(of) << 1, 3); };
    // One without an offset is 0 and says so itself.
    const bool is_plain = site.is_exact && !chain && !site.is_tail;
    if (is_plain && is_access && shape == 0) {
      out.add(0, 1);
    } else if (is_plain && is_access && shape != image::ShapeQueue::kOther) {
      head(shape == 1 ? SiteHead::second_shape : SiteHead::third_shape);
    } else if (is_plain && site.kind == image::SiteKind::call) {
      head(SiteHead::call);
    } else {
      uint32_t bits = static_cast<uint32_t>(site.kind) | shape << image::kSiteShift;
      if (!site.is_exact) bits |= image::kSiteInexact;
      if (chain) bits |= image::kSiteChain;
      if (site.is_tail) bits |= image::kSiteTail;
      head(SiteHead::other);
      out.add(bits, 7);
      if (chain) out.number(*chain, image::kChainOrder);
    }
    out.number(step.distance, image::kDistanceOrder);
    out.number(image::fold_sign(static_cast<int32_t>(step.offset)), image::kOffsetOrder);
    if (site.kind == image::SiteKind::trap) out.add(static_cast<uint8_t>(site.trap), 8);
    if (is_access && shape == image::ShapeQueue::kOther) out.number(site.shape, image::kShapeOrder);
  }

  /// Whether traces need the site: it says which trap it is, what is inlined there, or where that
  /// is.
  [[nodiscard]] bool is_told(const Site& site) const {
    if (is_reduced_) return site.kind == image::SiteKind::trap;
    if (site.kind != image::SiteKind::call) return true;
    return in_.options.tells_calls() || (site.is_builtin && in_.options.tells_traps());
  }
  /// Whether its offset is to be known.
  [[nodiscard]] bool has_offset(const Site& site) const {
    if (is_reduced_) return false;
    if (site.kind != image::SiteKind::call) return in_.options.tells_traps();
    return in_.options.tells_call_offsets() || (site.is_builtin && in_.options.tells_traps());
  }

  /// The slots of a function's values, for the walk past its frame.
  void write_values(const Range& range) {
    const FunctionFacts& facts = *range.facts;
    if (facts.values.empty()) return;
    value_rows_.push_back({range.function, static_cast<uint32_t>(values_.size())});
    values_.uleb(facts.values.size());
    for (const ValueSlot& slot : facts.values) {
      values_.uleb(uint64_t{slot.index} << 1 | (slot.is_param ? 1 : 0));
      values_.add(slot.kind);
      values_.sleb(slot.at);
    }
  }

  Outcome<void> write_frame(const Range& range, CodeRange& row) {
    const FunctionFacts& facts = *range.facts;
    row.prologue = static_cast<uint16_t>(place(facts.prologue, is_thumb()));
    const uint32_t record = in_.options.target_facts().frame_record;
    if (record != 0 && facts.cfa > static_cast<int32_t>(record))
      row.gap = static_cast<uint32_t>(facts.cfa) - record;
    // Of modules that catch nothing as well: what another module throws may pass them on its way.
    if (range.kind == RangeKind::helper) return {};
    if (facts.realigns_stack && !facts.pads.empty())
      return failure("a function that catches exceptions has a frame of varying size",
                     range.function);
    ByteWriter frame;
    frame.sleb(facts.sp);
    frame.sleb(facts.cfa);
    frame.uleb(facts.saved.size());
    for (const SavedRegister& saved : facts.saved) {
      frame.uleb(saved.number);
      frame.sleb(saved.at);
    }
    // Few differ.
    const auto [known, is_new] =
        known_frames_.try_emplace(frame.bytes, static_cast<uint32_t>(frames_.size()));
    row.frame = known->second;
    if (is_new) frames_.add_bytes(frame.bytes);
    return {};
  }

  /// Where a function is called, in the image; 0 for one that isn't there.
  [[nodiscard]] uint32_t entry(const std::string& name, uint64_t shift) const {
    const auto address = address_of(name);
    return address ? static_cast<uint32_t>(callable(*address) + shift) : 0;
  }

  [[nodiscard]] uint64_t required_bits() const {
    uint64_t bits = image::required::packed_sites;
    if (in_.options.has_frames()) bits |= image::required::call_stack_frames;
    if (!in_.options.call_traps) bits |= image::required::signal_traps;
    for (bool guarded : in_.is_guarded)
      if (guarded) bits |= image::required::guarded_memories;
    if (in_.options.probes) bits |= image::required::probed_stack;
    if (in_.options.meters) bits |= image::required::meters;
    if (in_.options.polls) bits |= image::required::polls;
    if (in_.plan.catches()) bits |= image::required::exceptions;
    return bits;
  }

  [[nodiscard]] uint64_t optional_bits(bool is_split) const {
    uint64_t bits = 0;
    if (in_.options.tells_faults() && !is_split) bits |= image::optional::fault_sites;
    if (!in_.options.tells_calls() || is_split) bits |= image::optional::no_call_sites;
    if (in_.options.is_selective()) bits |= image::optional::selective_sites;
    if (is_split) bits |= image::optional::split_trace;
    if (in_.options.embed_module) bits |= image::optional::whole_module;
    if (in_.options.deterministic) bits |= image::optional::deterministic;
    return bits;
  }

  Outcome<std::vector<uint8_t>> assemble() {
    const image::TargetInfo& target = in_.options.info();
    // Everything but the offsets of code has its final size before it is known where code is.
    const uint64_t front = 3 * program_header_size(target) + elf_header_size(target);
    uint64_t shift = 0;
    std::vector<uint8_t> metadata = write_metadata(front, shift);
    const uint64_t page = std::max<uint64_t>(target.page, 64);
    shift = (front + metadata.size() + page - 1) / page * page;
    metadata = write_metadata(front, shift);
    shift_ = shift;

    ElfLayout layout;
    layout.target = &target;
    layout.metadata = {front, metadata.size()};
    layout.rodata = {linked_.rodata_address + shift, linked_.rodata.size()};
    layout.text = {linked_.text_address + shift, linked_.text.size()};
    if (layout.rodata.size == 0) layout.rodata.offset = shift;
    if (layout.text.offset + layout.text.size > UINT32_MAX / 2)
      return failure("the code is larger than an image can hold");
    layout.symbols = symbols(shift);
    layout.debug = debug(shift);
    std::vector<uint8_t> file = write_elf(layout, metadata, linked_.rodata, linked_.text);

    image::Header header = this->header(shift, metadata_rows_.size());
    header.image_size = static_cast<uint32_t>(file.size());
    std::memcpy(file.data() + front, &header, sizeof header);
    if (in_.options.checksum) {
      uint64_t sum = 0xCBF29CE484222325;
      for (uint8_t byte : file) sum = (sum ^ byte) * 0x100000001B3;
      std::memcpy(file.data() + front + offsetof(image::Header, checksum), &sum, sizeof sum);
    }
    return file;
  }

  [[nodiscard]] image::Header header(uint64_t shift, size_t sections) const {
    image::Header header{};
    std::memcpy(header.magic, image::kMagic, sizeof header.magic);
    header.format_version = image::kFormatVersion;
    header.abi_number = image::kAbiNumber;
    header.size = static_cast<uint32_t>(sizeof header + sections * sizeof(image::SectionRow));
    header.target = static_cast<uint32_t>(in_.options.target);
    header.required = required_bits();
    header.optional = optional_bits(in_.options.split_trace);
    header.wasm_features = in_.wasm.features.bits();
    header.section_count = static_cast<uint32_t>(sections);
    header.text_offset = static_cast<uint32_t>(linked_.text_address + shift);
    header.text_size = static_cast<uint32_t>(linked_.text.size());
    llvm::MD5 hash;
    hash.update(linked_.text);
    hash.update(linked_.rodata);
    const llvm::MD5::MD5Result result = hash.final();
    std::memcpy(header.build_id, result.data(), sizeof header.build_id);
    return header;
  }

  [[nodiscard]] Customs kept_customs() const {
    if (in_.options.split_trace) return Customs::none;
    return in_.options.names_only ? Customs::names : Customs::all;
  }

  /// Header, section rows and sections, `front` bytes into the file.
  std::vector<uint8_t> write_metadata(uint64_t front, uint64_t shift) {
    struct Part {
      SectionKind kind;
      std::vector<uint8_t> bytes;
    };
    const auto text = [](std::string_view words) {
      return std::vector<uint8_t>(words.begin(), words.end());
    };
    std::vector<Part> parts;
    parts.push_back({SectionKind::module, {}}); // these two below: they need their own places
    parts.push_back({SectionKind::functions, {}});
    parts.push_back({SectionKind::signatures, signature_rows(shift)});
    parts.push_back({SectionKind::memories, memory_rows()});
    parts.push_back({SectionKind::ranges, range_rows(tables_, shift)});
    parts.push_back({SectionKind::sites, tables_.sites.bytes});
    if (!tables_.chains.empty())
      parts.push_back({SectionKind::packed_chains, packed(tables_.chains)});
    parts.push_back({SectionKind::frames, frames_.bytes});
    if (in_.plan.catches()) parts.push_back({SectionKind::pads, pad_rows(shift)});
    if (in_.options.has_frames()) {
      ByteWriter fields;
      fields.add(in_.options.frame_fields);
      parts.push_back({SectionKind::frame_fields, std::move(fields.bytes)});
    }
    if (!value_rows_.empty()) {
      ByteWriter rows;
      for (const image::ValueRow& row : value_rows_) rows.add(row);
      parts.push_back({SectionKind::value_rows, std::move(rows.bytes)});
      parts.push_back({SectionKind::values, values_.bytes});
    }
    if (in_.options.has_field(image::frame::sp) && !in_.options.split_trace)
      parts.push_back({SectionKind::heights, heights_.bytes});
    if (in_.options.split_trace)
      parts.push_back({SectionKind::trace_file, text(in_.options.trace_file)});
    parts.push_back({SectionKind::cpu, text(in_.cpu)});
    parts.push_back({SectionKind::producer, text(in_.producer)});

    const size_t own = in_.wasm.functions.size() - in_.wasm.imported_functions;
    uint64_t at = front + sizeof(image::Header) + parts.size() * sizeof(image::SectionRow);
    metadata_rows_.clear();
    ByteWriter body;
    for (Part& part : parts) {
      at = (at + 7) & ~uint64_t{7};
      if (part.kind == SectionKind::functions) part.bytes = function_rows(own, at, shift);
      if (part.kind == SectionKind::module) part.bytes = module_part(at);
      metadata_rows_.push_back({static_cast<uint32_t>(part.kind), static_cast<uint32_t>(at),
                                static_cast<uint32_t>(part.bytes.size())});
      at += part.bytes.size();
    }
    ByteWriter out;
    out.add(header(shift, parts.size()));
    for (const image::SectionRow& row : metadata_rows_) out.add(row);
    for (size_t i = 0; i < parts.size(); ++i) {
      while (front + out.size() < metadata_rows_[i].offset) out.add(uint8_t{0});
      out.add_bytes(parts[i].bytes);
    }
    return std::move(out.bytes);
  }

  std::vector<uint8_t> module_part(uint64_t at) const {
    const std::span<const uint8_t> whole = in_.wasm.bytes;
    if (in_.options.embed_module) return {whole.begin(), whole.end()};
    // The pages of most hosts; on one with larger ones memories are copied.
    constexpr uint64_t kPage = 4096;
    return module_inside(in_.wasm, kept_customs(), at,
                         in_.options.info().page % kPage == 0 ? kPage : 0);
  }

  static std::vector<uint8_t> packed(const std::vector<image::ChainNode>& chains) {
    image::ChainNode most{};
    for (const image::ChainNode& node : chains)
      most = {most.function | node.function, most.call | node.call, most.parent | node.parent};
    BitWriter out;
    unsigned bits[3];
    const uint32_t all[] = {most.function, most.call, most.parent};
    for (size_t i = 0; i < std::size(all); ++i) {
      bits[i] = std::max(static_cast<unsigned>(std::bit_width(all[i])), image::kLeastChainBits);
      out.add(bits[i], 8);
    }
    for (const image::ChainNode& node : chains) {
      out.add(node.function, bits[0]);
      out.add(node.call, bits[1]);
      out.add(node.parent, bits[2]);
    }
    return std::move(out.bytes);
  }

  /// What is split off, with the places that the image has now.
  std::vector<uint8_t> trace_file() const {
    struct Part {
      SectionKind kind;
      std::vector<uint8_t> bytes;
    };
    const Part parts[] = {{SectionKind::module, module_inside(in_.wasm, Customs::all)},
                          {SectionKind::ranges, range_rows(whole_, shift_)},
                          {SectionKind::sites, whole_.sites.bytes},
                          {SectionKind::packed_chains, packed(whole_.chains)},
                          {SectionKind::heights, heights_.bytes}};
    image::TraceFileHeader header{};
    std::memcpy(header.magic, image::kTraceMagic, sizeof header.magic);
    const image::Header of = this->header(shift_, 0);
    header.format_version = image::kFormatVersion;
    header.section_count = static_cast<uint32_t>(std::size(parts));
    std::memcpy(header.build_id, of.build_id, sizeof header.build_id);
    header.required = of.required;
    header.optional = optional_bits(false);
    header.target = of.target;
    ByteWriter out;
    out.add(header);
    uint64_t at = sizeof header + std::size(parts) * sizeof(image::SectionRow);
    for (const Part& part : parts) {
      at = (at + 3) & ~uint64_t{3};
      out.add(image::SectionRow{static_cast<uint32_t>(part.kind), static_cast<uint32_t>(at),
                                static_cast<uint32_t>(part.bytes.size())});
      at += part.bytes.size();
    }
    for (const Part& part : parts) {
      out.align(4);
      out.add_bytes(part.bytes);
    }
    const auto size = static_cast<uint32_t>(out.size());
    std::memcpy(out.bytes.data() + offsetof(image::TraceFileHeader, size), &size, sizeof size);
    return std::move(out.bytes);
  }

  std::vector<uint8_t> function_rows(size_t count, uint64_t at, uint64_t shift) const {
    ByteWriter out;
    for (size_t i = 0; i < count; ++i) {
      const auto index = static_cast<FuncIndex>(in_.wasm.imported_functions + i);
      image::FunctionEntry row{};
      row.signature = in_.plan.signature_of(index);
      // What nothing outside can ask for may have another convention by now.
      if (!is_reachable(in_.wasm, index)) {
        out.add(row);
        continue;
      }
      row.native = entry(native_name(index), shift);
      if (const uint32_t tail = entry(tail_name(index), shift); tail != 0) {
        const uint64_t field = at + i * sizeof row + offsetof(image::FunctionEntry, tail);
        row.tail = static_cast<int32_t>(int64_t{tail} - static_cast<int64_t>(field));
      }
      out.add(row);
    }
    return std::move(out.bytes);
  }

  std::vector<uint8_t> signature_rows(uint64_t shift) const {
    ByteWriter out;
    for (const std::string& name : in_.plan.signatures())
      out.add(image::SignatureRow{entry("trampoline." + name, shift),
                                  entry("tail_trampoline." + name, shift)});
    return std::move(out.bytes);
  }

  std::vector<uint8_t> memory_rows() const {
    ByteWriter out;
    for (bool guarded : in_.is_guarded)
      out.add(image::MemoryRow{static_cast<uint32_t>(
          guarded ? image::MemoryAccess::guarded : image::MemoryAccess::explicit_checks)});
    return std::move(out.bytes);
  }

  static std::vector<uint8_t> range_rows(const Tables& tables, uint64_t shift) {
    ByteWriter out;
    for (CodeRange row : tables.rows) {
      row.offset += static_cast<uint32_t>(shift);
      out.add(row);
    }
    return std::move(out.bytes);
  }

  std::vector<uint8_t> pad_rows(uint64_t shift) {
    std::sort(pads_.begin(), pads_.end(),
              [](const image::PadRow& a, const image::PadRow& b) { return a.pc < b.pc; });
    ByteWriter out;
    for (image::PadRow row : pads_) {
      row.pc += static_cast<uint32_t>(shift);
      row.pad += static_cast<uint32_t>(shift);
      out.add(row);
    }
    return std::move(out.bytes);
  }

  /// For debuggers and profilers: functions as their module calls them.
  std::vector<ElfSymbol> symbols(uint64_t shift) const {
    SourceNames names(in_.wasm);
    std::vector<ElfSymbol> out;
    for (const Symbol& symbol : linked_.symbols)
      if (symbol.is_function)
        out.push_back(
            {names.symbol_of(symbol.name), callable(symbol.address) + shift, symbol.size});
    return out;
  }

  std::vector<ElfDebugSection> debug(uint64_t shift) const {
    std::vector<ElfDebugSection> out;
    const size_t width = in_.options.info().pointer;
    for (const DebugSection& section : linked_.debug) {
      out.push_back({section.name, section.bytes, section.addresses});
      for (const uint32_t at : section.addresses) {
        if (at > section.bytes.size() || section.bytes.size() - at < width) continue;
        uint64_t address = 0;
        std::memcpy(&address, section.bytes.data() + at, width);
        // Code that was left out is at 0 from here on.
        const bool is_left_out = address == UINT64_MAX >> (64 - 8 * width);
        address = is_left_out ? 0 : address + shift;
        std::memcpy(out.back().bytes.data() + at, &address, width);
      }
    }
    return out;
  }

  const PackInput& in_;
  const Linked& linked_;
  std::unordered_map<std::string, uint64_t> addresses_;
  std::unordered_map<std::string, std::pair<const FunctionFacts*, const CodeFacts*>> facts_;
  std::vector<Range> ranges_;
  Tables tables_;
  /// Those that are split off; then `tables_` has only what the image cannot do without.
  Tables whole_;
  bool is_reduced_ = false;
  /// What the linker's addresses are moved by in the image.
  uint64_t shift_ = 0;
  ByteWriter frames_;
  std::map<std::vector<uint8_t>, uint32_t> known_frames_;
  std::vector<image::ValueRow> value_rows_;
  ByteWriter values_;
  ByteWriter heights_;
  /// Offsets that traces can show.
  std::set<uint32_t> shown_;
  std::vector<image::PadRow> pads_;
  std::vector<image::SectionRow> metadata_rows_;
};

} // namespace

Outcome<Packed> pack(const PackInput& input, const Linked& linked) {
  return Packer(input, linked).run();
}

} // namespace waxwing::compile
