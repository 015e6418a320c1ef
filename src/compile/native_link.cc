// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <lld/Common/CommonLinkerContext.h>
#include <lld/Common/Driver.h>
#include <llvm/Object/Archive.h>
#include <llvm/Object/ArchiveWriter.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>
#include <mutex>

#include "compile/native_object.hpp"

LLD_HAS_DRIVER(elf)

namespace waxwing::compile {

namespace {

/// What lld has said, without its name.
std::string words_of(llvm::StringRef said) {
  std::string out;
  llvm::SmallVector<llvm::StringRef> lines;
  said.split(lines, '\n', -1, false);
  for (llvm::StringRef line : lines) {
    line.consume_front("ld.lld: ");
    line.consume_front("error: ");
    out += (out.empty() ? "" : "\n  ") + line.str();
  }
  return out;
}

} // namespace

Outcome<void> link_native(const std::vector<std::string>& words) {
  std::vector<const char*> arguments = {"ld.lld"};
  for (const std::string& word : words) arguments.push_back(word.c_str());
  // One at a time in a process; what it has kept is taken down behind it.
  static std::mutex one_at_a_time;
  const std::lock_guard guard(one_at_a_time);
  std::string said;
  llvm::raw_string_ostream out(said);
  const bool linked = lld::elf::link(arguments, out, out, false, false);
  lld::CommonLinkerContext::destroy();
  if (!linked) return failure("linking failed: " + words_of(said));
  return {};
}

Outcome<std::vector<uint8_t>> archive_with(const std::string& base, const std::string& member,
                                           std::span<const uint8_t> object) {
  const auto in_words = [&](llvm::Error error) {
    return failure(base + ": " + llvm::toString(std::move(error)));
  };
  auto file = llvm::MemoryBuffer::getFile(base, false, false);
  if (!file) return failure(base + ": " + file.getError().message());
  auto archive = llvm::object::Archive::create((*file)->getMemBufferRef());
  if (!archive) return in_words(archive.takeError());

  std::vector<llvm::NewArchiveMember> members;
  const llvm::StringRef bytes(reinterpret_cast<const char*>(object.data()), object.size());
  members.emplace_back(llvm::MemoryBufferRef(bytes, member));
  llvm::Error wrong = llvm::Error::success();
  for (const llvm::object::Archive::Child& child : (*archive)->children(wrong)) {
    auto old = llvm::NewArchiveMember::getOldMember(child, true);
    if (!old) return in_words(old.takeError());
    members.push_back(std::move(*old));
  }
  if (wrong) return in_words(std::move(wrong));
  auto written = llvm::writeArchiveToBuffer(members, llvm::SymtabWritingMode::NormalSymtab,
                                            llvm::object::Archive::K_GNU, true, false);
  if (!written) return in_words(written.takeError());
  const llvm::StringRef all = (*written)->getBuffer();
  return std::vector<uint8_t>(all.bytes_begin(), all.bytes_end());
}

} // namespace waxwing::compile
