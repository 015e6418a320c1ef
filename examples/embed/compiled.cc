// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A module that is compiled where there is a compiler, and interpreted where there is none.
#include <cstdio>
#include <waxwing/compile.hpp>
#include <waxwing/waxwing.hpp>

namespace {

constexpr const char* kGuest = R"((module
  (func (export "sum") (param $to i64) (result i64) (local $sum i64)
    (loop $next
      (local.set $sum (i64.add (local.get $sum) (local.get $to)))
      (br_if $next (i64.ne (local.tee $to (i64.sub (local.get $to) (i64.const 1))) (i64.const 0))))
    (local.get $sum))))";

int fail(const waxwing::Error& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  return 1;
}

} // namespace

int main() {
  const waxwing::Engine engine;
  auto module = waxwing::Module::from_text(engine, kGuest, {.name = "guest"});
  if (!module) return fail(module.error());
  // [compile] An installation without the compiler is no reason to give up.
  if (auto fast = waxwing::with_machine_code(*module); fast)
    module = std::move(fast);
  else if (fast.error().kind != waxwing::ErrorKind::compilation)
    return fail(fast.error());
  // [compile]
  auto store = waxwing::Store::make(engine);
  if (!store) return fail(store.error());
  auto instance = waxwing::Linker(*store).instantiate(*module);
  if (!instance) return fail(instance.error());
  auto sum = instance->func<int64_t(int64_t)>("sum");
  if (!sum) return fail(sum.error());
  auto result = sum->call(1'000'000);
  if (!result) return fail(result.error());
  std::printf("the sum up to a million is %lld\n", static_cast<long long>(*result));
}
