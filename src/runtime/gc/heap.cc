// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/gc/heap.hpp"

#include "base/bits.hpp"
#include "platform/clock.hpp"
#include "runtime/instance.hpp"
#include "runtime/store.hpp"

namespace waxwing::runtime {

namespace {

/// The heap grows by as much as is alive between two collections, and by this at least.
constexpr uint64_t kMinGrowth = uint64_t{4} << 20;

/// Work that is kept from one collection to the next.
constexpr size_t kKeptWork = 4096;

uint64_t now() {
  uint64_t time = 0;
  return platform::clock_now(platform::Clock::monotonic, time) ? time : 0;
}

bool has_references(const RuntimeType& type) {
  return !type.traced.empty() || type.traces_elements || type.object == ObjectKind::exception;
}

} // namespace

Rooted::Rooted(Heap& heap, Ref ref) : ref_(ref), link_(&heap.rooted_), next_(heap.rooted_) {
  if (next_ != nullptr) next_->link_ = &next_;
  heap.rooted_ = this;
}

Rooted::~Rooted() {
  if (link_ == nullptr) return;
  *link_ = next_;
  if (next_ != nullptr) next_->link_ = link_;
}

RootSource::RootSource(Heap& heap, Visit visit) : visit_(visit), heap_(heap), next_(heap.sources_) {
  heap.sources_ = this;
}

RootSource::~RootSource() {
  RootSource** link = &heap_.sources_;
  while (*link != this) link = &(*link)->next_;
  *link = next_;
}

Heap::Heap(Store& store, const StoreLimits& limits)
    : store_(store), space_(store.allocator(), limits.gc_heap_bytes), stress_(limits.gc_stress),
      threshold_(kMinGrowth), work_(store.allocator()) {}

Heap::~Heap() {
  finalize(hosts_);
  // What the host still holds is gone.
  for (Rooted* r = rooted_; r != nullptr; r = r->next_) r->link_ = nullptr;
}

StructObject* Heap::new_struct(const RuntimeType& type) {
  return static_cast<StructObject*>(allocate(type, type.object_size));
}

ArrayObject* Heap::new_array(const RuntimeType& type, uint32_t length) {
  auto* array = static_cast<ArrayObject*>(
      allocate(type, type.object_size + (uint64_t{length} << type.element_log2)));
  if (array != nullptr) array->length = length;
  return array;
}

ExceptionObject* Heap::new_exception(const Tag& tag) {
  auto* exception = static_cast<ExceptionObject*>(allocate(
      kExceptionType, sizeof(ExceptionObject) + uint64_t{tag.type->param_cells} * sizeof(Cell)));
  if (exception != nullptr) exception->tag = &tag;
  return exception;
}

HostObject* Heap::new_host(void* data, Finalizer finalizer) {
  auto* host = static_cast<HostObject*>(allocate(kHostType, sizeof(HostObject)));
  if (host == nullptr) return nullptr;
  host->data = data;
  host->finalizer = finalizer;
  if (finalizer != nullptr) {
    host->next = hosts_;
    hosts_ = host;
  }
  return host;
}

Object* Heap::allocate(const RuntimeType& type, uint64_t bytes) {
  if (stress_) collect();
  Object* object =
      bytes <= Space::kLargestSmall ? space_.take(static_cast<size_t>(bytes)) : nullptr;
  if (object == nullptr) {
    object = allocate_slowly(bytes);
    if (object == nullptr) return nullptr;
  }
  object->type = &type;
  return object;
}

/// With a collection where it is due, or where there is no room otherwise.
Object* Heap::allocate_slowly(uint64_t bytes) {
  // A finalizer that uses the store, though it must not.
  if (collecting_ || bytes > space_.max_bytes()) return nullptr;
  const bool is_small = bytes <= Space::kLargestSmall;
  bool collected = false;
  if (space_.used_bytes() + bytes > threshold_) {
    collect();
    collected = true;
  }
  for (;; collected = true) {
    Object* object = nullptr;
    if (is_small) {
      if (collected) object = space_.take(static_cast<size_t>(bytes));
      if (object == nullptr) object = space_.take_new(static_cast<size_t>(bytes));
    } else {
      object = space_.take_large(bytes);
    }
    if (object != nullptr || collected) return object;
    collect();
  }
}

void Heap::collect() {
  if (collecting_) return;
  collecting_ = true;
  const uint64_t start = now();
  mark_roots();
  drain();
  finalize(take_dead_hosts());
  const uint64_t live_bytes = space_.sweep(stress_);
  if (work_.capacity() > kKeptWork) work_.reset();
  threshold_ = space_.used_bytes() + (live_bytes > kMinGrowth ? live_bytes : kMinGrowth);
  ++collections_;
  collecting_ = false;
  if (observer_ != nullptr)
    observer_(observer_context_, {now() - start, live_bytes, space_.used_bytes()});
}

void Heap::mark(Ref ref) {
  if (Object* object = space_.find(ref); object != nullptr) mark_exactly(ref_of(object));
}

WAX_NO_SANITIZE_ADDRESS void Heap::mark_words(const void* begin, const void* end) {
  // A reference may take several cells, and starts at any of them.
  const auto* at = static_cast<const volatile Cell*>(begin);
  const auto* last = static_cast<const volatile Cell*>(end);
  // NOLINTNEXTLINE(bugprone-sizeof-expression): one type where slots have 64 bits
  constexpr ptrdiff_t kCells = sizeof(Ref) / sizeof(Cell);
  for (; last - at >= kCells; ++at) {
    Ref word = at[0];
    if constexpr (kCells == 2) word |= static_cast<Ref>(static_cast<uint64_t>(at[1]) << 32);
    mark(word);
  }
}

void Heap::mark_exactly(Ref ref) {
  Object* object = object_of(ref);
  if (object == nullptr || !space_.mark(object)) return;
  if (has_references(*object->type)) push(object, 0);
}

void Heap::push(Object* object, uint32_t index) {
  if (inline_count_ < kInlineWork) {
    inline_work_[inline_count_++] = {object, index};
    return;
  }
  if (!work_.push({object, index})) overflowed_ = true;
}

/// Follows references until everything that can be reached is marked.
void Heap::drain() {
  follow();
  while (overflowed_) {
    // Look at everything marked once more: each round leaves out less.
    overflowed_ = false;
    space_.for_each_marked(
        [](void* context, Object* object) {
          auto& heap = *static_cast<Heap*>(context);
          if (!has_references(*object->type)) return;
          heap.push(object, 0);
          heap.follow();
        },
        this);
  }
}

/// Does the work that there is, and what it leads to.
void Heap::follow() {
  // The inline places are filled first and emptied last.
  while (inline_count_ != 0) {
    const Work work = work_.empty() ? inline_work_[--inline_count_] : work_.pop();
    trace(work.object, work.index);
  }
}

/// Marks what the references of `object` refer to. Of an array, from element `index` on.
void Heap::trace(Object* object, uint32_t index) {
  const RuntimeType& type = *object->type;
  switch (type.object) {
  case ObjectKind::none:
  case ObjectKind::host: return;
  case ObjectKind::struct_:
    for (const uint32_t offset : type.traced)
      mark_exactly(load_unaligned<Ref>(field_of(object, offset)));
    return;
  case ObjectKind::array: {
    auto* array = static_cast<ArrayObject*>(object);
    uint32_t end = array->length;
    if (end - index > kElementsAtOnce) {
      end = index + kElementsAtOnce;
      push(object, end);
    }
    for (; index < end; ++index) mark_exactly(load_unaligned<Ref>(element_of(array, index)));
    return;
  }
  case ObjectKind::exception: {
    const auto* exception = static_cast<const ExceptionObject*>(object);
    const Cell* cell = exception->cells();
    // Arguments may be references to functions, which are not in the heap.
    for (const ValType param : exception->tag->type->params) {
      if (param.is_ref()) mark(load_cell<Ref>(cell));
      cell += cells_of(param);
    }
    return;
  }
  }
}

void Heap::mark_roots() {
  for (const Rooted* r = rooted_; r != nullptr; r = r->next_) mark(r->ref_);
  for (RootSource* source = sources_; source != nullptr; source = source->next_)
    source->visit_(*source, *this);
  store_.visit_references(*this);
  mark_words(store_.stack_base, store_.stack_top);
  mark_native_stack();
}

/// What compiled code holds in registers is saved in this frame.
WAX_NOINLINE void Heap::mark_native_stack() {
  __builtin_unwind_init();
  mark_native_frames();
}

WAX_NOINLINE void Heap::mark_native_frames() {
  constexpr uintptr_t kAlignment = alignof(Ref);
  const uintptr_t from =
      align_up(reinterpret_cast<uintptr_t>(__builtin_frame_address(0)), kAlignment);
  if (from >= store_.native_stack_base) return;
  mark_words(reinterpret_cast<const void*>(from),
             reinterpret_cast<const void*>(store_.native_stack_base & ~(kAlignment - 1)));
}

/// Takes the objects with finalizers that are not marked out of the list.
HostObject* Heap::take_dead_hosts() {
  HostObject* dead = nullptr;
  for (HostObject** link = &hosts_; *link != nullptr;) {
    HostObject* host = *link;
    if (Space::is_marked(host)) {
      link = &host->next;
      continue;
    }
    *link = host->next;
    host->next = dead;
    dead = host;
  }
  return dead;
}

void Heap::finalize(HostObject* hosts) {
  while (hosts != nullptr) {
    HostObject* const host = hosts;
    hosts = host->next;
    host->finalizer(host->data);
  }
}

} // namespace waxwing::runtime
