// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "compile/failure.hpp"

namespace waxwing::compile {

/// Objects that wait for the linker, outside of memory: in a temporary file that has no name, and
/// so goes away with the process however that ends. Any number of threads may put objects there.
class ObjectStore {
 public:
  /// Room for objects 0 to `count` - 1.
  explicit ObjectStore(size_t count) : pieces_(count) {}

  /// Keeps a copy of `object`. Fails where there is no room for files.
  [[nodiscard]] Outcome<void> put(size_t number, std::span<const char> object);

  [[nodiscard]] size_t size() const { return pieces_.size(); }
  /// What was put there, read from the file; once nothing is put any more.
  [[nodiscard]] Outcome<std::unique_ptr<llvm::MemoryBuffer>> get(size_t number) const;

 private:
  struct Piece {
    uint64_t offset = 0;
    size_t size = 0;
  };
  [[nodiscard]] Outcome<void> open();

  std::mutex lock_;
  std::vector<Piece> pieces_;
  /// Appends to the file, and closes it.
  std::unique_ptr<llvm::raw_fd_ostream> file_;
  int descriptor_ = -1;
};

} // namespace waxwing::compile
