// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/compile_cache.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <string_view>
#include <vector>

#include "platform/clock.hpp"
#include "platform/environment.hpp"

namespace waxwing::tool {

namespace {

namespace fs = std::filesystem;

/// At the end of an entry, behind image, module and key.
struct Trailer {
  uint64_t image_size;
  uint64_t module_size;
  uint64_t key_size;
  char magic[8];
};
constexpr char kMagic[] = {'w', 'a', 'x', 'c', 'a', 'c', 'h', 'e'};
constexpr std::string_view kEnding = ".wax";
constexpr std::string_view kUnfinished = ".new";

std::string_view variable(std::string_view name) {
  for (const char* const* at = platform::environment(); *at != nullptr; ++at) {
    const std::string_view entry = *at;
    if (entry.starts_with(name) && entry.size() > name.size() && entry[name.size()] == '=')
      return entry.substr(name.size() + 1);
  }
  return {};
}

std::string default_folder() {
  if (const std::string_view caches = variable("XDG_CACHE_HOME"); caches.starts_with('/'))
    return fmt::format("{}/waxwing", caches);
  if (const std::string_view home = variable("HOME"); home.starts_with('/'))
    return fmt::format("{}/.cache/waxwing", home);
  return {};
}

/// FNV-1a by words of 8 bytes, twice over with different starts: names an entry, no more.
uint64_t hash(std::span<const std::byte> bytes, uint64_t sum) {
  constexpr uint64_t kPrime = 0x100000001B3;
  size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, sizeof word);
    sum = (sum ^ word) * kPrime;
    sum ^= sum >> 29;
  }
  for (; i < bytes.size(); ++i) sum = (sum ^ static_cast<uint64_t>(bytes[i])) * kPrime;
  return sum ^ sum >> 32;
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

} // namespace

CompileCache::CompileCache(std::string folder, std::string key, std::span<const std::byte> module)
    : folder_(std::move(folder)), module_(module), key_(std::move(key)) {
  if (folder_.empty()) folder_ = default_folder();
  if (folder_.empty()) {
    error_ = "there is no folder for caches: set HOME, or name one";
    return;
  }
  std::error_code failed;
  if (!fs::is_directory(folder_, failed)) {
    fs::create_directories(folder_, failed);
    if (failed) {
      error_ = fmt::format("{}: {}", folder_, failed.message());
      return;
    }
    // What lies in it is run.
    fs::permissions(folder_, fs::perms::owner_all, failed);
  }
  constexpr uint64_t kStart = 0xCBF29CE484222325;
  path_ = fmt::format("{}/{:016x}{:016x}{}", folder_, hash(module_, hash(bytes_of(key_), kStart)),
                      hash(module_, hash(bytes_of(key_), ~kStart)), kEnding);
}

std::span<const std::byte> CompileCache::find(platform::MappedFile& file) const {
  if (!error_.empty() || file.open(path_.c_str(), /*keeps_open=*/true) != platform::FileStatus::ok)
    return {};
  const std::span<const std::byte> bytes = std::as_bytes(file.bytes());
  Trailer trailer{};
  if (bytes.size() < sizeof trailer) return {};
  std::span<const std::byte> rest = bytes.first(bytes.size() - sizeof trailer);
  std::memcpy(&trailer, rest.data() + rest.size(), sizeof trailer);
  if (std::memcmp(trailer.magic, kMagic, sizeof kMagic) != 0) return {};
  const auto take = [&rest](uint64_t size) {
    const size_t taken = static_cast<size_t>(std::min<uint64_t>(size, rest.size()));
    const std::span<const std::byte> piece = rest.first(taken);
    rest = rest.subspan(taken);
    return piece;
  };
  const std::span<const std::byte> image = take(trailer.image_size);
  if (!std::ranges::equal(take(trailer.module_size), module_)) return {};
  if (!std::ranges::equal(take(trailer.key_size), bytes_of(key_)) || !rest.empty()) return {};
  std::error_code ignored;
  fs::last_write_time(path_, fs::file_time_type::clock::now(), ignored);
  return image;
}

bool CompileCache::put(std::span<const std::byte> image) const {
  if (!error_.empty()) return false;
  uint64_t random = 0;
  if (!platform::random_bytes(&random, sizeof random)) return false;
  const std::string unfinished = fmt::format("{}.{:016x}{}", path_, random, kUnfinished);
  std::FILE* const file = std::fopen(unfinished.c_str(), "wbx");
  if (file == nullptr) return false;
  Trailer trailer{image.size(), module_.size(), key_.size(), {}};
  std::memcpy(trailer.magic, kMagic, sizeof kMagic);
  bool written = true;
  for (const std::span<const std::byte> piece :
       {image, module_, bytes_of(key_), std::as_bytes(std::span(&trailer, 1))})
    written = written && std::fwrite(piece.data(), 1, piece.size(), file) == piece.size();
  written = std::fclose(file) == 0 && written;
  std::error_code failed;
  if (written) fs::rename(unfinished, path_, failed);
  if (!written || failed) {
    fs::remove(unfinished, failed);
    return false;
  }
  limit_size();
  return true;
}

/// Removes the entries that were used longest ago, and what somebody has left unfinished.
void CompileCache::limit_size() const {
  struct Entry {
    fs::path path;
    fs::file_time_type used;
    uint64_t size;
  };
  std::vector<Entry> entries;
  uint64_t sum = 0;
  std::error_code failed;
  for (fs::directory_iterator at(folder_, failed), end; !failed && at != end;
       at.increment(failed)) {
    std::error_code gone;
    Entry entry{at->path(), at->last_write_time(gone), 0};
    if (!gone) entry.size = at->file_size(gone);
    // Nobody else's files, and none that another process has just removed.
    const bool is_unfinished = entry.path.extension() == kUnfinished;
    if (gone || (entry.path.extension() != kEnding && !is_unfinished)) continue;
    if (is_unfinished) {
      if (fs::file_time_type::clock::now() - entry.used > std::chrono::hours(1))
        fs::remove(entry.path, gone);
      continue;
    }
    sum += entry.size;
    entries.push_back(std::move(entry));
  }
  std::ranges::sort(entries, {}, &Entry::used);
  for (const Entry& entry : entries) {
    if (sum <= kMostBytes) return;
    if (entry.path == fs::path(path_)) continue;
    fs::remove(entry.path, failed);
    sum -= entry.size;
  }
}

} // namespace waxwing::tool
