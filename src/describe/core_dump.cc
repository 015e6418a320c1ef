// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "describe/core_dump.hpp"

#include <algorithm>
#include <cstring>
#include <map>

#include "base/bits.hpp"
#include "base/reader.hpp"
#include "runtime/instance.hpp"
#include "runtime/memory.hpp"

namespace waxwing::describe {

namespace {

using runtime::Frame;
using runtime::Instance;
using runtime::TraceSink;

/// Granule in which memory without content is left out.
constexpr size_t kGranule = 4096;
constexpr uint64_t kMostBytes = (uint64_t{1} << 32) - (uint64_t{1} << 24);
/// Every entry of the format begins so.
constexpr uint8_t kEntry = 0;
/// Stands for a value that is not known.
constexpr uint8_t kMissing = 1;

enum Section : uint8_t { kCustom = 0, kMemory = 5, kGlobal = 6, kData = 11 };

class Bytes {
 public:
  void byte(uint8_t value) { bytes_.push_back(value); }
  void leb(uint64_t value) {
    for (; value >= 0x80; value >>= 7) byte(static_cast<uint8_t>(value | 0x80));
    byte(static_cast<uint8_t>(value));
  }
  void signed_leb(int64_t value) {
    for (;; value >>= 7) {
      const auto low = static_cast<uint8_t>(value & 0x7F);
      if (value >= -64 && value < 64) return byte(low);
      byte(low | 0x80);
    }
  }
  void raw(std::span<const uint8_t> from) { bytes_.insert(bytes_.end(), from.begin(), from.end()); }
  void name(std::string_view text) {
    leb(text.size());
    raw({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  }
  void section(Section id, const Bytes& content) {
    byte(id);
    leb(content.size());
    raw(content.bytes_);
  }
  [[nodiscard]] size_t size() const { return bytes_.size(); }
  [[nodiscard]] std::span<const uint8_t> span() const { return bytes_; }

 private:
  std::vector<uint8_t> bytes_;
};

/// Things in the order in which they were first seen.
template <class T>
class Numbered {
 public:
  uint32_t number(const T* thing) {
    const auto [at, is_new] = numbers_.try_emplace(thing, static_cast<uint32_t>(all_.size()));
    if (is_new) all_.push_back(thing);
    return at->second;
  }
  [[nodiscard]] const std::vector<const T*>& all() const { return all_; }

 private:
  std::map<const T*, uint32_t> numbers_;
  std::vector<const T*> all_;
};

/// Bytes of a memory that are written.
struct Run {
  uint32_t memory;
  uint64_t at;
  std::span<const uint8_t> bytes;
};

bool is_zero(const uint8_t* bytes, size_t size) {
  return size == 0 || (bytes[0] == 0 && std::memcmp(bytes, bytes + 1, size - 1) == 0);
}

void add_runs(uint32_t number, const runtime::Memory& memory, std::vector<Run>& runs) {
  const runtime::MemoryView view = view_of(memory);
  for (size_t at = 0; at < view.size;) {
    const size_t size = std::min(kGranule, view.size - at);
    const uint8_t* const bytes = view.base + at;
    if (!is_zero(bytes, size)) {
      if (!runs.empty() && runs.back().memory == number &&
          runs.back().bytes.data() + runs.back().bytes.size() == bytes)
        runs.back().bytes = {runs.back().bytes.data(), runs.back().bytes.size() + size};
      else
        runs.push_back({number, at, {bytes, size}});
    }
    at += size;
  }
}

void add_memory(Bytes& out, const MemoryType& type) {
  const bool has_page_size = type.page_log2 != 16;
  const Limits& limits = type.limits;
  out.byte(static_cast<uint8_t>((limits.has_max ? 1 : 0) | (limits.shared ? 2 : 0) |
                                (limits.is64 ? 4 : 0) | (has_page_size ? 8 : 0)));
  out.leb(limits.min);
  if (limits.has_max) out.leb(limits.max);
  if (has_page_size) out.leb(type.page_log2);
}

template <class T>
T value_of(const runtime::Global& global) {
  T value;
  std::memcpy(&value, global.value, sizeof value);
  return value;
}

/// A constant of the value that the global has.
void add_global(Bytes& out, const runtime::Global& global) {
  const ValType type = global.type.type;
  const auto start = [&](uint8_t of) {
    out.byte(of);
    out.byte(0);
  };
  constexpr uint8_t kConst = 0x41; // i32.const; those of i64, f32 and f64 follow
  if (type == val::i32) {
    start(type.code());
    out.byte(kConst);
    out.signed_leb(value_of<int32_t>(global));
  } else if (type == val::i64) {
    start(type.code());
    out.byte(kConst + 1);
    out.signed_leb(value_of<int64_t>(global));
  } else if (type == val::f32) {
    start(type.code());
    out.byte(kConst + 2);
    out.raw({global.value, 4});
  } else if (type == val::f64) {
    start(type.code());
    out.byte(kConst + 3);
    out.raw({global.value, 8});
  } else if (type == val::v128) {
    start(type.code());
    out.byte(0xFD);
    out.leb(0x0C);
    out.raw({global.value, 16});
  } else {
    start(heap::extern_.code());
    out.byte(0xD0); // ref.null
    out.byte(heap::extern_.code());
  }
  out.byte(0x0B);
}

void add_data_head(Bytes& out, const Run& run, bool is64) {
  if (run.memory == 0) {
    out.byte(0);
  } else {
    out.byte(2);
    out.leb(run.memory);
  }
  out.byte(is64 ? 0x42 : 0x41);
  out.signed_leb(is64 ? static_cast<int64_t>(run.at) : static_cast<int32_t>(run.at));
  out.byte(0x0B);
  out.leb(run.bytes.size());
}

class Writer {
 public:
  Writer(const runtime::Store& store, const ModuleName& name_of) {
    for (const Instance* instance : store.instances) {
      const Module& module = instance->module();
      const uint32_t number = static_cast<uint32_t>(instances_++);
      numbers_.emplace(instance, number);
      instance_bytes_.byte(kEntry);
      instance_bytes_.leb(modules_.number(&module));
      instance_bytes_.leb(module.memories.size());
      for (uint32_t i = 0; i < module.memories.size(); ++i)
        instance_bytes_.leb(memories_.number(memory_of(*instance, i)));
      instance_bytes_.leb(module.globals.size());
      for (uint32_t i = 0; i < module.globals.size(); ++i)
        instance_bytes_.leb(globals_.number(global_of(*instance, i)));
    }
    for (const Module* module : modules_.all()) names_.push_back(name_of(*module));
  }

  uint64_t write(const TraceSink& trace, std::span<const image::FrameValue> values,
                 std::string_view program, const WriteBytes& out) {
    Bytes head;
    constexpr uint8_t kPreamble[] = {0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00};
    head.raw(kPreamble);
    Bytes core;
    core.name("core");
    core.byte(kEntry);
    core.name(program);
    head.section(kCustom, core);
    head.section(kCustom, module_section());
    Bytes instances;
    instances.name("coreinstances");
    instances.leb(instances_);
    instances.raw(instance_bytes_.span());
    head.section(kCustom, instances);
    head.section(kCustom, stack_section(trace, values));
    add_sections(head);

    std::vector<Run> runs;
    for (uint32_t i = 0; i < memories_.all().size(); ++i) add_runs(i, *memories_.all()[i], runs);
    std::vector<Bytes> heads;
    uint64_t left_out = 0;
    const uint64_t size = fit(runs, heads, left_out);
    if (!runs.empty()) {
      head.byte(kData);
      head.leb(size);
      head.leb(runs.size());
    }
    out(head.span());
    for (size_t i = 0; i < runs.size(); ++i) {
      out(heads[i].span());
      out(runs[i].bytes);
    }
    return left_out;
  }

 private:
  static const runtime::Memory* memory_of(const Instance& instance, uint32_t index) {
    return const_cast<Instance&>(instance).extern_of(ExternKind::memory, index).memory;
  }
  static const runtime::Global* global_of(const Instance& instance, uint32_t index) {
    return const_cast<Instance&>(instance).extern_of(ExternKind::global, index).global;
  }

  Bytes module_section() const {
    Bytes section;
    section.name("coremodules");
    section.leb(names_.size());
    for (const std::string& name : names_) {
      section.byte(kEntry);
      section.name(name);
    }
    return section;
  }

  /// As many locals as up to the last that is known.
  static void add_locals(Bytes& out, std::vector<const image::FrameValue*> known) {
    std::erase_if(known, [](const auto* value) { return value->is_param; });
    std::ranges::sort(known, {}, [](const auto* value) { return value->index; });
    out.leb(known.empty() ? 0 : uint64_t{known.back()->index} + 1);
    uint32_t index = 0;
    for (const image::FrameValue* value : known) {
      for (; index < value->index; ++index) out.byte(kMissing);
      if (index++ > value->index) continue;
      add_value(out, *value);
    }
  }

  static void add_value(Bytes& out, const image::FrameValue& value) {
    using Kind = image::FrameValueKind;
    const std::span<const uint8_t> bytes(value.bytes);
    switch (value.kind) {
    case Kind::i32:
      out.byte(val::i32.code());
      return out.signed_leb(load_unaligned<int32_t>(value.bytes));
    case Kind::i64:
      out.byte(val::i64.code());
      return out.signed_leb(load_unaligned<int64_t>(value.bytes));
    case Kind::f32: out.byte(val::f32.code()); return out.raw(bytes.first(4));
    case Kind::f64: out.byte(val::f64.code()); return out.raw(bytes.first(8));
    case Kind::v128:
    case Kind::reference: out.byte(kMissing);
    }
  }

  void add_frame(Bytes& out, const Frame& frame,
                 const std::vector<const image::FrameValue*>& values) const {
    const auto number = numbers_.find(frame.instance);
    const Module& module = frame.module->module();
    uint32_t start = 0;
    if (frame.function >= module.imported_functions)
      start = module.functions[frame.function].body.offset;
    out.byte(kEntry);
    out.leb(number == numbers_.end() ? 0 : number->second);
    out.leb(frame.function);
    out.leb(frame.offset >= start ? frame.offset - start : 0);
    add_locals(out, values);
    out.leb(0); // operands
  }

  /// The frames that are known: those of the guest, without the middle of a deep recursion.
  Bytes stack_section(const TraceSink& trace, std::span<const image::FrameValue> values) const {
    Bytes frames;
    uint64_t count = 0;
    const auto add = [&](const Frame& frame, uint64_t number) {
      if (frame.module == nullptr || frame.function == kNoIndex) return;
      std::vector<const image::FrameValue*> own;
      for (const image::FrameValue& value : values)
        if (value.frame == number) own.push_back(&value);
      add_frame(frames, frame, own);
      ++count;
    };
    const uint64_t head = std::min<uint64_t>(trace.count, TraceSink::kKeep);
    const uint64_t tail = std::min<uint64_t>(trace.count - head, TraceSink::kKeep);
    for (uint64_t i = 0; i < head; ++i) add(trace.first[i], i);
    for (uint64_t i = trace.count - tail; i < trace.count; ++i)
      add(trace.last[i % TraceSink::kKeep], i);
    Bytes section;
    section.name("corestack");
    section.byte(kEntry);
    section.name("main");
    section.leb(count);
    section.raw(frames.span());
    return section;
  }

  void add_sections(Bytes& head) const {
    if (!memories_.all().empty()) {
      Bytes section;
      section.leb(memories_.all().size());
      for (const runtime::Memory* memory : memories_.all())
        add_memory(section, memory->current_type());
      head.section(kMemory, section);
    }
    if (!globals_.all().empty()) {
      Bytes section;
      section.leb(globals_.all().size());
      for (const runtime::Global* global : globals_.all()) add_global(section, *global);
      head.section(kGlobal, section);
    }
  }

  /// Makes the heads of all segments, cuts off what has no room, and returns the section's size.
  uint64_t fit(std::vector<Run>& runs, std::vector<Bytes>& heads, uint64_t& left_out) const {
    uint64_t size = 5; // The count of segments takes at most so much.
    size_t kept = 0;
    for (Run& run : runs) {
      const uint64_t room = size < kMostBytes ? kMostBytes - size : 0;
      const uint64_t fits = std::min<uint64_t>(run.bytes.size(), room);
      left_out += run.bytes.size() - fits;
      if (fits == 0) continue;
      run.bytes = run.bytes.first(static_cast<size_t>(fits));
      Bytes head;
      add_data_head(head, run, memories_.all()[run.memory]->type().limits.is64);
      size += head.size() + fits;
      heads.push_back(std::move(head));
      runs[kept++] = run;
    }
    runs.resize(kept);
    Bytes count;
    count.leb(kept);
    return size - 5 + count.size();
  }

  size_t instances_ = 0;
  std::map<const Instance*, uint32_t> numbers_;
  Bytes instance_bytes_;
  Numbered<Module> modules_;
  Numbered<runtime::Memory> memories_;
  Numbered<runtime::Global> globals_;
  std::vector<std::string> names_;
};

Result<std::string> read_name(ByteReader& reader) {
  const uint32_t size = TRY(reader.leb_u32());
  const uint8_t* const start = reader.position();
  TRY(reader.bytes(size));
  return std::string(reinterpret_cast<const char*>(start), size);
}

/// The values that are not missing.
Result<std::vector<image::FrameValue>> read_values(ByteReader& reader) {
  using Kind = image::FrameValueKind;
  std::vector<image::FrameValue> values;
  const uint32_t count = TRY(reader.leb_u32());
  for (uint32_t i = 0; i < count; ++i) {
    image::FrameValue value{0, i, false, Kind::i32, {}};
    const auto keep = [&](Kind kind, const void* bytes, size_t size) {
      value.kind = kind;
      std::memcpy(value.bytes, bytes, size);
      values.push_back(value);
    };
    const uint8_t type = TRY(reader.u8());
    switch (type) {
    case kMissing: break;
    case val::i32.code(): {
      const int32_t number = TRY(reader.leb_s32());
      keep(Kind::i32, &number, sizeof number);
      break;
    }
    case val::i64.code(): {
      const int64_t number = TRY(reader.leb_s64());
      keep(Kind::i64, &number, sizeof number);
      break;
    }
    case val::f32.code():
    case val::f64.code(): {
      const bool is_wide = type == val::f64.code();
      const uint8_t* const bytes = reader.position();
      const uint32_t size = is_wide ? 8 : 4;
      TRY(reader.bytes(size));
      keep(is_wide ? Kind::f64 : Kind::f32, bytes, size);
      break;
    }
    default: return reader.past_end();
    }
  }
  return values;
}

Result<void> read_stack(ByteReader& reader, CoreDump& dump) {
  TRY(reader.u8());
  dump.thread = TRY(read_name(reader));
  const uint32_t count = TRY(reader.leb_u32());
  for (uint32_t i = 0; i < count; ++i) {
    TRY(reader.u8());
    DumpedFrame frame{};
    frame.instance = TRY(reader.leb_u32());
    frame.function = TRY(reader.leb_u32());
    frame.offset = TRY(reader.leb_u32());
    frame.locals = TRY(read_values(reader));
    TRY(read_values(reader));
    dump.frames.push_back(std::move(frame));
  }
  return {};
}

Result<void> read_instances(ByteReader& reader, CoreDump& dump) {
  const uint32_t count = TRY(reader.leb_u32());
  for (uint32_t i = 0; i < count; ++i) {
    TRY(reader.u8());
    dump.instances.push_back(TRY(reader.leb_u32()));
    for (int list = 0; list < 2; ++list)
      for (uint32_t left = TRY(reader.leb_u32()); left != 0; --left) TRY(reader.leb_u32());
  }
  return {};
}

Result<void> read_modules(ByteReader& reader, CoreDump& dump) {
  const uint32_t count = TRY(reader.leb_u32());
  for (uint32_t i = 0; i < count; ++i) {
    TRY(reader.u8());
    dump.modules.push_back(TRY(read_name(reader)));
  }
  return {};
}

} // namespace

uint64_t write_core_dump(const runtime::Store& store, const TraceSink& trace,
                         std::span<const image::FrameValue> values, std::string_view program,
                         const ModuleName& name_of, const WriteBytes& write) {
  return Writer(store, name_of).write(trace, values, program, write);
}

std::optional<CoreDump> read_core_dump(const Module& module) {
  CoreDump dump;
  bool is_one = false;
  for (const CustomSection& section : module.customs) {
    ByteReader reader(module.slice(section.bytes), section.bytes.offset);
    Result<void> read;
    if (section.name == "core") {
      is_one = true;
      read = [&]() -> Result<void> {
        TRY(reader.u8());
        dump.program = TRY(read_name(reader));
        return {};
      }();
    } else if (section.name == "corestack") {
      read = read_stack(reader, dump);
    } else if (section.name == "coreinstances") {
      read = read_instances(reader, dump);
    } else if (section.name == "coremodules") {
      read = read_modules(reader, dump);
    }
    if (!read) return std::nullopt;
  }
  return is_one ? std::optional(std::move(dump)) : std::nullopt;
}

} // namespace waxwing::describe
