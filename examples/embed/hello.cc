// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <cstdio>
#include <waxwing/waxwing.hpp>

int main() {
  waxwing::Engine engine;
  auto module = waxwing::Module::from_text(engine, R"((func (export "add") (param i32 i32)
    (result i32) (i32.add (local.get 0) (local.get 1))))");
  auto store = waxwing::Store::make(engine);
  auto instance = waxwing::Linker(*store).instantiate(*module);
  auto add = instance->func<int32_t(int32_t, int32_t)>("add");
  std::printf("20 + 22 = %d\n", *add->call(20, 22));
}
