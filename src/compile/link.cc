// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/link.hpp"

#include <lld/Common/CommonLinkerContext.h>
#include <lld/Common/Driver.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>

#include "compile/helpers.hpp"
#include "compile/sites.hpp"

LLD_HAS_DRIVER(elf)

namespace waxwing::compile {

namespace {

/// Read-only data first, text on a page of its own. Tables of unwinders have been read from the
/// machine code, and go. What is not named stays: debug information.
std::string script(uint32_t page) {
  const std::string align = std::to_string(page);
  return "SECTIONS {\n"
         "  . = 0;\n"
         "  .rodata : ALIGN(64) { *(.rodata .rodata.* .srodata .srodata.*) }\n"
         "  . = ALIGN(" +
         align +
         ");\n"
         "  .text : ALIGN(" +
         align +
         ") { KEEP(*code*.o(.text .text.*)) *(.text .text.*) }\n"
         "  /DISCARD/ : { *(" +
         kPlaces +
         ") *(.eh_frame*) *(.gcc_except_table*) *(.ARM.*) *(.data.DW.ref.*)\n"
         "    *(.data.rel.local.DW.ref.*) *(.note*) *(.comment) *(.llvm*)\n"
         "    *(.riscv.attributes) *(.data .data.* .bss .bss.* .tdata .tbss) }\n"
         "}\n";
}

bool is_unwinders(llvm::StringRef name) {
  return name.starts_with(".eh_frame") || name.starts_with(".gcc_except_table") ||
         name.starts_with(".ARM.") || name.contains(".DW.ref.");
}

using llvm::object::ELFObjectFileBase;

/// Refuses an object with data that the code would write, or that would have to be relocated.
Outcome<void> check_data(const ELFObjectFileBase& object) {
  for (const llvm::object::ELFSectionRef section : object.sections()) {
    const uint64_t flags = section.getFlags();
    auto name = section.getName();
    if (!name) {
      llvm::consumeError(name.takeError());
      continue;
    }
    if ((flags & llvm::ELF::SHF_ALLOC) == 0 || section.getSize() == 0 || is_unwinders(*name))
      continue;
    if ((flags & (llvm::ELF::SHF_WRITE | llvm::ELF::SHF_TLS)) == 0) continue;
    std::string what =
        "the code has writable data, which an image can't hold: section '" + name->str() + "'";
    for (const llvm::object::ELFSymbolRef symbol : object.symbols()) {
      auto in = symbol.getSection();
      auto symbol_name = symbol.getName();
      if (in && symbol_name && *in != object.section_end() && **in == section &&
          !symbol_name->empty()) {
        what += ", symbol '" + symbol_name->str() + "'";
        break;
      }
      if (!in) llvm::consumeError(in.takeError());
      if (!symbol_name) llvm::consumeError(symbol_name.takeError());
    }
    return failure(what);
  }
  return {};
}

/// Refuses a result that depends on where it is loaded.
Outcome<void> check_relocations(const ELFObjectFileBase& linked, const Options& options) {
  const uint32_t* const relative = options.target_facts().relative_relocations;
  for (const llvm::object::ELFSectionRef section : linked.sections()) {
    auto name = section.getName();
    auto relocated = section.getRelocatedSection();
    if (!relocated) llvm::consumeError(relocated.takeError());
    // What debuggers read is not loaded.
    else if (*relocated != linked.section_end() &&
             (llvm::object::ELFSectionRef(**relocated).getFlags() & llvm::ELF::SHF_ALLOC) == 0)
      continue;
    const bool writable = (section.getFlags() & llvm::ELF::SHF_ALLOC) != 0 &&
                          (section.getFlags() & llvm::ELF::SHF_WRITE) != 0 &&
                          section.getSize() != 0;
    if (name && writable)
      return failure("the code has writable data, which an image can't hold: section '" +
                     name->str() + "'");
    if (!name) llvm::consumeError(name.takeError());
    for (const llvm::object::ELFRelocationRef relocation : section.relocations()) {
      const auto type = static_cast<uint32_t>(relocation.getType());
      bool known = false;
      for (const uint32_t* one = relative; *one != 0; ++one) known = known || *one == type;
      if (known) continue;
      llvm::SmallString<32> type_name;
      relocation.getTypeName(type_name);
      std::string symbol_name = "?";
      if (relocation.getSymbol() != linked.symbol_end()) {
        auto found = relocation.getSymbol()->getName();
        if (found)
          symbol_name = found->str();
        else
          llvm::consumeError(found.takeError());
      }
      return failure("the code needs a relocation when it is loaded, which an image can't have: " +
                     type_name.str().str() + " against '" + symbol_name + "'");
    }
  }
  return {};
}

/// Debug information, with the places of addresses of code: those that relocations of pointers'
/// width against it have filled in.
std::vector<DebugSection> debug_sections(const ELFObjectFileBase& linked, const Options& options) {
  std::map<uint64_t, DebugSection> found;
  for (const llvm::object::ELFSectionRef section : linked.sections()) {
    auto name = section.getName();
    auto contents = section.getContents();
    if (name && contents && name->starts_with(".debug_"))
      found[section.getIndex()] = {name->str(), {contents->begin(), contents->end()}, {}};
    if (!name) llvm::consumeError(name.takeError());
    if (!contents) llvm::consumeError(contents.takeError());
  }
  for (const llvm::object::ELFSectionRef section : linked.sections()) {
    auto relocated = section.getRelocatedSection();
    if (!relocated) {
      llvm::consumeError(relocated.takeError());
      continue;
    }
    if (*relocated == linked.section_end()) continue;
    const auto to = found.find((*relocated)->getIndex());
    if (to == found.end()) continue;
    for (const llvm::object::ELFRelocationRef relocation : section.relocations()) {
      if (relocation.getType() != options.target_facts().address_relocation ||
          relocation.getSymbol() == linked.symbol_end())
        continue;
      auto in = relocation.getSymbol()->getSection();
      if (!in)
        llvm::consumeError(in.takeError());
      else if (*in != linked.section_end() &&
               (llvm::object::ELFSectionRef(**in).getFlags() & llvm::ELF::SHF_ALLOC) != 0)
        to->second.addresses.push_back(static_cast<uint32_t>(relocation.getOffset()));
    }
  }
  std::vector<DebugSection> sections;
  for (auto& [index, section] : found) sections.push_back(std::move(section));
  return sections;
}

/// What lld has said, in our words where it is something that can be expected.
std::string explain(llvm::StringRef said, const Options& options) {
  // "undefined symbol: f", "undefined hidden symbol: f"
  constexpr llvm::StringLiteral kUndefined = "undefined ";
  constexpr llvm::StringLiteral kSymbol = "symbol: ";
  std::string missing;
  llvm::SmallVector<llvm::StringRef> lines;
  said.split(lines, '\n', -1, false);
  for (llvm::StringRef line : lines)
    if (const size_t at = line.find(kSymbol);
        at != llvm::StringRef::npos && line.contains(kUndefined)) {
      if (!missing.empty()) missing += ", ";
      missing += "'" + line.substr(at + kSymbol.size()).str() + "'";
    }
  if (!missing.empty())
    return "the code calls helpers that are missing for " + std::string(options.info().name) +
           ": " + missing;
  return "linking failed: " + said.trim().str();
}

Outcome<std::string> write_file(const std::string& path, llvm::StringRef bytes) {
  std::error_code error;
  llvm::raw_fd_ostream file(path, error);
  if (!error) {
    file << bytes;
    file.close();
    error = file.error();
    file.clear_error();
  }
  if (error) return failure(path + ": cannot be written: " + error.message());
  return path;
}

} // namespace

Outcome<Linked> link_objects(const ObjectStore& objects, const Options& options,
                             const std::string& folder) {
  std::vector<std::string> inputs;
  for (size_t i = 0; i < objects.size(); ++i) {
    const std::unique_ptr<llvm::MemoryBuffer> object = TRY(objects.get(i));
    auto parsed = llvm::object::ObjectFile::createELFObjectFile(object->getMemBufferRef());
    if (!parsed) return failure("the object is malformed: " + llvm::toString(parsed.takeError()));
    TRY(check_data(*llvm::cast<ELFObjectFileBase>(parsed->get())));
    inputs.push_back(
        TRY(write_file(folder + "/code" + std::to_string(i) + ".o", object->getBuffer())));
  }
  const std::string layout = TRY(write_file(folder + "/layout", script(options.info().page)));
  const std::string output = folder + "/linked";
  std::vector<std::string> words = {
      "ld.lld", "--static", "--emit-relocs", "--entry=0", "--build-id=none", "--no-dynamic-linker",
      "--no-relax", "--threads=1", "--gc-sections", "--error-limit=0",
      // Addresses of code that is left out (pack.cc).
      "-z", "dead-reloc-in-nonalloc=.debug_*=0xffffffffffffffff", "-T", layout, "-o", output};
  words.insert(words.end(), inputs.begin(), inputs.end());
  const std::span<const uint8_t> helpers = helper_object(options.target);
  if (!helpers.empty())
    words.push_back(TRY(write_file(
        folder + "/helpers.o",
        llvm::StringRef(reinterpret_cast<const char*>(helpers.data()), helpers.size()))));
  std::vector<const char*> arguments;
  arguments.reserve(words.size());
  for (const std::string& word : words) arguments.push_back(word.c_str());
  std::string said;
  llvm::raw_string_ostream out(said);
  const bool is_linked = lld::elf::link(arguments, out, out, false, false);
  // All that it has in memory.
  if (lld::hasContext()) lld::CommonLinkerContext::destroy();
  if (!is_linked) return failure(explain(said, options));

  auto read = llvm::MemoryBuffer::getFile(output, false, false);
  if (!read) return failure("linking failed: nothing was written");
  auto linked_file = llvm::object::ObjectFile::createELFObjectFile((*read)->getMemBufferRef());
  if (!linked_file) return failure("linking failed: " + llvm::toString(linked_file.takeError()));
  const auto& linked = *llvm::cast<ELFObjectFileBase>(linked_file->get());
  TRY(check_relocations(linked, options));

  Linked result;
  for (const llvm::object::ELFSectionRef section : linked.sections()) {
    auto name = section.getName();
    auto contents = section.getContents();
    if (name && contents && (*name == ".text" || *name == ".rodata")) {
      const bool is_text = *name == ".text";
      (is_text ? result.text : result.rodata).assign(contents->begin(), contents->end());
      (is_text ? result.text_address : result.rodata_address) = section.getAddress();
    }
    if (!name) llvm::consumeError(name.takeError());
    if (!contents) llvm::consumeError(contents.takeError());
  }
  if (result.text.empty()) result.text_address = 0;
  for (const llvm::object::ELFSymbolRef symbol : linked.symbols()) {
    auto name = symbol.getName();
    auto address = symbol.getValue();
    if (name && address && !name->empty())
      result.symbols.push_back(
          {name->str(), *address, symbol.getSize(), symbol.getELFType() == llvm::ELF::STT_FUNC});
    if (!name) llvm::consumeError(name.takeError());
    if (!address) llvm::consumeError(address.takeError());
  }
  if (options.debug_info) result.debug = debug_sections(linked, options);
  return result;
}

} // namespace waxwing::compile
