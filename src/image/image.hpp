// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "image/reader.hpp"
#include "runtime/loaded_module.hpp"

namespace waxwing::image {

/// Where the code of an image runs.
enum class Placement : uint8_t {
  /// In a copy: for bytes that share their pages with anything else.
  copy,
  /// Where `bytes` lie, if that is on pages: those of a mapped file. The pages of the text become
  /// executable, and read-only.
  in_place,
  /// Where the program's linker has put it.
  linked,
};

/// What comes with the bytes of an image, and stays as long as they.
struct Source {
  Placement placement = Placement::copy;
  /// A file that has them from its first byte on; -1: none. Memories then show what they start with
  /// from there (`CompiledModule`'s module: `LoadedModule::shows_file`).
  int file = -1;
  /// What was split off the image; one that doesn't fit is left out.
  std::span<const uint8_t> trace = {};
};

/// Makes the module of an image ready for an engine: checks it, the checksum included where it has
/// one, and whether it can run in this process, and puts its code in place. The caller keeps the
/// image's bytes until the last reference is gone, and holds the one reference of the result.
/// Functions that have no code in the image, and bodies that are inside, belong to the engine's own
/// backend. Fails as `read`, with `image_checksum`, with `image_host` and the number of the
/// required bit in `a`, and as decoding a module does, with offsets in the module inside
/// (`Image::module`).
[[nodiscard]] Result<runtime::LoadedModule*> load(runtime::Engine& engine, const Image& image,
                                                  const Source& source = {});
/// The same for an image that is still to be read.
[[nodiscard]] Result<runtime::LoadedModule*>
load(runtime::Engine& engine, std::span<const uint8_t> bytes, const Source& source = {});

/// `load` of an image that has been linked into this program in two parts (native/embedded.hpp),
/// and is trusted as the program's own code is: `front` is what comes before the code, whose
/// offsets count from `code`.
[[nodiscard]] Result<runtime::LoadedModule*>
load_linked(runtime::Engine& engine, std::span<const uint8_t> front, const uint8_t* code);

/// The target of this process, or null where compiled code can't run.
[[nodiscard]] const TargetInfo* host_target();

/// Whether `image` can run in this process with `engine`: target, processor, what the host offers.
[[nodiscard]] Result<void> check_host(const Image& image, const runtime::Engine& engine);

} // namespace waxwing::image
