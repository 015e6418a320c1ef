// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The search in a child process: the sections come from a module that may be anybody's, and LLVM
// reads them as if they came from a compiler.
#include <cstring>

#include "platform/child.hpp"
#include "symbolize/lines.hpp"

namespace waxwing::symbolize {

namespace {

constexpr unsigned kSeconds = 20;

/// What the child says of one frame, before `function` and `file` bytes of text.
struct Head {
  uint64_t index;
  uint32_t line;
  uint32_t column;
  uint32_t function;
  uint32_t file;
  /// Frames of the same place that follow.
  uint32_t more;
  uint32_t padding;
};

struct Work {
  std::span<const DebugSection> sections;
  std::span<const uint64_t> addresses;
};

void work(void* context, platform::ChildOutput& output) {
  const Work& wanted = *static_cast<const Work*>(context);
  find_lines(wanted.sections, wanted.addresses, [&](size_t index, const Frames& frames) {
    for (size_t i = 0; i < frames.size(); ++i) {
      const SourceFrame& frame = frames[i];
      const Head head{index,
                      frame.line,
                      frame.column,
                      static_cast<uint32_t>(frame.function.size()),
                      static_cast<uint32_t>(frame.file.size()),
                      static_cast<uint32_t>(frames.size() - i - 1),
                      0};
      output.send(&head, sizeof head);
      output.send(frame.function.data(), frame.function.size());
      output.send(frame.file.data(), frame.file.size());
    }
  });
}

/// Puts the child's frames together.
struct Receiver {
  const Found& found;
  std::vector<uint8_t> bytes;
  Frames frames;

  void take(const uint8_t* from, size_t size) {
    bytes.insert(bytes.end(), from, from + size);
    size_t at = 0;
    for (Head head; bytes.size() - at >= sizeof head;) {
      std::memcpy(&head, bytes.data() + at, sizeof head);
      const size_t texts = size_t{head.function} + head.file;
      if (bytes.size() - at - sizeof head < texts) break;
      const char* const text = reinterpret_cast<const char*>(bytes.data() + at + sizeof head);
      frames.push_back({std::string(text, head.function),
                        std::string(text + head.function, head.file), head.line, head.column});
      if (head.more == 0) {
        found(head.index, frames);
        frames.clear();
      }
      at += sizeof head + texts;
    }
    bytes.erase(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(at));
  }
};

} // namespace

bool find_lines_contained(std::span<const DebugSection> sections,
                          std::span<const uint64_t> addresses, const Found& found) {
  Work wanted{sections, addresses};
  Receiver receiver{found, {}, {}};
  const platform::ChildResult ended = platform::run_in_child(
      work, &wanted,
      [](void* context, const uint8_t* bytes, size_t size) {
        static_cast<Receiver*>(context)->take(bytes, size);
        return true;
      },
      &receiver, kSeconds);
  return ended.end == platform::ChildEnd::finished;
}

} // namespace waxwing::symbolize
