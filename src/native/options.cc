// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "native/options.hpp"

#include <cstring>

#include "native/value.hpp"
#include "platform/environment.hpp"
#include "platform/memory.hpp"
#include "wasi/folder_words.hpp"

namespace waxwing::native {

const char kHelp[] = R"(usage: PROGRAM [options] [arguments...]

Options of the runtime stand before the program's own arguments; -- ends them.

  --invoke NAME         call the exported function NAME with the arguments, print its results
  --dir HOST[::GUEST]   give the program a folder, under the name GUEST; with :ro behind it
                        to read only. Repeatable
  --map-dir GUEST::HOST the same with the program's name first
  --env K=V             set an environment variable; K alone passes yours on. Repeatable
  --inherit-env         pass on all of your environment
  --timeout TIME        stop it after TIME: 500ms, 2s, 1m
  --stack-size SIZE     bytes for its calls and locals, e.g. 512K (default 8M)
  --max-memory SIZE     the most that a memory of it may grow to, e.g. 256M
  --max-table N         the most elements that a table of it may grow to
  --gc-heap SIZE        the most that its garbage-collected objects may take
  --max-threads N       threads that it may have at a time besides its first
  --help                this
)";

Options::Options()
    : arguments(platform::default_allocator()), args_(platform::default_allocator()),
      env_(platform::default_allocator()), preopens_(platform::default_allocator()) {}

bool Options::add_folder(std::string_view word, bool guest_first, Text& why) {
  const auto folder = wasi::folder_words(word, guest_first);
  if (!folder) {
    why.add('\'').add(word).add("': ").add(wasi::folder_form(guest_first));
    return false;
  }
  return preopens_
      .push(
          {.host_path = folder->host, .guest_path = folder->guest, .read_only = folder->read_only})
      .has_value();
}

bool Options::add_variable(const char* setting) {
  const std::string_view words = setting;
  const std::string_view name = words.substr(0, words.find('='));
  // The last one of a name counts.
  for (std::string_view& known : env_)
    if (known.substr(0, known.find('=')) == name) {
      known = words;
      return true;
    }
  return env_.push(words).has_value();
}

bool Options::set(std::string_view name, std::string_view value, bool fixed, Text& why) {
  const auto number = [&](bool (*parse)(std::string_view, uint64_t&), uint64_t& to,
                          const char* wanted) {
    if (parse(value, to)) return true;
    why.add('\'').add(value).add("' is not ").add(wanted);
    return false;
  };
  constexpr const char* kSize = "a size: write a number of bytes, or 64K, 8M, 2G";
  constexpr const char* kCount = "a number such as 1000000";
  if (name == "--dir") return add_folder(value, false, why);
  if (name == "--map-dir") return add_folder(value, true, why);
  if (name == "--stack-size") return number(parse_size, limits.stack_bytes, kSize);
  if (name == "--max-memory") return number(parse_size, limits.memory_bytes, kSize);
  if (name == "--gc-heap") return number(parse_size, limits.gc_heap_bytes, kSize);
  if (name == "--max-table") return number(parse_count, limits.table_elements, kCount);
  if (name == "--timeout")
    return number(parse_duration, timeout_ms,
                  "a time: write 500ms, 2s or 3m; a bare number is in milliseconds");
  if (name == "--max-threads") {
    constexpr uint64_t kMost = 1'000'000;
    if (!number(parse_count, max_threads_, kCount)) return false;
    if (max_threads_ > kMost) max_threads_ = kMost;
    return true;
  }
  if (name == "--invoke") {
    // Not among the words of the maker.
    invoke = value;
    return true;
  }
  // --env
  if (value.find('=') != std::string_view::npos) return add_variable(value.data());
  for (const char* const* entry = platform::environment(); *entry != nullptr; ++entry)
    if (std::strncmp(*entry, value.data(), value.size()) == 0 && (*entry)[value.size()] == '=')
      return add_variable(*entry);
  // What the maker has passed on need not be there.
  if (fixed) return true;
  why.add("there is no such variable here to pass on; ").add(value).add("=VALUE sets one");
  return false;
}

Options::Taken Options::take(const char* const* words, bool fixed, Text& why) {
  constexpr std::string_view kWithValue[] = {
      "--dir",     "--map-dir",   "--env",    "--timeout",     "--stack-size",
      "--gc-heap", "--max-table", "--invoke", "--max-threads", "--max-memory",
  };
  const std::string_view word = words[0];
  if (word == "--inherit-env") {
    for (const char* const* entry = platform::environment(); *entry != nullptr; ++entry)
      // There may be anything in it; what is no NAME=VALUE means nothing to a program.
      if (const char* equals = std::strchr(*entry, '='); equals != nullptr && equals != *entry)
        if (!add_variable(*entry)) return Taken::wrong;
    return Taken::one;
  }
  if (word == "--help") {
    help = true;
    return Taken::one;
  }
  const std::string_view name = word.substr(0, word.find('='));
  for (const std::string_view known : kWithValue) {
    if (name != known) continue;
    const bool joined = name.size() != word.size();
    if (!joined && words[1] == nullptr) {
      why.add(name).add(": it wants a value");
      return Taken::wrong;
    }
    const std::string_view value = joined ? word.substr(name.size() + 1) : words[1];
    Text what;
    if (!set(name, value, fixed, what)) {
      why.add(name).add(": ").add(what.view());
      return Taken::wrong;
    }
    return joined ? Taken::one : Taken::two;
  }
  return Taken::no;
}

bool Options::read(const WaxEmbedded& embedded, int count, const char* const* words, Text& why) {
  for (const char* const* word = embedded.options; *word != nullptr;) {
    const Taken taken = take(word, true, why);
    if (taken == Taken::wrong) return false;
    word += taken == Taken::two ? 2 : 1;
  }
  int at = count == 0 ? 0 : 1;
  if ((embedded.flags & WAX_EMBEDDED_RUNTIME_OPTIONS) != 0)
    while (at < count && words[at][0] == '-' && words[at][1] != '\0') {
      if (std::strcmp(words[at], "--") == 0) {
        ++at;
        break;
      }
      const Taken taken = take(words + at, false, why);
      if (taken == Taken::wrong) return false;
      if (taken == Taken::no) {
        why.add("there is no option '")
            .add(words[at])
            .add("': --help lists them; the program's own "
                 "stand behind --");
        return false;
      }
      at += taken == Taken::two ? 2 : 1;
    }
  if (!args_.push(count == 0 ? embedded.name : words[0])) return false;
  for (; at < count; ++at)
    if (!arguments.push(words[at]) || (!invoke && !args_.push(words[at]))) return false;
  return true;
}

GuestConfig Options::config() const {
  return {.args = args_.span(),
          .env = env_.span(),
          .preopens = preopens_.span(),
          .limits = limits,
          .max_threads = static_cast<uint32_t>(max_threads_),
          .interruptible = timeout_ms != 0};
}

} // namespace waxwing::native
