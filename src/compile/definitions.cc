// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/definitions.hpp"

#include <llvm/BinaryFormat/Magic.h>
#include <llvm/Object/Archive.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/MemoryBuffer.h>

namespace waxwing::compile {

namespace {

std::string words(llvm::Error error) { return llvm::toString(std::move(error)); }

Outcome<void> take_symbols(llvm::object::ObjectFile& object, const std::string& path,
                           std::set<std::string>& names) {
  const auto take = [&](const llvm::object::SymbolRef& symbol) -> Outcome<void> {
    auto flags = symbol.getFlags();
    if (!flags) return failure(path + ": " + words(flags.takeError()));
    constexpr uint32_t kUndefined = llvm::object::SymbolRef::SF_Undefined;
    constexpr uint32_t kGlobal = llvm::object::SymbolRef::SF_Global;
    if ((*flags & kUndefined) != 0 || (*flags & kGlobal) == 0) return {};
    auto name = symbol.getName();
    if (!name) return failure(path + ": " + words(name.takeError()));
    names.erase(name->str());
    return {};
  };
  if (auto* const elf = llvm::dyn_cast<llvm::object::ELFObjectFileBase>(&object);
      elf != nullptr && elf->getEType() == llvm::ELF::ET_DYN) {
    for (const llvm::object::ELFSymbolRef& symbol : elf->getDynamicSymbolIterators())
      TRY(take(symbol));
    return {};
  }
  for (const llvm::object::SymbolRef& symbol : object.symbols()) TRY(take(symbol));
  return {};
}

} // namespace

Outcome<void> take_defined(const std::string& path, std::set<std::string>& names) {
  auto file = llvm::MemoryBuffer::getFile(path, false, false);
  if (!file) return failure(path + ": " + file.getError().message());
  const llvm::MemoryBufferRef bytes = (*file)->getMemBufferRef();
  switch (llvm::identify_magic(bytes.getBuffer())) {
  case llvm::file_magic::archive: {
    auto archive = llvm::object::Archive::create(bytes);
    if (!archive) return failure(path + ": " + words(archive.takeError()));
    for (const llvm::object::Archive::Symbol& symbol : (*archive)->symbols())
      names.erase(symbol.getName().str());
    return {};
  }
  case llvm::file_magic::elf_relocatable:
  case llvm::file_magic::elf_shared_object: {
    auto object = llvm::object::ObjectFile::createELFObjectFile(bytes);
    if (!object) return failure(path + ": " + words(object.takeError()));
    return take_symbols(**object, path, names);
  }
  default: break;
  }
  const llvm::StringRef text = bytes.getBuffer();
  if (text.starts_with("/*") || text.contains("GROUP") || text.contains("INPUT")) {
    names.clear();
    return {};
  }
  return failure(path + ": it is no object, archive or shared library of this kind of machine");
}

} // namespace waxwing::compile
