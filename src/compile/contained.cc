// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compilation in a child process: LLVM ends the process over what it can't do.
#include <cstdlib>
#include <cstring>
#include <llvm/Support/ErrorHandling.h>
#include <mutex>

#include "compile/job.hpp"
#include "platform/child.hpp"

namespace waxwing::compile {

namespace {

using platform::ChildEnd;
using platform::ChildOutput;

/// What the child says: a head, then `size` bytes.
enum class Message : uint32_t { progress, trace, notes, result, error };
struct Head {
  Message message;
  /// Of an error: the function.
  uint32_t function;
  uint64_t size;
};
struct Progress {
  uint32_t done;
  uint32_t total;
  uint64_t bytes;
};

void send(ChildOutput& output, Message message, uint32_t function, const void* bytes, size_t size) {
  // Several threads have something to say.
  static std::mutex lock;
  const std::lock_guard guard(lock);
  const Head head{message, function, size};
  output.send(&head, sizeof head);
  output.send(bytes, size);
}

/// What this thread works on.
thread_local FuncIndex current_function = kNoIndex;

void fatal(void* context, const char* reason, bool) {
  auto& output = *static_cast<ChildOutput*>(context);
  const std::string text = std::string("LLVM gave up: ") + reason;
  send(output, Message::error, current_function, text.data(), text.size());
  std::_Exit(0);
}

void work(void* context, ChildOutput& output) {
  const auto& job = *static_cast<const ContainedWork*>(context);
  llvm::remove_fatal_error_handler();
  llvm::install_fatal_error_handler(fatal, &output);
  Listener listener;
  listener.at = [&](FuncIndex function) {
    current_function = function;
    output.mark(function);
  };
  listener.progress = [&](uint32_t done, uint32_t total, uint64_t bytes) {
    const Progress progress{done, total, bytes};
    send(output, Message::progress, 0, &progress, sizeof progress);
    return true;
  };
  const auto made = job(listener);
  if (made) {
    send(output, Message::trace, 0, made->trace.data(), made->trace.size());
    send(output, Message::notes, 0, made->notes.data(), made->notes.size());
    send(output, Message::result, 0, made->image.data(), made->image.size());
  } else {
    send(output, Message::error, made.error().function, made.error().text.data(),
         made.error().text.size());
  }
}

/// Puts the child's messages together. The large ones grow where they belong, as a second copy of
/// an image would be much.
class Receiver {
 public:
  explicit Receiver(const Listener& to) : listener(to) {}

  const Listener& listener;
  Packed result;
  bool has_result = false;
  Failure error;
  bool given_up = false;

  bool take(const uint8_t* from, size_t size) {
    while (size > 0) {
      if (head_bytes_ < sizeof head_) {
        const size_t taken = std::min(size, sizeof head_ - head_bytes_);
        std::memcpy(reinterpret_cast<uint8_t*>(&head_) + head_bytes_, from, taken);
        head_bytes_ += taken;
        from += taken;
        size -= taken;
        if (head_bytes_ < sizeof head_) return true;
        body_.clear();
        body_.reserve(head_.size);
      }
      const size_t taken = std::min<uint64_t>(size, head_.size - body_.size());
      body_.insert(body_.end(), from, from + taken);
      from += taken;
      size -= taken;
      if (body_.size() < head_.size) return true;
      head_bytes_ = 0;
      if (!handle()) return false;
    }
    return true;
  }

 private:
  bool handle() {
    switch (head_.message) {
    case Message::progress: {
      Progress progress;
      std::memcpy(&progress, body_.data(), sizeof progress);
      given_up =
          listener.progress && !listener.progress(progress.done, progress.total, progress.bytes);
      return !given_up;
    }
    case Message::notes: result.notes = text(); return true;
    case Message::trace: result.trace = std::move(body_); return true;
    case Message::result:
      result.image = std::move(body_);
      has_result = true;
      return true;
    case Message::error: error = {text(), head_.function}; return true;
    }
    return false;
  }
  [[nodiscard]] std::string text() const { return {body_.begin(), body_.end()}; }

  Head head_{};
  size_t head_bytes_ = 0;
  std::vector<uint8_t> body_;
};

} // namespace

Outcome<Packed> contain(ContainedWork job, const Listener& listener,
                        const std::function<Outcome<Packed>()>& again) {
  Receiver receiver(listener);
  const platform::ChildResult ended = platform::run_in_child(
      work, &job,
      [](void* context, const uint8_t* bytes, size_t size) {
        return static_cast<Receiver*>(context)->take(bytes, size);
      },
      &receiver);
  if (receiver.given_up) return failure("given up");
  if (receiver.has_result) return std::move(receiver.result);
  if (!receiver.error.text.empty()) return std::unexpected(receiver.error);
  switch (ended.end) {
  case ChildEnd::not_started: return failure("no process can be started to compile in");
  case ChildEnd::crashed:
    if (again) return again();
    return failure("LLVM crashed (signal " + std::to_string(ended.code) + ")", ended.mark);
  default: return failure("LLVM ended its process without a word", ended.mark);
  }
}

Outcome<Packed> run_contained(std::span<const uint8_t> module, FeatureSet features,
                              const Options& options, const Listener& listener) {
  std::function<Outcome<Packed>()> again;
  if (options.threads != 1)
    again = [&] {
      // Which of the threads it was, one alone can tell.
      Options alone = options;
      alone.threads = 1;
      return run_contained(module, features, alone, listener);
    };
  return contain([&](const Listener& to) { return run_job(module, features, options, to); },
                 listener, again);
}

} // namespace waxwing::compile
