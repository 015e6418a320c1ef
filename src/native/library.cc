// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the C functions of a native library call. The header that comes with a library says what
// they do (compile/native_header.cc).
#include "native/library.hpp"

#include <cstring>

#include "native/guest.hpp"
#include "native/report.hpp"
#include "platform/memory.hpp"
#include "runtime/exception.hpp"

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
    add_trace(guest.message, store.trap.trace);
    return WAX_NATIVE_EXCEPTION;
  }
  if (store.trap.kind == TrapKind::exit) {
    guest.message.add("exit ").add_number(store.trap.exit_code);
    return WAX_NATIVE_EXIT;
  }
  guest.message.add("trap: ");
  add_trap(guest.message, store.trap);
  guest.message.add('\n');
  add_trace(guest.message, store.trap.trace);
  return WAX_NATIVE_TRAP;
}

void copy_words(Text& from, char* to, size_t size) {
  if (to == nullptr || size == 0) return;
  const std::string_view words = from.view().substr(0, size - 1);
  std::memcpy(to, words.data(), words.size());
  to[words.size()] = '\0';
}

/// Strings of C as views.
struct Views {
  explicit Views(const char* const* strings) : views(platform::default_allocator()) {
    for (; strings != nullptr && *strings != nullptr; ++strings)
      if (!views.push(*strings)) return;
  }
  Vec<std::string_view> views;
};

bool start(Guest& guest, const WaxNativeConfig& config, Text& why) {
  const Views args(config.arguments);
  const Views env(config.environment);
  Vec<wasi::Preopen> preopens(platform::default_allocator());
  for (const WaxNativeDirectory* one = config.directories; one != nullptr && one->host != nullptr;
       ++one)
    if (!preopens.push({.host_path = one->host,
                        .guest_path = one->guest == nullptr ? one->host : one->guest,
                        .read_only = one->read_only != 0})) {
      why.add("out of memory");
      return false;
    }
  GuestConfig wanted;
  wanted.args = args.views.span();
  wanted.env = env.views.span();
  wanted.preopens = preopens.span();
  if (config.memory_bytes != 0) wanted.limits.memory_bytes = config.memory_bytes;
  if (config.stack_bytes != 0) wanted.limits.stack_bytes = config.stack_bytes;
  guest.user = config.user;
  if (!guest.prepare(wanted, why)) return false;
  const auto made = guest.instantiate(why);
  if (!made) return false;
  if (*made == Outcome::ok) return true;
  (void)describe(guest, *made);
  why.add(guest.message.view());
  return false;
}

} // namespace
} // namespace waxwing::native

using namespace waxwing;
using namespace waxwing::native;

void* waxwing_native_new(WaxEmbedded* embedded, const WaxNativeConfig* config, char* error,
                         size_t error_size) {
  Text why;
  Guest* guest = Guest::make(*embedded);
  const WaxNativeConfig nothing{};
  if (guest == nullptr)
    why.add("out of memory");
  else if (start(*guest, config == nullptr ? nothing : *config, why))
    return guest;
  copy_words(why, error, error_size);
  Guest::destroy(guest);
  return nullptr;
}

void waxwing_native_free(void* instance) {
  if (instance != nullptr) Guest::destroy(static_cast<Guest*>(instance));
}

int32_t waxwing_native_call(void* instance, uint32_t function, void* cells) {
  Guest& guest = guest_of(instance);
  const Outcome outcome = guest.call(function, static_cast<Cell*>(cells));
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
