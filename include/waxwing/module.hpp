// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "waxwing/engine.hpp"
#include "waxwing/types.hpp"

namespace waxwing::inline v0 {

/// Knows where instructions of a module stand in the source that it was compiled from, such as by
/// its DWARF: by their offsets in `Module::bytes`.
using FindLines =
    std::function<SourceLines(const Module& module, std::span<const uint32_t> offsets)>;

/// How a module is taken in.
struct ModuleOptions {
  /// What messages and traces call it, such as the name of its file.
  std::string_view name = "module";
  /// Where not null, the bytes or the text are not copied: this keeps them alive, unchanged, and is
  /// given back when the module ends.
  std::shared_ptr<const void> owner = {};
  /// Asked once for the frames of a trace that are in this module, when the trace is made, on the
  /// thread that runs the guest. A module that was made from text knows its lines without.
  FindLines find_lines = {};
  /// Of an image that has an owner: its pages are used by nothing else, as those of a private
  /// mapping of its file. Its code then runs there, instead of in a copy.
  bool private_pages = false;
  /// Of an image with `private_pages`: a descriptor of the file that the bytes are a mapping of,
  /// from its first byte on, which the owner keeps open; -1 for none. Memories with much in them
  /// then show it from the file, page by page when it is touched, instead of getting a copy at each
  /// instantiation.
  int image_file = -1;
  /// Of an image: where the file lies that was split off it (`waxwing compile --split-trace`), if
  /// it is to be looked for. Nothing in the image leads to files elsewhere.
  std::string_view folder = {};
};

/// A section of a module in the binary format.
struct Section {
  /// 0 for a custom section.
  uint8_t id = 0;
  std::string name;
  /// Of its contents in the module's bytes; of a custom section without its name.
  uint32_t offset = 0;
  uint32_t size = 0;
  /// Bytes that the name of a custom section takes before its contents.
  uint32_t name_size = 0;
  /// How many it has of what it lists; nothing for `start` and custom sections.
  std::optional<uint32_t> entries = {};
};

/// Code that was decoded and validated and can be instantiated any number of times, in any number
/// of stores. A handle; copies are the same module, which lives until the last handle and the last
/// store with an instance of it are gone. Immutable and thread-safe.
class WAXWING_API Module {
 public:
  /// Takes a module in the binary format; the bytes are copied, unless they have an owner. Fails
  /// with `malformed`, `component`, `invalid`, `feature_disabled`, `limit` or `out_of_memory`.
  [[nodiscard]] static Result<Module> from_bytes(const Engine& engine,
                                                 std::span<const std::byte> bytes,
                                                 const ModuleOptions& options = {});
  [[nodiscard]] static Result<Module> from_bytes(const Engine& engine, const void* bytes,
                                                 size_t size, const ModuleOptions& options = {}) {
    return from_bytes(engine, {static_cast<const std::byte*>(bytes), size}, options);
  }
  /// Takes a module in the text format (`.wat`). Fails as above, and with `text`. Component `text`.
  [[nodiscard]] static Result<Module> from_text(const Engine& engine, std::string_view text,
                                                const ModuleOptions& options = {});
  /// Takes a file in either format, told apart by its first bytes. The file is mapped: it must not
  /// be changed while the module lives. Its path is its name. Fails as above, and with `io`.
  /// Component `text`.
  [[nodiscard]] static Result<Module> from_file(const Engine& engine, const std::string& path);
  /// Takes a compiled image (`waxwing compile`). Fails with `image`, and as `from_bytes` does for
  /// the module inside.
  ///
  /// An image holds machine code, which runs with all rights of the process: take one only from
  /// whom you would take a shared library. All others refuse images for that reason.
  [[nodiscard]] static Result<Module> from_image(const Engine& engine,
                                                 std::span<const std::byte> bytes,
                                                 const ModuleOptions& options = {});
  /// The same for a file, which is mapped and must not be changed while the module lives. It stays
  /// open that long where memories show their first contents from it.
  [[nodiscard]] static Result<Module> from_image_file(const Engine& engine,
                                                      const std::string& path);
  /// The same module with the machine code of an image that was compiled from it, which need not
  /// hold the module as well. Fails as `from_image`; the caution there holds here, too. `owner`,
  /// `private_pages` and `image_file` are as in `ModuleOptions`.
  [[nodiscard]] Result<Module> with_code(std::span<const std::byte> image,
                                         std::shared_ptr<const void> owner = {},
                                         bool private_pages = false, int image_file = -1) const;
  /// Whether bytes look like an image. Nothing more is checked.
  [[nodiscard]] static bool is_image(std::span<const std::byte> bytes);

  ~Module();
  Module(const Module&);
  Module(Module&&) noexcept;
  Module& operator=(const Module&);
  Module& operator=(Module&&) noexcept;

  [[nodiscard]] Engine engine() const;
  /// What messages and traces call it.
  [[nodiscard]] std::string_view name() const;
  /// Whether it came out of an image.
  [[nodiscard]] bool is_compiled() const;
  /// In the binary format, also of a module that was made from text; of an image, the module
  /// inside, which may lack its code. Valid as long as the module.
  [[nodiscard]] std::span<const std::byte> bytes() const;

  [[nodiscard]] std::vector<ImportType> imports() const;
  [[nodiscard]] std::vector<ExportType> exports() const;
  /// The type of one export; nothing where there is none of that name.
  [[nodiscard]] std::optional<ExternType> export_type(std::string_view name) const;
  [[nodiscard]] std::vector<Section> sections() const;
  /// The contents of the first custom section of that name; nothing where there is none.
  [[nodiscard]] std::optional<std::span<const std::byte>>
  custom_section(std::string_view name) const;
  [[nodiscard]] bool has_start() const;
  /// What function `index` is called: in the name section, else as it is exported or imported.
  /// Empty where it has no name.
  [[nodiscard]] std::string function_name(uint32_t index) const;
  /// The function whose body has the instruction at `offset` of the module's bytes; nothing where
  /// none has.
  [[nodiscard]] std::optional<uint32_t> function_at(uint32_t offset) const;
  /// Where the instruction at `offset` stands in the source of a module that was made from text.
  [[nodiscard]] std::optional<Position> position(uint32_t offset) const;
  /// Whether it makes threads (wasi-threads), or imports a shared memory as if it did; see
  /// `Linker::threads`.
  [[nodiscard]] bool wants_threads() const;
  /// The module in the text format. Component `text`.
  [[nodiscard]] Result<std::string> print() const;

 private:
  friend struct impl::ModuleState;
  explicit Module(std::shared_ptr<impl::ModuleState> state);
  std::shared_ptr<impl::ModuleState> state_;
};

/// What a module in the text format is in the binary one. Nothing is validated. Fails with `text`,
/// where `name` is what the message calls it. Component `text`.
[[nodiscard]] WAXWING_API Result<std::vector<std::byte>>
text_to_binary(std::string_view text, const Features& features = {},
               std::string_view name = "module");
/// What a module in the binary format is in the text one. It has to be well-formed, but need not be
/// valid. Fails with `malformed`, `feature_disabled` or `limit`. Component `text`.
[[nodiscard]] WAXWING_API Result<std::string> binary_to_text(std::span<const std::byte> bytes,
                                                             const Features& features = {},
                                                             std::string_view name = "module");

} // namespace waxwing::inline v0
