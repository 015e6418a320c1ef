// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/thread_room.hpp"

#include <pthread.h>

#include "platform/memory.hpp"

namespace waxwing::platform {

namespace {

/// Lies behind the room itself.
struct Head {
  ThreadRoom room;
  size_t size;
};

pthread_key_t key;
bool has_key = false;
pthread_once_t once = PTHREAD_ONCE_INIT;

void free_room(void* head) {
  const Head& found = *static_cast<Head*>(head);
  release(reinterpret_cast<void*>(found.room.begin), found.size);
}

void make_key() { has_key = pthread_key_create(&key, free_room) == 0; }

Head* make_room(size_t bytes) {
  constexpr size_t kAlign = 16;
  const size_t page = page_size();
  if (bytes > SIZE_MAX / 2) return nullptr;
  const size_t used = (bytes + kAlign - 1) / kAlign * kAlign;
  const size_t size = (used + sizeof(Head) + page - 1) / page * page;
  auto* const made = static_cast<char*>(allocate_pages(size));
  if (made == nullptr) return nullptr;
  auto* const head = reinterpret_cast<Head*>(made + used);
  const auto begin = reinterpret_cast<uintptr_t>(made);
  *head = {.room = {.begin = begin, .end = begin + used, .top = begin + used}, .size = size};
  if (pthread_setspecific(key, head) == 0) return head;
  release(made, size);
  return nullptr;
}

} // namespace

ThreadRoom* thread_room(size_t bytes) {
  pthread_once(&once, make_key);
  if (!has_key) return nullptr;
  auto* head = static_cast<Head*>(pthread_getspecific(key));
  if (head == nullptr) head = make_room(bytes);
  return head == nullptr ? nullptr : &head->room;
}

} // namespace waxwing::platform
