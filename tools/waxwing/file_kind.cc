// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/file_kind.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

namespace waxwing::tool {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view kPreamble = "\0asm\1\0\0\0"sv;

struct Magic {
  std::string_view bytes;
  std::string_view what;
};

constexpr Magic kMagics[] = {
    {"\0aot"sv,
     "this is code that wamrc compiled (.aot): name the .wasm file that it was made from"},
    {"!<arch>\n"sv, "this is an archive of objects (.a), not a module: link it into one, e.g.\n"
                    "  clang --target=wasm32-wasip1 main.o FILE -o app.wasm"},
    {"BC\xC0\xDE"sv, "this is LLVM bitcode, not a module: compile it, e.g.\n"
                     "  clang --target=wasm32-wasip1 FILE -o app.wasm"},
    {"\xCF\xFA\xED\xFE"sv, "this is a native program or object (Mach-O), not a WebAssembly module"},
    {"\xCE\xFA\xED\xFE"sv, "this is a native program or object (Mach-O), not a WebAssembly module"},
    {"\xCA\xFE\xBA\xBE"sv, "this is a Java class or a universal binary, not a WebAssembly module"},
    {"MZ"sv, "this is a program for Windows, not a WebAssembly module"},
    {"PK\x03\x04"sv, "this is a zip archive, not a WebAssembly module: unpack it first"},
    {"\x1F\x8B"sv, "this is compressed (gzip): unpack it first, with gunzip"},
    {"\x28\xB5\x2F\xFD"sv, "this is compressed (zstd): unpack it first, with unzstd"},
    {"\xFD"
     "7zXZ"sv,
     "this is compressed (xz): unpack it first, with unxz"},
    {"BZh"sv, "this is compressed (bzip2): unpack it first, with bunzip2"},
    {"#!"sv, "this is a script, not a WebAssembly module"},
    {"\xEF\xBB\xBF"sv, "this begins with a byte order mark: save it as UTF-8 without one"},
    {"\xFF\xFE"sv, "this is text in UTF-16: save it as UTF-8"},
    {"\xFE\xFF"sv, "this is text in UTF-16: save it as UTF-8"},
};

struct Language {
  std::string_view ending;
  std::string_view what;
};

constexpr Language kLanguages[] = {
    {".c",
     "this is C: compile it first, e.g.\n  clang --target=wasm32-wasip1 -O2 FILE -o app.wasm"},
    {".cc", "this is C++: compile it first, e.g.\n"
            "  clang++ --target=wasm32-wasip1 -O2 FILE -o app.wasm"},
    {".cpp", "this is C++: compile it first, e.g.\n"
             "  clang++ --target=wasm32-wasip1 -O2 FILE -o app.wasm"},
    {".rs", "this is Rust: compile it first, e.g.\n  rustc --target wasm32-wasip1 -O FILE"},
    {".go", "this is Go: compile it first, e.g.\n"
            "  GOOS=wasip1 GOARCH=wasm go build -o app.wasm FILE"},
    {".zig", "this is Zig: compile it first, e.g.\n  zig build-exe -target wasm32-wasi FILE"},
    {".wit",
     "this describes the interface of a component (WIT); a module is what was built with it"},
    {".js", "this is JavaScript, which loads a module elsewhere: name that module"},
    {".mjs", "this is JavaScript, which loads a module elsewhere: name that module"},
    {".ts", "this is TypeScript, not a WebAssembly module"},
    {".py", "this is Python, not a WebAssembly module"},
    {".html", "this is a web page, not a WebAssembly module"},
    {".json", "this is JSON, not a WebAssembly module"},
    {".s", "this is assembly: assemble and link it first, e.g.\n"
           "  clang --target=wasm32-wasip1 FILE -o app.wasm"},
    {".ll", "this is LLVM IR: compile it first, e.g.\n"
            "  clang --target=wasm32-wasip1 FILE -o app.wasm"},
};

bool starts_with(std::span<const uint8_t> bytes, std::string_view start) {
  return bytes.size() >= start.size() && std::memcmp(bytes.data(), start.data(), start.size()) == 0;
}

/// Whether the beginning can be read by people.
bool is_text(std::span<const uint8_t> bytes) {
  constexpr size_t kLooked = 512;
  return std::ranges::all_of(bytes.first(std::min(bytes.size(), kLooked)), [](uint8_t c) {
    return (c >= 0x20 && c != 0x7F) || c == '\n' || c == '\t' || c == '\r' || c == '\f';
  });
}

/// System V ABI, chapter 4; 200 is what wasmtime has chosen for its images.
std::string_view what_elf_is(std::span<const uint8_t> bytes) {
  constexpr size_t kOsAbi = 7;
  constexpr size_t kType = 16;
  constexpr uint8_t kWasmtime = 200;
  constexpr uint8_t kRelocatable = 1;
  if (bytes.size() <= kType) return "this is the beginning of a native program (ELF), and no more";
  if (bytes[kOsAbi] == kWasmtime)
    return "this is code that wasmtime compiled (.cwasm): name the .wasm file that it was made "
           "from";
  if (bytes[kType] == kRelocatable || bytes[kType + 1] == kRelocatable)
    return "this is a native object file (ELF), not a WebAssembly module: compile its source with\n"
           "  clang --target=wasm32-wasip1";
  return "this is a native program or library (ELF), not a WebAssembly module";
}

/// Advice in which the command is for this file.
std::string for_file(std::string_view advice, std::string_view path) {
  std::string out(advice);
  if (const size_t at = out.find("FILE"); at != std::string::npos) out.replace(at, 4, path);
  return out;
}

/// What comes after `(` and blanks.
std::string_view first_word(std::string_view source) {
  size_t at = 0;
  while (at < source.size()) {
    if (source.substr(at).starts_with(";;")) {
      at = std::min(source.find('\n', at), source.size());
    } else if (source.substr(at).starts_with("(;")) {
      const size_t end = source.find(";)", at);
      if (end == std::string_view::npos) return {};
      at = end + 2;
    } else if (" \t\r\n("sv.find(source[at]) != std::string_view::npos) {
      ++at;
    } else {
      break;
    }
  }
  const size_t end = source.find_first_of(" \t\r\n();", at);
  return source.substr(at, end == std::string_view::npos ? end : end - at);
}

} // namespace

