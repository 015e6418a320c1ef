// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/output_file.hpp"

#include <cstdio>

#include "waxwing/message.hpp"

namespace waxwing::tool {

int write_output(const std::string& path, std::string_view bytes) {
  const bool to_stdout = path == "-";
  std::FILE* const file = to_stdout ? stdout : std::fopen(path.c_str(), "wb");
  if (file == nullptr) return error("{}: cannot be written", path);
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  const bool closed = to_stdout ? std::fflush(file) == 0 : std::fclose(file) == 0;
  if (written && closed) return 0;
  if (!to_stdout) std::remove(path.c_str());
  return error("{}: not all could be written", path);
}

} // namespace waxwing::tool
