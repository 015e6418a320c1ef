// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/image_parts.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/MemoryBuffer.h>

#include "image/format.hpp"

namespace waxwing::compile {

namespace {

template <class T>
T read(llvm::ArrayRef<uint8_t> bytes, uint64_t offset) {
  T value;
  std::memcpy(&value, bytes.slice(offset, sizeof value).data(), sizeof value);
  return value;
}

} // namespace

Outcome<ImageParts> take_apart(llvm::ArrayRef<uint8_t> image) {
  const llvm::MemoryBufferRef buffer(
      llvm::StringRef(reinterpret_cast<const char*>(image.data()), image.size()), "image");
  auto file = llvm::object::ObjectFile::createELFObjectFile(buffer);
  if (!file) return failure("the image can't be read: " + llvm::toString(file.takeError()));

  ImageParts parts;
  uint64_t header_at = image.size();
  uint64_t front_end = 0;
  uint64_t code_begin = image.size();
  uint64_t code_end = 0;
  for (const llvm::object::ELFSectionRef section :
       llvm::cast<llvm::object::ELFObjectFileBase>(file->get())->sections()) {
    // Addresses are places in the file; what has none is for debuggers.
    if ((section.getFlags() & llvm::ELF::SHF_ALLOC) == 0 || section.getSize() == 0) continue;
    auto name = section.getName();
    if (!name) return failure("the image can't be read: " + llvm::toString(name.takeError()));
    const uint64_t end = section.getAddress() + section.getSize();
    if (*name == ".wax") {
      header_at = section.getAddress();
      front_end = end;
    } else {
      code_begin = std::min(code_begin, section.getAddress());
      code_end = std::max(code_end, end);
    }
  }
  if (front_end == 0 || front_end > code_begin || code_end > image.size())
    return failure("the image can't be read: its sections are not where they should be");
  parts.front = image.take_front(front_end);
  if (code_end != 0) {
    parts.code = image.slice(code_begin, code_end - code_begin);
    parts.code_offset = code_begin;
  }

  const auto header = read<image::Header>(image, header_at);
  for (uint32_t i = 0; i < header.section_count; ++i) {
    const auto row = read<image::SectionRow>(image, header_at + sizeof header +
                                                        uint64_t{i} * sizeof(image::SectionRow));
    if (row.kind != static_cast<uint32_t>(image::SectionKind::functions)) continue;
    for (uint64_t at = row.offset; at < uint64_t{row.offset} + row.size;
         at += sizeof(image::FunctionEntry))
      if (read<image::FunctionEntry>(image, at).tail != 0)
        parts.distances.push_back(at + offsetof(image::FunctionEntry, tail));
  }
  return parts;
}

} // namespace waxwing::compile
