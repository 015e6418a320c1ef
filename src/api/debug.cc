// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Machine code as debuggers and profilers see it.
#include <fmt/format.h>

#include "api/convert.hpp"
// Behind the core, like the other public headers.
#include <waxwing/debug.hpp>

// The interface that GDB's manual describes in "JIT Compilation Interface"; LLDB knows it, too.
// They find these by their names, and stop in the function.
extern "C" {
struct jit_code_entry {
  jit_code_entry* next_entry;
  jit_code_entry* prev_entry;
  const char* symfile_addr;
  uint64_t symfile_size;
};
struct jit_descriptor {
  uint32_t version;
  uint32_t action_flag;
  jit_code_entry* relevant_entry;
  jit_code_entry* first_entry;
};
// NOLINTBEGIN(bugprone-reserved-identifier)
WAXWING_API __attribute__((used, noinline, weak)) void __jit_debug_register_code() {
  // Like no other function, so that a linker does not make one of them.
  asm volatile("" : : "r"(__jit_debug_register_code) : "memory");
}
WAXWING_API
__attribute__((used, weak)) jit_descriptor __jit_debug_descriptor = {1, 0, nullptr, nullptr};
// NOLINTEND(bugprone-reserved-identifier)
}

namespace waxwing::inline v0 {

namespace {

using image::CompiledModule;
using impl::ModuleState;

/// What of a module runs as machine code; null where nothing does.
const CompiledModule* code_of(const ModuleState& state) {
  return state.is_image ? &CompiledModule::of(*state.loaded) : nullptr;
}

/// A list that debuggers read while the process stands still.
class Registry {
 public:
  void add(jit_code_entry& entry) {
    const std::lock_guard guard(lock_);
    entry.next_entry = __jit_debug_descriptor.first_entry;
    if (entry.next_entry != nullptr) entry.next_entry->prev_entry = &entry;
    __jit_debug_descriptor.first_entry = &entry;
    say(entry, kRegister);
  }
  void remove(jit_code_entry& entry) {
    const std::lock_guard guard(lock_);
    (entry.prev_entry != nullptr ? entry.prev_entry->next_entry
                                 : __jit_debug_descriptor.first_entry) = entry.next_entry;
    if (entry.next_entry != nullptr) entry.next_entry->prev_entry = entry.prev_entry;
    say(entry, kUnregister);
  }
  static Registry& get() {
    static Registry registry;
    return registry;
  }

 private:
  static constexpr uint32_t kRegister = 1;
  static constexpr uint32_t kUnregister = 2;
  static void say(jit_code_entry& entry, uint32_t action) {
    __jit_debug_descriptor.relevant_entry = &entry;
    __jit_debug_descriptor.action_flag = action;
    __jit_debug_register_code();
    __jit_debug_descriptor.action_flag = 0;
    __jit_debug_descriptor.relevant_entry = nullptr;
  }
  std::mutex lock_;
};

/// The ELF file of an image, made into one of code at its place in this process: what it says of
/// addresses is moved there. Sizes and places of its fields are those of this process's own files.
class PlacedElf {
 public:
  PlacedElf(std::span<const uint8_t> file, const void* base)
      : bytes_(file.begin(), file.end()), base_(reinterpret_cast<uintptr_t>(base)) {}

  /// False where the file is damaged.
  [[nodiscard]] bool place() {
    if (!has(0, kHeaderSize)) return false;
    const size_t sections = word(kSectionsAt);
    const size_t count = half(kSectionCountAt);
    const size_t names = half(kSectionNamesAt);
    if (!has(sections, count * kSectionSize) || names >= count) return false;
    put<uint16_t>(kTypeAt, kExecutable);
    // Segments would be taken for what is to be moved.
    put<uint16_t>(kSegmentCountAt, 0);
    put<uintptr_t>(kSegmentsAt, 0);
    for (size_t i = 0; i < count; ++i) {
      const Section one = section(sections + i * kSectionSize);
      if (!has(one.offset, one.size)) return false;
      if ((one.flags & kAlloc) != 0)
        put(sections + i * kSectionSize + kSectionAddressAt, base_ + one.address);
      if (one.type == kSymbols)
        for (size_t at = 0; at + kSymbolSize <= one.size; at += kSymbolSize)
          move(one, at + kValueAt);
    }
    const Section name_table = section(sections + names * kSectionSize);
    for (size_t i = 0; i < count; ++i) {
      const Section one = section(sections + i * kSectionSize);
      if (name_of(name_table, one.name) != image::kElfAddresses) continue;
      // Once more: what was moved may have been of this very header.
      if (!has(one.offset, one.size)) return false;
      for (size_t at = 0; at + sizeof(image::ElfAddress) <= one.size;
           at += sizeof(image::ElfAddress)) {
        image::ElfAddress row;
        std::memcpy(&row, bytes_.data() + one.offset + at, sizeof row);
        if (row.section >= count) return false;
        move(section(sections + row.section * kSectionSize), row.offset);
      }
    }
    return true;
  }
  [[nodiscard]] const std::vector<uint8_t>& bytes() const { return bytes_; }

