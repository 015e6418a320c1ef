// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/object_store.hpp"

#include <llvm/Support/FileSystem.h>
#include <llvm/Support/Path.h>

namespace waxwing::compile {

Outcome<void> ObjectStore::open() {
  llvm::SmallString<128> path;
  const std::error_code error =
      llvm::sys::fs::createTemporaryFile("waxwing", "objects", descriptor_, path);
  if (error) return failure("no temporary file for objects: " + error.message());
  (void)llvm::sys::fs::remove(path);
  file_ = std::make_unique<llvm::raw_fd_ostream>(descriptor_, /*shouldClose=*/true,
                                                 /*unbuffered=*/true);
  return {};
}

Outcome<void> ObjectStore::put(size_t number, std::span<const char> object) {
  const std::lock_guard guard(lock_);
  if (file_ == nullptr) TRY(open());
  pieces_[number] = {file_->tell(), object.size()};
  file_->write(object.data(), object.size());
  if (!file_->has_error()) return {};
  const std::error_code error = file_->error();
  file_->clear_error();
  return failure("the temporary file for objects cannot be written: " + error.message());
}

Outcome<std::unique_ptr<llvm::MemoryBuffer>> ObjectStore::get(size_t number) const {
  const Piece piece = pieces_[number];
  auto read = llvm::MemoryBuffer::getOpenFileSlice(
      llvm::sys::fs::convertFDToNativeFile(descriptor_), "object", piece.size,
      static_cast<int64_t>(piece.offset));
  if (!read)
    return failure("the temporary file for objects cannot be read: " + read.getError().message());
  return std::move(*read);
}

} // namespace waxwing::compile
