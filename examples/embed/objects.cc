// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Structs and arrays of the guest, which the host looks into and makes.
#include <cstdio>
#include <string>
#include <vector>
#include <waxwing/waxwing.hpp>

namespace {

constexpr const char* kGuest = R"((module
  (type $text (array (mut i8)))
  (type $person (struct (field (ref $text)) (field (mut i32))))
  (func (export "ada") (result (ref $person))
    (struct.new $person
      (array.new_fixed $text 3 (i32.const 65) (i32.const 100) (i32.const 97)) (i32.const 36)))
  (func (export "age") (param $of (ref $person)) (result i32)
    (struct.get $person 1 (local.get $of)))))";

int fail(const waxwing::Error& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  return 1;
}

waxwing::Result<std::string> text_of(const waxwing::Value& reference) {
  // [array] Elements one by one, or the bytes of many at once. Whatever is no array is refused.
  auto array = waxwing::Array::of(reference);
  if (!array) return std::unexpected(array.error());
  std::string text(array->size(), '\0');
  auto read = array->read(0, std::as_writable_bytes(std::span(text)));
  // [array]
  if (!read) return std::unexpected(read.error());
  return text;
}

} // namespace

int main() {
  const waxwing::Engine engine;
  auto module = waxwing::Module::from_text(engine, kGuest, {.name = "guest"});
  if (!module) return fail(module.error());
  auto store = waxwing::Store::make(engine);
  if (!store) return fail(store.error());
  auto instance = waxwing::Linker(*store).instantiate(*module);
  if (!instance) return fail(instance.error());
  auto ada = instance->func("ada")->call();
  if (!ada) return fail(ada.error());

  // [struct] Fields by number; `set` takes only what may be changed, and only values of its type.
  auto person = waxwing::Struct::of(ada->front());
  if (!person) return fail(person.error());
  auto name = person->get(0);
  auto older = person->set(1, int32_t{37});
  // [struct]
  if (!name || !older) return 1;
  auto text = text_of(*name);
  if (!text) return fail(text.error());
  std::printf("%s is %d\n", text->c_str(), person->get(1)->i32());

  // [make] The type of a parameter, or of another object, says what to make.
  const waxwing::Func age = *instance->func("age");
  auto type = waxwing::ObjectType::of(*store, age.type().params[0]);
  auto made = waxwing::Struct::make(*type, std::vector<waxwing::Value>{*name, int32_t{12}});
  if (!made) return fail(made.error());
  auto found = age.call(std::vector{made->reference()});
  // [make]
  if (!found) return fail(found.error());
  std::printf("another one is %d\n", found->front().i32());
  std::printf("%s\n", person->set(0, *name).error().message.c_str());
}