 private:
  // Places in an ELF file whose words have the size of pointers (System V ABI, chapter 4).
  static constexpr size_t kWord = sizeof(uintptr_t);
  static constexpr size_t kTypeAt = 16;
  static constexpr size_t kSegmentsAt = 24 + kWord;
  static constexpr size_t kSectionsAt = 24 + 2 * kWord;
  static constexpr size_t kSegmentCountAt = 24 + 3 * kWord + 8;
  static constexpr size_t kSectionCountAt = kSegmentCountAt + 4;
  static constexpr size_t kSectionNamesAt = kSectionCountAt + 2;
  static constexpr size_t kHeaderSize = kSectionNamesAt + 2;
  static constexpr size_t kSectionAddressAt = 8 + kWord;
  static constexpr size_t kSectionSize = 16 + 6 * kWord;
  static constexpr size_t kSymbolSize = 8 + 2 * kWord;
  static constexpr size_t kValueAt = kWord;
  static constexpr uint16_t kExecutable = 2;
  static constexpr uint32_t kSymbols = 2;
  static constexpr uintptr_t kAlloc = 2;

  struct Section {
    uint32_t name;
    uint32_t type;
    uintptr_t flags;
    uintptr_t address;
    uintptr_t offset;
    uintptr_t size;
  };

  [[nodiscard]] bool has(size_t at, size_t size) const {
    return at <= bytes_.size() && size <= bytes_.size() - at;
  }
  template <class T>
  [[nodiscard]] T get(size_t at) const {
    T value;
    std::memcpy(&value, bytes_.data() + at, sizeof value);
    return value;
  }
  template <class T>
  void put(size_t at, T value) {
    std::memcpy(bytes_.data() + at, &value, sizeof value);
  }
  [[nodiscard]] uint16_t half(size_t at) const { return get<uint16_t>(at); }
  [[nodiscard]] uintptr_t word(size_t at) const { return get<uintptr_t>(at); }
  [[nodiscard]] Section section(size_t at) const {
    return {get<uint32_t>(at),    get<uint32_t>(at + 4),    word(at + 8),
            word(at + 8 + kWord), word(at + 8 + 2 * kWord), word(at + 8 + 3 * kWord)};
  }
  [[nodiscard]] std::string_view name_of(const Section& table, uint32_t at) const {
    if (at >= table.size || !has(table.offset, table.size)) return {};
    const char* const from = reinterpret_cast<const char*>(bytes_.data() + table.offset + at);
    return {from, strnlen(from, table.size - at)};
  }
  /// The address at a place of a section; 0 stands for nothing.
  void move(const Section& in, size_t at) {
    if (at > in.size || in.size - at < kWord || !has(in.offset, in.size)) return;
    if (const uintptr_t address = word(in.offset + at); address != 0)
      put(in.offset + at, base_ + address);
  }

  std::vector<uint8_t> bytes_;
  uintptr_t base_;
};

} // namespace

struct DebuggerEntry::State {
  State(Module of, std::vector<uint8_t> file) : module(std::move(of)), bytes(std::move(file)) {
    entry.symfile_addr = reinterpret_cast<const char*>(bytes.data());
    entry.symfile_size = bytes.size();
    Registry::get().add(entry);
  }
  ~State() { Registry::get().remove(entry); }
  State(const State&) = delete;

  /// Whose code stays where it is as long as it is spoken of.
  Module module;
  std::vector<uint8_t> bytes;
  jit_code_entry entry{};
};

DebuggerEntry::DebuggerEntry(std::shared_ptr<State> state) : state_(std::move(state)) {}
DebuggerEntry::~DebuggerEntry() = default;
DebuggerEntry::DebuggerEntry(const DebuggerEntry&) = default;
DebuggerEntry& DebuggerEntry::operator=(const DebuggerEntry&) = default;
DebuggerEntry::DebuggerEntry(DebuggerEntry&&) noexcept = default;
DebuggerEntry& DebuggerEntry::operator=(DebuggerEntry&&) noexcept = default;

std::string perf_map(const Module& module) {
  ModuleState& state = *ModuleState::of(module);
  const CompiledModule* const code = code_of(state);
  if (code == nullptr) return {};
  std::string out;
  const image::Image& image = code->image();
  for (uint32_t i = 0; i < image.ranges.size(); ++i) {
    const image::CodeRange range = image.ranges[i];
    std::string name;
    switch (static_cast<image::RangeKind>(range.kind)) {
    case image::RangeKind::function:
    case image::RangeKind::wrapper:
      name = state.function_name(range.function);
      if (name.empty()) name = fmt::format("func {}", range.function);
      // A line is a function.
      for (char& c : name)
        if (static_cast<unsigned char>(c) < ' ') c = '?';
      break;
    case image::RangeKind::trampoline: name = "waxwing trampoline"; break;
    case image::RangeKind::adapter: name = "waxwing adapter"; break;
    case image::RangeKind::helper: name = "waxwing helper"; break;
    }
    out += fmt::format("{:x} {:x} {}\n", reinterpret_cast<uintptr_t>(code->code(range.offset)),
                       range.size, name);
  }
  return out;
}

Result<DebuggerEntry> tell_debugger(const Module& module) {
  const ModuleState& state = *ModuleState::of(module);
  const CompiledModule* const code = code_of(state);
  if (code == nullptr)
    return impl::refuse(ErrorKind::usage, fmt::format("{}: it has no machine code", state.name));
  PlacedElf file(code->image().bytes, code->code(0));
  if (!file.place())
    return impl::refuse(ErrorKind::image,
                        fmt::format("{}: what it tells debuggers is damaged", state.name));
  return DebuggerEntry(std::make_shared<DebuggerEntry::State>(module, file.bytes()));
}

} // namespace waxwing::inline v0
