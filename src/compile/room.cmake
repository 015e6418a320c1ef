# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include(${PROJECT_SOURCE_DIR}/cmake/Llvm.cmake)
target_include_directories(waxwing_compile SYSTEM PUBLIC ${LLVM_22_INCLUDE})
# lld compresses debug sections with these, which come with llvm-22-dev.
find_library(ZLIB_FOR_LLD z)
find_library(ZSTD_FOR_LLD zstd)
target_link_libraries(waxwing_compile PUBLIC ${LLD_22_ELF} ${LLD_22_COMMON} ${LLVM_22_LIBRARY}
  ${ZLIB_FOR_LLD} ${ZSTD_FOR_LLD})
waxwing_llvm_module(compile)

# The headers of LLVM that every file needs take longer to read than the file itself.
target_precompile_headers(waxwing_compile PRIVATE <llvm/IR/DIBuilder.h> <llvm/IR/IRBuilder.h>
  <llvm/IR/LLVMContext.h> <llvm/IR/MDBuilder.h> <llvm/IR/Module.h> <llvm/Support/raw_ostream.h>
  <algorithm> <cstdint> <functional> <map> <memory> <span> <string> <unordered_map> <vector>)

# What LLVM calls by name, compiled for every target that there are images for, and kept inside.
find_program(WAXWING_TARGET_CLANG NAMES clang++-22 clang++ PATHS /usr/lib/llvm-22/bin)
find_program(WAXWING_TARGET_LLD NAMES ld.lld-22 ld.lld PATHS /usr/lib/llvm-22/bin)
if(NOT WAXWING_TARGET_CLANG OR NOT WAXWING_TARGET_LLD)
  message(FATAL_ERROR "clang 22 and lld 22 are needed to compile what images need for each target")
endif()
set(helpers ${PROJECT_BINARY_DIR}/helpers)
file(MAKE_DIRECTORY ${helpers})
file(GLOB helper_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/compile/helpers/*.cc)
# WAX_TARGET(number, name, pointer, machine, page, "triple", "cpu", …
file(STRINGS ${PROJECT_SOURCE_DIR}/src/image/target.def target_rows REGEX "^WAX_TARGET\\([0-9]")
set(helper_objects)
foreach(row IN LISTS target_rows)
  string(REGEX MATCH "^WAX_TARGET\\([0-9]+, ([a-z0-9_]+), [^\"]*\"([^\"]+)\"" matched "${row}")
  set(machine ${CMAKE_MATCH_1})
  set(words --target=${CMAKE_MATCH_2})
  if(machine MATCHES "^thumb")
    list(APPEND words -mfloat-abi=soft)
  elseif(machine STREQUAL "armv7")
    list(APPEND words -mfpu=vfpv3-d16 -marm)
  elseif(machine STREQUAL "riscv64")
    list(APPEND words -march=rv64gc -mabi=lp64d -mno-relax)
  elseif(machine STREQUAL "riscv32")
    list(APPEND words -march=rv32imac -mabi=ilp32 -mno-relax)
  endif()
  set(parts)
  set(commands)
  foreach(source IN LISTS helper_sources)
    get_filename_component(stem ${source} NAME_WE)
    if(stem MATCHES "^arm_" AND NOT machine MATCHES "^(arm|thumb)")
      continue()
    endif()
    list(APPEND parts ${helpers}/${machine}-${stem}.o)
    list(APPEND commands COMMAND ${WAXWING_TARGET_CLANG} ${words} -std=c++20 -O2 -fPIC
      -ffreestanding -fno-builtin -fno-exceptions -fno-rtti -fno-asynchronous-unwind-tables
      -fno-unwind-tables -fno-stack-protector -ffunction-sections -fno-omit-frame-pointer
      -nostdinc -I${PROJECT_SOURCE_DIR}/src -Wall -Wextra -Werror -c ${source} -o ${helpers}/${machine}-${stem}.o)
  endforeach()
  add_custom_command(OUTPUT ${helpers}/${machine}.o ${commands}
    COMMAND ${WAXWING_TARGET_LLD} -r ${parts} -o ${helpers}/${machine}.o
    DEPENDS ${helper_sources} ${PROJECT_SOURCE_DIR}/src/compile/helpers/helpers.hpp
      ${PROJECT_SOURCE_DIR}/src/compile/helpers/division.hpp
    COMMENT "Compiling the helpers for ${machine}" VERBATIM)
  list(APPEND helper_objects ${helpers}/${machine}.o)
endforeach()
set_source_files_properties(${PROJECT_SOURCE_DIR}/src/compile/./helpers.cc PROPERTIES
  COMPILE_DEFINITIONS WAX_HELPERS="${helpers}" OBJECT_DEPENDS "${helper_objects}"
  SKIP_PRECOMPILE_HEADERS ON)
