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

# Of a room that is a loadable module with LLVM in it, nothing but the entry is seen from outside.
function(waxwing_llvm_module room)
  target_compile_options(waxwing_${room} PRIVATE -fvisibility=hidden)
  target_link_options(waxwing_${room}_module PRIVATE
    -Wl,--exclude-libs,ALL -Wl,-rpath,/usr/lib/llvm-22/lib)
endfunction()
