// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "waxwing/error.hpp"
#include "waxwing/module.hpp"

/// What a module or an image consists of, as data, for tools that show it: whatever features it
/// uses, and whatever machine it was compiled for. Nothing of it can be run; see `Module` for that.
/// Not part of `waxwing/waxwing.hpp`.
namespace waxwing::inline v0 {

/// The bounds of a table or memory, in elements or pages.
struct SizeBounds {
  uint64_t min = 0;
  std::optional<uint64_t> max = {};
  /// Addresses are 64-bit numbers.
  bool is64 = false;
  bool shared = false;
};

/// An import or export, or what a module declares of its own. Types are in the words of the text
/// format, where indices are those of the module.
struct DeclaredItem {
  /// `func`, `table`, `memory`, `global` or `tag`.
  std::string_view kind;
  /// Among all of its kind.
  uint32_t index = 0;
  std::string type;
};
struct DeclaredImport : DeclaredItem {
  std::string module;
  std::string name;
};
struct DeclaredExport : DeclaredItem {
  std::string name;
};
struct DeclaredTable : DeclaredItem {
  SizeBounds bounds;
  std::string element;
};
struct DeclaredMemory : DeclaredItem {
  SizeBounds bounds;
  /// In bytes.
  uint64_t page_size = 0;
};
struct DeclaredGlobal : DeclaredItem {
  std::string value_type;
  bool is_mutable = false;
};

/// A function that the module defines.
struct DefinedFunction {
  uint32_t index = 0;
  /// From the name section, else of an export; empty where it has neither.
  std::string name;
  /// Of the body, its locals included, in the module's bytes.
  uint32_t offset = 0;
  uint32_t size = 0;
};

/// One frame of a core dump.
struct DumpedFrame {
  /// Index into the dump's instances, and the name of the module of that one.
  uint32_t instance = 0;
  std::string module;
  uint32_t function = 0;
  /// From the function's first byte.
  uint32_t offset = 0;
  /// Those that the dump has; `bytes` hold as many as the type has.
  std::vector<FrameValue> locals;
};

/// What a core dump (`Store::write_core_dump`) says of the stack.
struct CoreDump {
  std::string program;
  std::string thread;
  /// Innermost first.
  std::vector<DumpedFrame> frames;
};

/// What a compiled image says of itself. Offsets and sizes are bytes of the file.
struct ImageInfo {
  /// Numbers of the format and of what code and runtime have agreed on (docs/abi.md).
  uint32_t format = 0;
  uint32_t abi = 0;
  /// A name of `compile_targets`.
  std::string target;
  /// LLVM's name of the processor, and the features of it that the code uses, by commas.
  std::string cpu;
  std::string cpu_features;
  /// What a loader must know, and what it may ignore; a bit without a name is `bit-N`.
  std::vector<std::string> required;
  std::vector<std::string> optional;
  /// Whether functions push frames, and what those tell, in the words of
  /// `--dump-call-stack-features`.
  bool has_frames = false;
  std::vector<std::string> frame_fields;
  /// What has made it; empty where it does not say.
  std::string producer;
  /// In hexadecimal digits.
  std::string build_id;
  /// Nothing where it has none. It has not been compared.
  std::optional<uint64_t> checksum;
  uint64_t size = 0;
  uint32_t text_offset = 0;
  uint32_t text_size = 0;
  uint32_t functions = 0;
  uint32_t ranges = 0;
  /// Its tables, named as docs/abi.md does.
  struct Table {
    std::string_view name;
    uint32_t offset = 0;
    uint32_t size = 0;
  };
  std::vector<Table> tables;
};

/// Everything that `inspect` finds. A plain value, which refers to nothing.
struct ModuleInfo {
  /// From the name section.
  std::string name;
  /// Bytes of the module; of an image, of the module inside.
  uint64_t size = 0;
  /// For an image. The module inside may lack its code.
  std::optional<ImageInfo> image;
  /// For a core dump.
  std::optional<CoreDump> core_dump;
  /// Features without any of which the module would not be valid, as `Features` knows them.
  std::vector<std::string_view> features;
  std::vector<Section> sections;
  std::vector<std::string> types;
  std::vector<DeclaredImport> imports;
  std::vector<DeclaredExport> exports;
  uint32_t imported_functions = 0;
  /// In the order of their indices.
  std::vector<DefinedFunction> functions;
  // Of these, the imported ones come first.
  std::vector<DeclaredTable> tables;
  std::vector<DeclaredMemory> memories;
  std::vector<DeclaredGlobal> globals;
  std::vector<DeclaredItem> tags;
  uint32_t imported_tables = 0;
  uint32_t imported_memories = 0;
  uint32_t imported_globals = 0;
  uint32_t imported_tags = 0;
  /// Index of the start function.
  std::optional<uint32_t> start;
};

/// Takes a module in the binary format, or an image, apart. It is validated, with all features that
/// there are. `name` is what messages call it. Fails as `Module::from_bytes`, and with `image` for
/// an image that is damaged or of another version; one for another machine is well. Thread-safe.
[[nodiscard]] WAXWING_API Result<ModuleInfo> inspect(std::span<const std::byte> bytes,
                                                     std::string_view name = "module");

} // namespace waxwing::inline v0
