// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wasi/place.hpp"

#include <cstring>

#include "base/error.hpp"

namespace waxwing::wasi {

using platform::FileError;
using platform::Handle;

namespace {

constexpr unsigned kMaxLinks = 40;
/// Directories opened for one path: far more than names fit into it, and a bound to paths that go
/// up and down again.
constexpr unsigned kMaxSteps = 16'384;
constexpr size_t kMaxPending = 8'192;
constexpr size_t kMaxResolved = 4'096;

/// What is left of a path. It lies at the end of its buffer, so that a link's target can be put in
/// front of it.
class Pending {
 public:
  [[nodiscard]] std::string_view text() const { return {bytes_ + begin_, kMaxPending - begin_}; }
  /// Where the target of a link may be read into, to be `prepended_in_place`.
  [[nodiscard]] std::span<char> free_space() { return {bytes_, begin_}; }

  [[nodiscard]] bool prepend(std::string_view text) {
    if (text.size() > begin_) return false;
    begin_ -= text.size();
    std::memcpy(bytes_ + begin_, text.data(), text.size());
    return true;
  }
  /// Moves `size` bytes from the start of the free space to its end.
  void prepend_in_place(size_t size) {
    std::memmove(bytes_ + begin_ - size, bytes_, size);
    begin_ -= size;
  }
  void drop(size_t size) { begin_ += size; }
  void drop_slashes() {
    while (begin_ < kMaxPending && bytes_[begin_] == '/') ++begin_;
  }

 private:
  size_t begin_ = kMaxPending;
  char bytes_[kMaxPending];
};

/// The names of the directories between the root and where the walk is, none of them a link.
class Resolved {
 public:
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::string_view text() const { return {bytes_, size_}; }
  [[nodiscard]] bool push(std::string_view name) {
    if (name.size() + 1 > kMaxResolved - size_) return false;
    if (size_ != 0) bytes_[size_++] = '/';
    std::memcpy(bytes_ + size_, name.data(), name.size());
    size_ += name.size();
    return true;
  }
  void pop() {
    while (size_ != 0 && bytes_[size_ - 1] != '/') --size_;
    if (size_ != 0) --size_;
  }
  void clear() { size_ = 0; }

 private:
  size_t size_ = 0;
  char bytes_[kMaxResolved];
};

class Walk {
 public:
  Walk(Handle root, Follow follow, Place& place) : root_(root), follow_(follow), place_(place) {
    place_.directory = root;
  }

  [[nodiscard]] Status run(std::string_view path) {
    if (path.empty()) return refuse(Errno::noent);
    if (path.front() == '/') return refuse(Errno::notcapable);
    if (!pending_.prepend(path)) return refuse(Errno::nametoolong);
    for (;;) {
      pending_.drop_slashes();
      const std::string_view rest = pending_.text();
      const std::string_view name = rest.substr(0, rest.find('/'));
      const size_t next = rest.find_first_not_of('/', name.size());
      const bool last = next == std::string_view::npos;
      const bool slash = name.size() < rest.size();
      if (name == "..") {
        if (resolved_.empty()) return refuse(Errno::notcapable);
        resolved_.pop();
        above_ = true;
        pending_.drop(name.size());
        continue;
      }
      // Opening `..` would go to whatever is above the directory by now. Instead the walk starts
      // again from the root, along names that were directories and no links a moment ago.
      if (above_) {
        TRY(start_again());
        continue;
      }
      if (name.empty() || (name == "." && last)) {
        set_name(".");
        place_.must_be_directory = true;
        return {};
      }
      if (name == ".") {
        pending_.drop(name.size());
        continue;
      }
      if (name.size() > Place::kMaxName) return refuse(Errno::nametoolong);
      set_name(name);
      if (!last) {
        TRY(enter(name));
        continue;
      }
      if (follow_ == Follow::always || (follow_ == Follow::before_slash && slash)) {
        const auto is_link = TRY(expand(name.size()));
        if (is_link) continue;
      }
      place_.must_be_directory = slash;
      return {};
    }
  }

 private:
  void set_name(std::string_view name) {
    std::memcpy(place_.name, name.data(), name.size());
    place_.name[name.size()] = 0;
  }

  [[nodiscard]] Status start_again() {
    // The dot keeps the last directory from being taken for the name that the path ends in.
    if (!pending_.prepend(resolved_.empty() ? "./" : "/./") || !pending_.prepend(resolved_.text()))
      return refuse(Errno::nametoolong);
    resolved_.clear();
    above_ = false;
    place_.owned = platform::OwnedHandle();
    place_.directory = root_;
    return {};
  }

