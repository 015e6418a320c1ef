// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "native/shared_store.hpp"

#include "native/report.hpp"
#include "platform/memory.hpp"
#include "runtime/memory.hpp"

using namespace waxwing;
using namespace waxwing::native;
using platform::default_allocator;
using runtime::Ref;
using runtime::Store;

WaxNativeStore::WaxNativeStore()
    : kept_(default_allocator()), guests_(default_allocator()), memories_(default_allocator()) {}

WaxNativeStore::~WaxNativeStore() {
  // Threads and modules of guests first, then what they were in.
  roots_.reset();
  linker_.reset();
  if (store_ != nullptr) Store::destroy(store_);
  for (Guest* guest : guests_) Guest::destroy(guest);
  for (runtime::Memory* memory : memories_) memory->release();
  if (has_engine_) SharedEngine::release();
}

void WaxNativeStore::Roots::visit(RootSource& source, runtime::Heap& heap) {
  for (const Kept& one : static_cast<Roots&>(source).kept) heap.mark(one.reference);
}

WaxNativeStore* WaxNativeStore::make(const runtime::StoreLimits& limits, Text& why) {
  auto* made = create<WaxNativeStore>(default_allocator());
  runtime::Engine* const engine = made == nullptr ? nullptr : SharedEngine::acquire();
  if (engine == nullptr) {
    why.add("out of memory");
    destroy(made);
    return nullptr;
  }
  made->has_engine_ = true;
  const auto store = Store::make(*engine, limits);
  if (!store) {
    add_error(why, store.error());
    destroy(made);
    return nullptr;
  }
  made->store_ = *store;
  made->linker_.emplace(**store);
  made->roots_.emplace((*store)->heap(), made->kept_);
  return made;
}

void WaxNativeStore::destroy(WaxNativeStore* store) {
  waxwing::destroy(default_allocator(), store);
}

bool WaxNativeStore::own(Guest& guest) { return guests_.push(&guest).has_value(); }

Result<void> WaxNativeStore::define(std::string_view module, Guest& guest) {
  if (&guest.store() == store_) return linker_->define_instance(module, guest.instance());
  for (const Export& item : guest.module().exports) {
    if (item.kind != ExternKind::memory) continue;
    const runtime::Extern found = guest.instance().extern_of(item.kind, item.index);
    if (!found.memory->is_shared()) continue;
    TRY(memories_.push(found.memory));
    found.memory->retain();
    TRY(linker_->define(module, item.name, found));
  }
  return {};
}

bool WaxNativeStore::keep(Ref reference) {
  for (Kept& one : kept_)
    if (one.reference == reference) {
      ++one.times;
      return true;
    }
  return kept_.push({reference, 1}).has_value();
}

void WaxNativeStore::release(Ref reference) {
  for (Kept& one : kept_)
    if (one.reference == reference) {
      if (--one.times != 0) return;
      one = kept_.pop();
      return;
    }
}

WaxNativeStore* waxwing_native_store_new(const WaxNativeConfig* config, char* error,
                                         size_t error_size) {
  Text why;
  const WaxNativeConfig nothing{};
  WaxNativeStore* const store =
      WaxNativeStore::make(limits_of(config == nullptr ? nothing : *config), why);
  if (store == nullptr) copy_words(why, error, error_size);
  return store;
}

void waxwing_native_store_free(WaxNativeStore* store) { WaxNativeStore::destroy(store); }

int32_t waxwing_native_store_define(WaxNativeStore* store, const char* module, size_t module_size,
                                    void* instance) {
  const auto defined = store->define({module, module_size}, *static_cast<Guest*>(instance));
  return defined ? WAX_NATIVE_OK : WAX_NATIVE_REFUSED;
}

void* waxwing_native_store_reference(WaxNativeStore* store, void* data) {
  return store->store().heap().new_host(data);
}

void* waxwing_native_store_data(WaxNativeStore* store, void* reference) {
  const auto ref = reinterpret_cast<Ref>(reference);
  const runtime::Object* const object = store->store().heap().find(ref);
  if (object == nullptr || runtime::ref_of(object) != ref || object->type != &runtime::kHostType)
    return nullptr;
  return static_cast<const runtime::HostObject*>(object)->data;
}

int32_t waxwing_native_store_keep(WaxNativeStore* store, void* reference) {
  return store->keep(reinterpret_cast<Ref>(reference)) ? 1 : 0;
}

void waxwing_native_store_release(WaxNativeStore* store, void* reference) {
  store->release(reinterpret_cast<Ref>(reference));
}
