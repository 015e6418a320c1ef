// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "symbolize/lines.hpp"

#include <llvm/ADT/StringMap.h>
#include <llvm/DebugInfo/DIContext.h>
#include <llvm/DebugInfo/DWARF/DWARFContext.h>
#include <llvm/Demangle/Demangle.h>
#include <llvm/Support/MemoryBuffer.h>

namespace waxwing::symbolize {

void find_lines(std::span<const DebugSection> sections, std::span<const uint64_t> addresses,
                const Found& found) {
  llvm::StringMap<std::unique_ptr<llvm::MemoryBuffer>> buffers;
  for (const DebugSection& section : sections) {
    if (!section.name.starts_with(".debug_")) continue;
    const llvm::StringRef bytes(reinterpret_cast<const char*>(section.bytes.data()),
                                section.bytes.size());
    buffers[llvm::StringRef(section.name).drop_front()] =
        llvm::MemoryBuffer::getMemBuffer(bytes, section.name, /*RequiresNullTerminator=*/false);
  }
  // What is damaged has no lines; nobody is told of it twice.
  const auto ignore = [](llvm::Error error) { llvm::consumeError(std::move(error)); };
  const auto context =
      llvm::DWARFContext::create(buffers, /*AddrSize=*/4, /*isLittleEndian=*/true, ignore, ignore);
  const llvm::DILineInfoSpecifier wanted(
      llvm::DILineInfoSpecifier::FileLineInfoKind::RelativeFilePath,
      llvm::DILineInfoSpecifier::FunctionNameKind::LinkageName);
  Frames frames;
  for (size_t i = 0; i < addresses.size(); ++i) {
    const llvm::DIInliningInfo info = context->getInliningInfoForAddress(
        {addresses[i], llvm::object::SectionedAddress::UndefSection}, wanted);
    frames.clear();
    bool known = false;
    for (uint32_t k = 0; k < info.getNumberOfFrames(); ++k) {
      const llvm::DILineInfo& line = info.getFrame(k);
      const auto text = [](const std::string& from) {
        return from == llvm::DILineInfo::BadString ? std::string() : from;
      };
      known = known || line.Line != 0;
      frames.push_back(
          {llvm::demangle(text(line.FunctionName)), text(line.FileName), line.Line, line.Column});
    }
    if (known) found(i, frames);
  }
}

} // namespace waxwing::symbolize
