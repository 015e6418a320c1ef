// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "native/guest.hpp"
#include "native/library.hpp"

namespace waxwing::native {

[[nodiscard]] runtime::StoreLimits limits_of(const WaxNativeConfig& config);
/// As much as there is room for, ended by a zero; `to` may be null.
void copy_words(const Text& from, char* to, size_t size);

} // namespace waxwing::native

/// A store for several instances, of one module or of several, which import from each other.
/// Belongs to one thread at a time. Instances last as long as it does, since others may have
/// references to what is theirs.
struct WaxNativeStore {
 public:
  /// Null where it can't be; `why` says it then.
  [[nodiscard]] static WaxNativeStore* make(const waxwing::runtime::StoreLimits& limits,
                                            waxwing::native::Text& why);
  static void destroy(WaxNativeStore* store);

  [[nodiscard]] waxwing::runtime::Store& store() { return *store_; }
  [[nodiscard]] const waxwing::runtime::Linker& linker() const { return *linker_; }

  /// Takes a guest over, which then ends with the store. False where there is no memory.
  [[nodiscard]] bool own(waxwing::native::Guest& guest);
  /// Defines what `guest` exports under `module`; of another store's guest, its shared memories.
  [[nodiscard]] waxwing::Result<void> define(std::string_view module,
                                             waxwing::native::Guest& guest);

  [[nodiscard]] bool keep(waxwing::runtime::Ref reference);
  void release(waxwing::runtime::Ref reference);

  WaxNativeStore();
  ~WaxNativeStore();

 private:
  struct Kept {
    waxwing::runtime::Ref reference;
    uint32_t times;
  };
  /// Passes what is kept to a collection.
  struct Roots : waxwing::runtime::RootSource {
    Roots(waxwing::runtime::Heap& heap, const waxwing::Vec<Kept>& which)
        : RootSource(heap, &visit), kept(which) {}
    static void visit(RootSource& source, waxwing::runtime::Heap& heap);
    const waxwing::Vec<Kept>& kept;
  };

  waxwing::runtime::Store* store_ = nullptr;
  std::optional<waxwing::runtime::Linker> linker_;
  std::optional<Roots> roots_;
  waxwing::Vec<Kept> kept_;
  waxwing::Vec<waxwing::native::Guest*> guests_;
  /// Of other stores.
  waxwing::Vec<waxwing::runtime::Memory*> memories_;
  bool has_engine_ = false;
};
