// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/exception.hpp"

#include <cstring>

namespace waxwing::runtime {

Outcome throw_exception(Store& store, const Tag& tag, const Cell* values) {
  const size_t bytes = tag.type->param_cells * sizeof(Cell);
  void* memory = store.exceptions.allocate(sizeof(Exception) + bytes, 16);
  if (memory == nullptr) return store.raise(TrapKind::out_of_memory);
  auto* exception = ::new (memory) Exception;
  exception->tag_ = &tag;
  if (bytes != 0) std::memcpy(static_cast<void*>(exception + 1), values, bytes);
  return rethrow_exception(store, exception->ref());
}

Outcome rethrow_exception(Store& store, Ref exception) {
  if (exception == 0) return store.raise(TrapKind::null_exception_reference);
  (void)store.raise(TrapKind::uncaught_exception);
  store.exception = exception;
  return Outcome::exception;
}

Ref catch_exception(Store& store) {
  const Ref exception = store.exception;
  store.exception = 0;
  return exception;
}

} // namespace waxwing::runtime
