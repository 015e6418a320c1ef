// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/memory.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cinttypes>
#include <cstdio>
#include <thread>
#include <vector>

#include "support/counting_allocator.hpp"
#include "unit/runtime_fixture.hpp"

namespace waxwing::runtime {
namespace {

constexpr uint64_t kPage = 65536;

class MemoryTest : public testing::RuntimeTest {
 protected:
  ~MemoryTest() override {
    for (Memory* memory : memories_) memory->release();
  }
  Result<Memory*> make(const MemoryType& type, uint64_t max_bytes = kUnlimited) {
    Result<Memory*> memory = Memory::make(engine_, type, max_bytes);
    if (memory) memories_.push_back(*memory);
    return memory;
  }
  static MemoryType pages(uint64_t min) { return {.limits = {.min = min}}; }
  static MemoryType pages(uint64_t min, uint64_t max) {
    return {.limits = {.min = min, .max = max, .has_max = true}};
  }

  std::vector<Memory*> memories_;
};

TEST_F(MemoryTest, StartsAsZeros) {
  Memory& memory = **make(pages(2));
  EXPECT_EQ(memory.byte_size(), 2 * kPage);
  EXPECT_EQ(memory.pages(), 2u);
  const uint8_t* bytes = memory.resolve(0, 2 * kPage);
  ASSERT_NE(bytes, nullptr);
  for (size_t i = 0; i < 2 * kPage; ++i) ASSERT_EQ(bytes[i], 0);
}

TEST_F(MemoryTest, ResolvesUpToTheLastByteAndNeverWraps) {
  const Memory& memory = **make(pages(1));
  EXPECT_NE(memory.resolve(kPage - 1, 1), nullptr);
  EXPECT_EQ(memory.resolve(kPage - 1, 2), nullptr);
  EXPECT_NE(memory.resolve(kPage, 0), nullptr);
  EXPECT_EQ(memory.resolve(kPage + 1, 0), nullptr);
  EXPECT_EQ(memory.resolve(0xFFFFFFFF, 1), nullptr);
  EXPECT_EQ(memory.resolve(0x100000000, 1), nullptr);
  EXPECT_EQ(memory.resolve(UINT64_MAX, 1), nullptr);
  EXPECT_EQ(memory.resolve(UINT64_MAX, UINT64_MAX), nullptr);
  EXPECT_EQ(memory.resolve(1, UINT64_MAX), nullptr);
  EXPECT_EQ(memory.resolve(UINT64_MAX - 3, 8), nullptr);
}

TEST_F(MemoryTest, AnEmptyMemoryHasAnAddressForNoBytes) {
  for (const MemoryType& type : {pages(0), pages(0, 0)}) {
    const Memory& memory = **make(type);
    EXPECT_NE(memory.resolve(0, 0), nullptr);
    EXPECT_EQ(memory.resolve(0, 1), nullptr);
    EXPECT_EQ(memory.resolve(1, 0), nullptr);
  }
}

TEST_F(MemoryTest, GrowsAndKeepsWhatItHolds) {
  Memory& memory = **make(pages(1));
  *memory.resolve(0, 1) = 42;
  EXPECT_EQ(memory.grow(1), 1);
  EXPECT_EQ(memory.grow(0), 2);
  EXPECT_EQ(*memory.resolve(0, 1), 42);
  EXPECT_EQ(*memory.resolve(2 * kPage - 1, 1), 0);
  EXPECT_EQ(memory.current_type().limits.min, 2u);
  EXPECT_EQ(memory.type().limits.min, 1u);
}

/// Leaves the process `bytes` more address space than it has until the end of the scope.
class AddressSpaceLimit {
 public:
  explicit AddressSpaceLimit(uint64_t bytes) {
    uint64_t in_use = 0;
    if (std::FILE* file = std::fopen("/proc/self/statm", "r"); file != nullptr) {
      if (std::fscanf(file, "%" SCNu64, &in_use) != 1) in_use = 0;
      std::fclose(file);
    }
    in_use *= platform::page_size();
    getrlimit(RLIMIT_AS, &before_);
    rlimit limited = before_;
    limited.rlim_cur = static_cast<rlim_t>(in_use + bytes);
    active_ = in_use != 0 && setrlimit(RLIMIT_AS, &limited) == 0;
    // Emulators of other processors accept the limit and ignore it.
    const auto too_much = static_cast<size_t>(bytes) + (size_t{1} << 20);
    if (void* pages = platform::reserve(too_much); pages != nullptr) {
      platform::release(pages, too_much);
      active_ = false;
    }
  }
  ~AddressSpaceLimit() {
    if (active_) setrlimit(RLIMIT_AS, &before_);
  }
  [[nodiscard]] bool active() const { return active_; }