  /// Goes into the directory that `name`, which `place_.name` has too, is or links to.
  [[nodiscard]] Status enter(std::string_view name) {
    if (++steps_ > kMaxSteps) return refuse(Errno::loop);
    auto opened = platform::open_directory_at(place_.directory, place_.name);
    if (!opened) {
      if (opened.error() != FileError::notdir && opened.error() != FileError::loop)
        return refuse(opened.error());
      if (!TRY(expand(name.size()))) return refuse(Errno::notdir);
      return {};
    }
    if (!resolved_.push(name)) return refuse(Errno::nametoolong);
    pending_.drop(name.size());
    place_.owned = std::move(*opened);
    place_.directory = place_.owned.get();
    return {};
  }

  /// Replaces the first `size` bytes of what is pending, which are `place_.name`, by the target of
  /// the link of that name. False where it is no link.
  [[nodiscard]] Expected<bool> expand(size_t size) {
    const std::span<char> space = pending_.free_space();
    if (space.empty()) return refuse(Errno::nametoolong);
    const auto length = platform::read_link_at(place_.directory, place_.name, space);
    if (!length) {
      // What does not exist is for the operation to say.
      if (length.error() == FileError::inval || length.error() == FileError::noent) return false;
      return refuse(length.error());
    }
    if (++links_ > kMaxLinks) return refuse(Errno::loop);
    if (*length == space.size()) return refuse(Errno::nametoolong);
    if (*length == 0) return refuse(Errno::noent);
    if (space[0] == '/') return refuse(Errno::notcapable);
    pending_.drop(size);
    // The name has made room behind the target as well; the target lies in front of both.
    pending_.prepend_in_place(*length);
    return true;
  }

  Handle root_;
  Follow follow_;
  Place& place_;
  Pending pending_;
  Resolved resolved_;
  /// `resolved_` is above `place_.directory`.
  bool above_ = false;
  unsigned links_ = 0;
  unsigned steps_ = 0;
};

/// Has the system open the directory that the last name is in. False where the path has to be
/// walked: nothing is gained, the last name is a link to follow, or the system refuses.
[[nodiscard]] Expected<bool> find_at_once(Handle root, std::string_view path, Follow follow,
                                          Place& place) {
  if (path.empty() || path.front() == '/') return false;
  const size_t end = path.find_last_not_of('/') + 1;
  const bool slash = end < path.size();
  const size_t last_slash = path.substr(0, end).rfind('/');
  const size_t begin = last_slash == std::string_view::npos ? 0 : last_slash + 1;
  std::string_view name = path.substr(begin, end - begin);
  std::string_view parent = path.substr(0, begin);
  const bool is_directory = name == "." || name == "..";
  if (is_directory) {
    parent = path.substr(0, end);
    name = ".";
  }
  // One directory takes one call either way, and the plainer one is faster.
  const size_t inner = parent.find('/');
  if (inner == std::string_view::npos || parent.find_first_not_of('/', inner) == parent.npos)
    return false;
  if (name.size() > Place::kMaxName) return false;

  char text[kMaxResolved];
  if (parent.size() >= sizeof text) return false;
  std::memcpy(text, parent.data(), parent.size());
  text[parent.size()] = 0;
  auto opened = platform::open_directory_beneath(root, text);
  if (!opened) {
    if (opened.error() == FileError::noent) return refuse(Errno::noent);
    return false;
  }

  std::memcpy(place.name, name.data(), name.size());
  place.name[name.size()] = 0;
  const bool follows = follow == Follow::always || (follow == Follow::before_slash && slash);
  if (follows && !is_directory) {
    char some[1];
    const auto link = platform::read_link_at(opened->get(), place.name, some);
    if (link || (link.error() != FileError::inval && link.error() != FileError::noent))
      return false;
  }
  place.owned = std::move(*opened);
  place.directory = place.owned.get();
  place.must_be_directory = slash || is_directory;
  return true;
}

} // namespace

Status find_place(Handle root, std::string_view path, Follow follow, PathSearch search,
                  Place& place) {
  if (search == PathSearch::automatic && TRY(find_at_once(root, path, follow, place))) return {};
  return Walk(root, follow, place).run(path);
}

} // namespace waxwing::wasi
