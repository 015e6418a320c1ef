// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/output_file.hpp"

#include <utility>

#include "waxwing/message.hpp"

namespace waxwing::tool {

OutputFile::OutputFile(std::string path)
    : path_(std::move(path)), to_stdout_(path_ == "-"),
      file_(to_stdout_ ? nullptr : std::fopen(path_.c_str(), "wb")) {}

OutputFile::~OutputFile() {
  if (file_ != nullptr) std::fclose(file_);
}

void OutputFile::write(std::span<const uint8_t> bytes) {
  std::FILE* const file = to_stdout_ ? stdout : file_;
  if (file != nullptr && is_whole_)
    is_whole_ = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
}

int OutputFile::close() {
  if (to_stdout_)
    return is_whole_ && std::fflush(stdout) == 0 ? 0 : error("not all could be written");
  if (file_ == nullptr) return error("{}: cannot be written", path_);
  const bool is_closed = std::fclose(std::exchange(file_, nullptr)) == 0;
  if (is_whole_ && is_closed) return 0;
  std::remove(path_.c_str());
  return error("{}: not all could be written", path_);
}

int write_output(const std::string& path, std::string_view bytes) {
  OutputFile file(path);
  file.write({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
  return file.close();
}

} // namespace waxwing::tool