 private:
  rlimit before_;
  bool active_;
};

TEST_F(MemoryTest, GrowsByMovingWhereAddressesAreScarce) {
  const AddressSpaceLimit limit(uint64_t{64} << 20);
  if (!limit.active()) GTEST_SKIP() << "cannot limit the address space";
  Memory& memory = **make(pages(1));
  std::vector<uint64_t> marks;
  int64_t grown = 0;
  while (grown >= 0) {
    const uint64_t last = memory.byte_size() - 1;
    ASSERT_EQ(*memory.resolve(last, 1), 0);
    *memory.resolve(last, 1) = 1;
    marks.push_back(last);
    for (const uint64_t mark : marks) ASSERT_EQ(*memory.resolve(mark, 1), 1);
    grown = memory.grow(1);
  }
  // It had 64 MB.
  EXPECT_GT(marks.size(), 500u);
  EXPECT_LT(marks.size(), 1100u);
}

// Compiled code counts on it (docs/abi.md, section 11).
TEST_F(MemoryTest, BeginsAtAMultipleOfSixteen) {
  const auto check = [](Memory& memory) {
    const auto begin = [&] {
      return reinterpret_cast<uintptr_t>(memory.base.load(std::memory_order_relaxed));
    };
    EXPECT_EQ(begin() % 16, 0u);
    for (const uint64_t more : {1u, 7u, 100u}) {
      (void)memory.grow(more); // where addresses are scarce, it may stay as it is
      EXPECT_EQ(begin() % 16, 0u);
    }
  };
  const MemoryType bytes{.limits = {.min = 3}, .page_log2 = 0};
  check(**make(pages(1)));
  check(**make(bytes));
  const AddressSpaceLimit limit(0);
  if (!limit.active()) GTEST_SKIP() << "cannot limit the address space";
  // From the allocator.
  if (const Result<Memory*> memory = make(bytes); memory) check(**memory);
}

TEST_F(MemoryTest, SharedMemoriesTakeWhatThereIs) {
  const AddressSpaceLimit limit(uint64_t{64} << 20);
  if (!limit.active()) GTEST_SKIP() << "cannot limit the address space";
  MemoryType shared{.limits = {.min = 1, .max = 65536, .has_max = true, .shared = true}};
  Memory& memory = **make(shared);
  const uint8_t* base = memory.resolve(0, 1);
  EXPECT_EQ(memory.grow(100), 1);
  EXPECT_EQ(memory.grow(60000), -1);
  EXPECT_EQ(memory.resolve(0, 1), base);
}

TEST_F(MemoryTest, GrowthStopsAtTheMaximum) {
  Memory& memory = **make(pages(1, 3));
  EXPECT_EQ(memory.grow(3), -1);
  EXPECT_EQ(memory.grow(UINT64_MAX), -1);
  EXPECT_EQ(memory.grow(UINT64_MAX >> 16), -1);
  EXPECT_EQ(memory.grow(2), 1);
  EXPECT_EQ(memory.grow(1), -1);
  EXPECT_EQ(memory.grow(0), 3);
}

TEST_F(MemoryTest, GrowthStopsAtTheAddressType) {
  Memory& memory = **make(pages(1));
  EXPECT_EQ(memory.grow(65536), -1);
  EXPECT_EQ(memory.byte_size(), kPage);
  MemoryType bytes{.limits = {.min = 10}, .page_log2 = 0};
  Memory& small = **make(bytes);
  EXPECT_EQ(small.grow(UINT32_MAX), -1);
  EXPECT_EQ(small.grow(5), 10);
  EXPECT_EQ(small.pages(), 15u);
  EXPECT_NE(small.resolve(14, 1), nullptr);
  EXPECT_EQ(small.resolve(15, 1), nullptr);
}

TEST_F(MemoryTest, AllOfFourGigabytes) {
  if (!kPointerIs64) {
    EXPECT_FALSE(make(pages(65536)).has_value());
    return;
  }
  Memory& memory = **make(pages(65536));
  *memory.resolve(0xFFFFFFFF, 1) = 7;
  EXPECT_NE(memory.resolve(0xFFFFFFF8, 8), nullptr);
  EXPECT_EQ(memory.resolve(0xFFFFFFF9, 8), nullptr);
  EXPECT_EQ(memory.resolve(0xFFFFFFFF, 2), nullptr);
  EXPECT_EQ(memory.resolve(0x100000000, 1), nullptr);
  EXPECT_NE(memory.resolve(0x100000000, 0), nullptr);
  EXPECT_NE(memory.resolve(0, 0x100000000), nullptr);
  EXPECT_EQ(memory.grow(1), -1);
  EXPECT_EQ(memory.grow(0), 65536);
}

TEST_F(MemoryTest, BeyondFourGigabytes) {
  if (!kPointerIs64) GTEST_SKIP() << "no room for that";
  Memory& memory = **make({.limits = {.min = 65535, .is64 = true}});
  *memory.resolve(0, 1) = 1;
  *memory.resolve(0xFFFEFFFF, 1) = 2;
  EXPECT_EQ(memory.grow(1), 65535);
  *memory.resolve(0xFFFFFFFF, 1) = 3;
  EXPECT_EQ(memory.grow(1), 65536);
  EXPECT_EQ(memory.grow(100), 65537);
  EXPECT_EQ(*memory.resolve(0, 1), 1);
  EXPECT_EQ(*memory.resolve(0xFFFEFFFF, 1), 2);
  EXPECT_EQ(*memory.resolve(0xFFFFFFFF, 1), 3);
  EXPECT_EQ(*memory.resolve(0x100000000, 1), 0);
  EXPECT_EQ(*memory.resolve(65637 * kPage - 1, 1), 0);
  EXPECT_EQ(memory.resolve(65637 * kPage, 1), nullptr);
}

TEST_F(MemoryTest, TheEmbeddersLimitHolds) {
  EXPECT_EQ(make(pages(3), 2 * kPage).error().code, ErrorCode::memory_limit);
  Memory& memory = **make(pages(1), 2 * kPage + 1);
  EXPECT_EQ(memory.grow(2), -1);
  EXPECT_EQ(memory.grow(1), 1);
  EXPECT_EQ(memory.grow(1), -1);
}

TEST_F(MemoryTest, HugeMemoriesAreRefusedAndHugeMaximaCostNothing) {
  MemoryType huge{.limits = {.min = uint64_t{1} << 48, .is64 = true}};
  EXPECT_FALSE(make(huge).has_value());
  huge.limits.min = UINT64_MAX;
  EXPECT_FALSE(make(huge).has_value());
  MemoryType wide{.limits = {.min = 1, .max = uint64_t{1} << 48, .has_max = true, .is64 = true}};
  for (int i = 0; i < 50; ++i) {
    Memory& memory = **make(wide);
    EXPECT_EQ(memory.grow(1), 1);
    EXPECT_EQ(memory.grow(UINT64_MAX), -1);
    EXPECT_EQ(memory.grow((uint64_t{1} << 48) - 2), -1);
  }
  MemoryType shared{
      .limits = {
          .min = 1, .max = uint64_t{1} << 40, .has_max = true, .shared = true, .is64 = true}};
  Memory& memory = **make(shared);
  EXPECT_EQ(memory.grow(1), 1);
}

TEST_F(MemoryTest, ManyMemoriesWithoutAMaximum) {
  for (int i = 0; i < 1000; ++i) {
    Memory& memory = **make(pages(1));
    *memory.resolve(kPage - 1, 1) = 1;
    EXPECT_EQ(memory.grow(1), 1);
  }
}

TEST_F(MemoryTest, SharedMemoriesGrowUnderOtherThreads) {
  MemoryType type{.limits = {.min = 1, .max = 400, .has_max = true, .shared = true}};
  Memory& memory = **make(type);
  uint8_t* base = memory.resolve(0, 1);
  std::atomic<int> grown{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        if (memory.grow(1) >= 0) ++grown;
        const uint64_t size = memory.byte_size();
        if (*memory.resolve(size - 1, 1) != 0) std::abort();
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(grown, 399);
  EXPECT_EQ(memory.pages(), 400u);
  EXPECT_EQ(memory.resolve(0, 1), base);
}

TEST_F(MemoryTest, GetsGuardsWhenTheyAreAskedFor) {
  if (!kPointerIs64) GTEST_SKIP() << "there is no room for guards";
  Memory& memory = **make(pages(2, 5));
  EXPECT_FALSE(memory.is_guarded());
  memory.resolve(0, 1)[0] = 1;
  memory.resolve(2 * kPage - 1, 1)[0] = 2;
  ASSERT_TRUE(memory.guard());
  ASSERT_TRUE(memory.is_guarded());
  EXPECT_EQ(memory.resolve(0, 1)[0], 1);
  EXPECT_EQ(memory.resolve(2 * kPage - 1, 1)[0], 2);
  // It never moves again, and ends where it did before.
  const uint8_t* base = memory.resolve(0, 1);
  EXPECT_TRUE(memory.guard());
  EXPECT_EQ(memory.grow(3), 2);
  EXPECT_EQ(memory.grow(1), -1);
  EXPECT_EQ(memory.resolve(0, 1), base);
  EXPECT_EQ(memory.resolve(5 * kPage - 1, 1)[0], 0);
  EXPECT_EQ(memory.resolve(5 * kPage, 1), nullptr);
}

TEST_F(MemoryTest, GuardsFaultBeyondTheEnd) {
  if (!kPointerIs64) GTEST_SKIP() << "there is no room for guards";
  const Result<Memory*> made = Memory::make(engine_, pages(1), kUnlimited, true);
  ASSERT_TRUE(made.has_value());
  memories_.push_back(*made);
  const volatile uint8_t* base = (*made)->resolve(0, 1);
  EXPECT_EQ(base[kPage - 1], 0);
  for (const uint64_t at : {kPage, uint64_t{1} << 32, kGuardedBytes - 1})
    EXPECT_DEATH((void)base[at], "") << at;
}

TEST_F(MemoryTest, GivesGuardsOnlyToThirtyTwoBitAddressesAndUsualPages) {
  Memory& wide = **make({.limits = {.min = 1, .is64 = true}});
  EXPECT_FALSE(wide.guard());
  Memory& bytes = **make({.limits = {.min = 1}, .page_log2 = 0});
  EXPECT_FALSE(bytes.guard());
  EXPECT_FALSE(bytes.is_guarded());
  EXPECT_EQ(bytes.grow(1), 1);
}

TEST_F(MemoryTest, SaysWhereGuardsAreRefused) {
  if (!kPointerIs64) GTEST_SKIP() << "there is no room for guards";
  const AddressSpaceLimit limit(uint64_t{4} << 30);
  if (!limit.active()) GTEST_SKIP() << "address space is not limited here";
  Memory& memory = **make(pages(1));
  memory.resolve(0, 1)[0] = 9;
  const auto made = Memory::make(engine_, pages(1), kUnlimited, true);
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code, ErrorCode::memory_guard_refused);
  EXPECT_FALSE(memory.guard());
  EXPECT_EQ(memory.resolve(0, 1)[0], 9);
  EXPECT_EQ(memory.grow(1), 1);
}

TEST_F(MemoryTest, ReferencesKeepItAlive) {
  Memory* memory = *Memory::make(engine_, pages(1), kUnlimited);
  memory->retain();
  memory->release();
  EXPECT_EQ(*memory->resolve(0, 1), 0);
  memory->release();
}

} // namespace
} // namespace waxwing::runtime
