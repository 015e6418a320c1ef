// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   trace_guest FILE FUNCTION [I32...]
//
// Calls a function of a module (text, binary or image) whose imports are the host's, and prints the
// trap that it must end with and its frames as data, for tests/trace/run.py: one a line, number,
// offset, `exact`, `near`, `native`, `host` or `unknown`, and name; values behind it. A function
// called `spin` is looked at by a handler of a signal, and stopped.
#include <sys/time.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>
#include <waxwing/waxwing.hpp>

namespace {

using waxwing::Caller;
using waxwing::Result;

/// The trace as the host sees it in the middle of a call, and how many of the frames the one that
/// is safe in handlers of signals has found.
void print_from_inside(Caller& caller) {
  std::printf("inside:");
  for (const waxwing::Frame& frame : caller.trace())
    std::printf(" %s", frame.is_host ? "(host)" : frame.function.c_str());
  waxwing::RawFrame raw[8];
  const size_t count = caller.store().raw_trace(raw);
  std::printf("\nraw:");
  for (size_t i = 0; i < count; ++i) std::printf(" %u@%x", raw[i].function, raw[i].offset);
  std::printf("\n");
}

// What the handler has seen.
const waxwing::Store* watched = nullptr;
waxwing::RawFrame seen[8];
volatile size_t seen_count = 0;

void look(int, siginfo_t*, void* context) {
  if (seen_count == 0) seen_count = watched->raw_trace(seen, context);
}

void watch(waxwing::Store& store) {
  watched = &store;
  struct sigaction action{};
  action.sa_sigaction = look;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
  sigaction(SIGALRM, &action, nullptr);
  const itimerval often{{0, 5000}, {0, 5000}};
  setitimer(ITIMER_REAL, &often, nullptr);
  (void)store.set_timeout(std::chrono::milliseconds(300));
}

const char* exactness(const waxwing::Frame& frame) {
  if (frame.is_host) return "host";
  if (frame.is_native) return "native";
  if (frame.index == waxwing::Frame::kUntraced || frame.offset == 0) return "unknown";
  return frame.exact ? "exact" : "near";
}

int fail(const std::string& text) {
  std::fprintf(stderr, "%s\n", text.c_str());
  return 1;
}

} // namespace

int main(int count, char** words) {
  if (count < 3) return fail("usage: trace_guest FILE FUNCTION [I32...]");
  const waxwing::Engine engine;
  auto module = waxwing::Module::from_file(engine, words[1]);
  if (!module) module = waxwing::Module::from_image_file(engine, words[1]);
  if (!module) return fail(module.error().message);
  auto store = waxwing::Store::make(engine);
  if (!store) return fail(store.error().message);
  store->set_trace_style({.most_frames = 128, .values = true});
  waxwing::Linker linker(*store);
  const auto defined = {
      linker.func("env", "log", [](int32_t) {}),
      linker.func("env", "fail",
                  [](int32_t) -> Result<void> { return waxwing::fail("out of order"); }),
      linker.func("env", "fail2",
                  [](int32_t, int64_t) -> Result<void> { return waxwing::fail("out of order"); }),
      linker.func("env", "look", [](Caller& caller) { print_from_inside(caller); }),
      linker.func("env", "call_back", [](Caller& caller, int32_t value) -> Result<int32_t> {
        auto back = caller.instance()->func<int32_t(int32_t)>("back");
        if (!back) return std::unexpected(back.error());
        return (*back)(value);
      })};
  for (const auto& one : defined)
    if (!one) return fail(one.error().message);
  auto instance = linker.instantiate(*module);
  if (!instance) return fail(instance.error().message);
  const auto function = instance->func(words[2]);
  if (!function) return fail(function.error().message);
  std::vector<waxwing::Value> arguments;
  for (int i = 3; i < count; ++i)
    arguments.emplace_back(static_cast<int32_t>(std::strtol(words[i], nullptr, 0)));
  if (std::string(words[2]) == "spin") watch(*store);
  const auto ended = function->call(arguments);
  if (watched != nullptr) {
    const itimerval never{};
    setitimer(ITIMER_REAL, &never, nullptr);
    std::printf("seen:");
    for (size_t i = 0; i < seen_count; ++i)
      std::printf(" %s", store->resolve(seen[i]).function.c_str());
    std::printf("\n");
  }
  if (ended) {
    std::printf("ended\n");
    return 0;
  }
  const waxwing::Error& error = ended.error();
  if (error.trap == nullptr) return fail(error.message);
  std::printf("trap: %s\nframes: %llu\n", error.trap->message.c_str(),
              static_cast<unsigned long long>(error.trap->frame_count));
  for (size_t i = 0; i < error.trap->frames.size(); ++i) {
    const waxwing::Frame& frame = error.trap->frames[i];
    std::printf("%zu 0x%x %s %s\n", i, frame.offset, exactness(frame), frame.function.c_str());
    if (frame.operands) std::printf("  operands %u\n", *frame.operands);
    for (const waxwing::FrameValue& value : frame.values)
      std::printf("  %s %u = %s %s\n",
                  value.kind == waxwing::FrameValue::Kind::local ? "local" : "param", value.index,
                  std::string(value.type).c_str(), value.text.c_str());
  }
  return 0;
}
