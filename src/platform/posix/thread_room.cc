// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "platform/thread_room.hpp"

#include <pthread.h>

#include "platform/memory.hpp"

namespace waxwing::platform {

namespace {

/// At the end of the room itself.
struct Head {
  void* reserved;
  size_t size;
  size_t word;
  size_t unused;
};

pthread_key_t key;
bool has_key = false;
pthread_once_t once = PTHREAD_ONCE_INIT;

void free_room(void* room) {
  const Head* const head = static_cast<Head*>(room);
  release(head->reserved, head->size);
}

void make_key() { has_key = pthread_key_create(&key, free_room) == 0; }

Head* make_room(size_t bytes) {
  const size_t page = page_size();
  if (bytes > SIZE_MAX / 2) return nullptr;
  const size_t used = (bytes + sizeof(Head) + page - 1) / page * page;
  auto* const reserved = static_cast<char*>(reserve(used + page));
  if (reserved == nullptr) return nullptr;
  if (!commit(reserved + page, used)) {
    release(reserved, used + page);
    return nullptr;
  }
  Head* const head = reinterpret_cast<Head*>(reserved + page + used) - 1;
  *head = {.reserved = reserved, .size = used + page, .word = 0, .unused = 0};
  if (pthread_setspecific(key, head) == 0) return head;
  release(reserved, used + page);
  return nullptr;
}

} // namespace

ThreadRoom thread_room(size_t bytes) {
  pthread_once(&once, make_key);
  if (!has_key) return {};
  auto* head = static_cast<Head*>(pthread_getspecific(key));
  if (head == nullptr) head = make_room(bytes);
  if (head == nullptr) return {};
  return {&head->word, head};
}

} // namespace waxwing::platform
