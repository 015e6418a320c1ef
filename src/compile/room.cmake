# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# LLVM and lld, which live in a folder of their version on Debian.
find_path(LLVM_22_INCLUDE llvm/IR/Module.h PATHS /usr/lib/llvm-22/include NO_DEFAULT_PATH)
find_library(LLVM_22_LIBRARY NAMES LLVM-22 PATHS /usr/lib/llvm-22/lib NO_DEFAULT_PATH)
find_library(LLD_22_ELF lldELF PATHS /usr/lib/llvm-22/lib NO_DEFAULT_PATH)
find_library(LLD_22_COMMON lldCommon PATHS /usr/lib/llvm-22/lib NO_DEFAULT_PATH)
if(NOT LLVM_22_INCLUDE OR NOT LLVM_22_LIBRARY OR NOT LLD_22_ELF OR NOT LLD_22_COMMON)
  message(FATAL_ERROR "LLVM 22 or lld 22 is missing: install llvm-22-dev and liblld-22-dev "
    "(scripts/setup does), or configure with -DWAXWING_COMPILE=OFF")
endif()
target_include_directories(waxwing_compile SYSTEM PUBLIC ${LLVM_22_INCLUDE})
target_link_libraries(waxwing_compile PUBLIC ${LLD_22_ELF} ${LLD_22_COMMON} ${LLVM_22_LIBRARY})
# Nothing but the entry is seen from outside.
target_compile_options(waxwing_compile PRIVATE -fvisibility=hidden)
target_link_options(waxwing_compile_module PRIVATE
  -Wl,--exclude-libs,ALL -Wl,-rpath,/usr/lib/llvm-22/lib)

# The headers of LLVM that every file needs take longer to read than the file itself.
target_precompile_headers(waxwing_compile PRIVATE <llvm/IR/DIBuilder.h> <llvm/IR/IRBuilder.h>
  <llvm/IR/LLVMContext.h> <llvm/IR/MDBuilder.h> <llvm/IR/Module.h> <llvm/Support/raw_ostream.h>
  <algorithm> <cstdint> <functional> <map> <memory> <span> <string> <unordered_map> <vector>)