std::string what_it_is(std::string_view path, std::span<const uint8_t> bytes) {
  std::string_view what;
  if (bytes.empty()) {
    what = "the file is empty";
  } else if (starts_with(bytes, "\x7f"
                                "ELF")) {
    what = what_elf_is(bytes);
  } else if (bytes.size() < kPreamble.size() &&
             kPreamble.starts_with(
                 std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()))) {
    what = "the file ends within the first 8 bytes of a module: build or copy it again";
  } else {
    for (const Magic& magic : kMagics)
      if (starts_with(bytes, magic.bytes)) {
        what = magic.what;
        break;
      }
  }
  if (what.empty() && is_text(bytes)) {
    for (const Language& language : kLanguages)
      if (path.ends_with(language.ending)) what = language.what;
    if (what.empty()) what = "this is text, but not WebAssembly text, which begins with '(module'";
  }
  if (what.empty())
    what = "not a WebAssembly module: it begins neither with '\\0asm' nor with text such as "
           "'(module'";
  return for_file(what, path);
}

std::string component_advice(std::string_view path) {
  return for_file("Waxwing runs core modules: build it with --target wasm32-wasip1, or take the "
                  "module out:\n  wasm-tools component unbundle --module-dir . FILE",
                  path);
}

std::string object_file_advice(std::string_view path) {
  return for_file("this is an object file, not a program yet: link it, e.g.\n"
                  "  clang --target=wasm32-wasip1 FILE -o app.wasm",
                  path);
}

bool is_component_text(std::string_view source) { return first_word(source) == "component"; }

} // namespace waxwing::tool
