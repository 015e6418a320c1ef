// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the C functions of a native library call. The header that comes with a library says what
// they do (compile/native_header.cc).
#include "native/library.hpp"

#include <cstring>

#include "native/report.hpp"
#include "native/shared_store.hpp"
#include "platform/memory.hpp"
#include "runtime/exception.hpp"
#include "runtime/watchdog.hpp"

namespace waxwing::native {

namespace {

using runtime::Cell;
using runtime::Outcome;

Guest& guest_of(void* instance) { return *static_cast<Guest*>(instance); }

/// Puts into words how a call has ended.
WaxNativeStatus describe(Guest& guest, Outcome outcome) {
  guest.message.clear();
  runtime::Store& store = guest.store();
  if (outcome == Outcome::exception) {
    const runtime::Ref exception = catch_exception(store);
    store.locate_trace();
    guest.message.add("uncaught exception: ");
    add_exception(guest.message, store, exception);
    guest.message.add('\n');
    add_trace(guest.message, store.trap.trace, guest.source());
    return WAX_NATIVE_EXCEPTION;
  }
  if (store.trap.kind == TrapKind::exit) {
    guest.message.add("exit ").add_number(store.trap.exit_code);
    return WAX_NATIVE_EXIT;
  }
  guest.message.add("trap: ");
  add_trap(guest.message, store.trap);
  guest.message.add('\n');
  add_trace(guest.message, store.trap.trace, guest.source());
  return WAX_NATIVE_TRAP;
}

/// Runs `work` in the time that calls of the guest may take. False where nobody can keep it.
template <class Work>
bool in_time(Guest& guest, Work&& work) {
  constexpr uint64_t kMillisecond = 1'000'000;
  // A call out of one counts to that one's time.
  if (guest.timeout_ms == 0 || guest.store().native_stack_base != 0) {
    work();
    return true;
  }
  runtime::Watchdog watchdog(guest.store());
  if (!watchdog.start(guest.timeout_ms * kMillisecond)) return false;
  work();
  return true;
}

/// Strings of C as views.
struct Views {
  explicit Views(const char* const* strings) : views(platform::default_allocator()) {
    for (; strings != nullptr && *strings != nullptr; ++strings)
      if (!views.push(*strings)) return;
  }
  Vec<std::string_view> views;
};

/// How it has ended; there is an instance where that is well.
WaxNativeStatus start(Guest& guest, const WaxNativeConfig& config, Text& why) {
  const Views args(config.arguments);
  const Views env(config.environment);
  Vec<wasi::Preopen> preopens(platform::default_allocator());
  for (const WaxNativeDirectory* one = config.directories; one != nullptr && one->host != nullptr;
       ++one)
    if (!preopens.push({.host_path = one->host,
                        .guest_path = one->guest == nullptr ? one->host : one->guest,
                        .read_only = one->read_only != 0})) {
      why.add("out of memory");
      return WAX_NATIVE_REFUSED;
    }
  GuestConfig wanted;
  wanted.args = args.views.span();
  wanted.env = env.views.span();
  wanted.preopens = preopens.span();
  wanted.limits = limits_of(config);
  if (config.store != nullptr) {
    wanted.store = &config.store->store();
    wanted.outer = &config.store->linker();
  }
  guest.user = config.user;
  guest.timeout_ms = config.timeout_ms;
  if (!guest.prepare(wanted, why)) return WAX_NATIVE_REFUSED;
  std::optional<Outcome> made;
  const bool is_timed = in_time(guest, [&] { made = guest.instantiate(why); });
  if (!is_timed) why.add("no thread can be started to keep the time");
  if (!made) return guest.is_unlinkable() ? WAX_NATIVE_UNLINKABLE : WAX_NATIVE_REFUSED;
  if (*made == Outcome::ok) return WAX_NATIVE_OK;
  const WaxNativeStatus status = describe(guest, *made);
  why.add(guest.message.view());
  return status;
}

} // namespace

void copy_words(const Text& from, char* to, size_t size) {
  if (to == nullptr || size == 0) return;
  const std::string_view words = from.view().substr(0, size - 1);
  std::memcpy(to, words.data(), words.size());
  to[words.size()] = '\0';
}

runtime::StoreLimits limits_of(const WaxNativeConfig& config) {
  runtime::StoreLimits limits;
  if (config.memory_bytes != 0) limits.memory_bytes = config.memory_bytes;
  if (config.stack_bytes != 0) limits.stack_bytes = config.stack_bytes;
  if (config.gc_heap_bytes != 0) limits.gc_heap_bytes = config.gc_heap_bytes;
  if (config.table_elements != 0) limits.table_elements = config.table_elements;
  return limits;
}

} // namespace waxwing::native

using namespace waxwing;
using namespace waxwing::native;

void* waxwing_native_new(WaxEmbedded* embedded, const WaxNativeConfig* config, char* error,
                         size_t error_size) {
  Text why;
  Guest* guest = Guest::make(*embedded);
  const WaxNativeConfig nothing{};
  if (config == nullptr) config = &nothing;
  int32_t status = WAX_NATIVE_REFUSED;
  if (guest == nullptr || (config->store != nullptr && !config->store->own(*guest))) {
    Guest::destroy(guest);
    guest = nullptr;
    why.add("out of memory");
  } else {
    status = start(*guest, *config, why);
    if (status == WAX_NATIVE_OK) return guest;
  }
  copy_words(why, error, error_size);
  if (config->status != nullptr) *config->status = status;
  // What was made in a store of several may be in others' hands already.
  if (config->store == nullptr) Guest::destroy(guest);
  return nullptr;
}

void waxwing_native_free(void* instance) {
  auto* const guest = static_cast<Guest*>(instance);
  if (guest != nullptr && !guest->is_in_shared_store()) Guest::destroy(guest);
}

int32_t waxwing_native_call(void* instance, uint32_t function, void* cells) {
  Guest& guest = guest_of(instance);
  Outcome outcome = Outcome::ok;
  if (!in_time(guest, [&] { outcome = guest.call(function, static_cast<Cell*>(cells)); })) {
    guest.message.clear();
    guest.message.add("no thread can be started to keep the time");
    return WAX_NATIVE_REFUSED;
  }
  return outcome == Outcome::ok ? WAX_NATIVE_OK : describe(guest, outcome);
}

const char* waxwing_native_error(void* instance) { return guest_of(instance).message.c_str(); }

uint8_t* waxwing_native_memory(void* instance, uint32_t memory, size_t* size) {
  const runtime::Extern found = guest_of(instance).instance().extern_of(ExternKind::memory, memory);
  if (size != nullptr) *size = found.memory->size.load(std::memory_order_relaxed);
  return static_cast<uint8_t*>(found.memory->base.load(std::memory_order_relaxed));
}

void waxwing_native_trap(void* instance, const char* message) {
  guest_of(instance).ask_for_trap(message);
}

void* waxwing_native_user(void* instance) { return guest_of(instance).user; }
