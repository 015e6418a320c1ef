# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Language, warnings, sanitizers and the compiler cache.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# TRY (base/result.hpp) is a statement expression, which -Wpedantic alone would reject.
add_library(waxwing_warnings INTERFACE)
target_compile_options(waxwing_warnings INTERFACE -Wall -Wextra -Wconversion -Wshadow -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 says these of correct code: uninitialized members of std::expected, and array bounds
  # and overflows that it sees through inlining on paths that a check has excluded.
  target_compile_options(waxwing_warnings INTERFACE -Wno-maybe-uninitialized -Wno-array-bounds
    -Wno-stringop-overflow -Wno-stringop-overread -Wno-psabi)
endif()

# Wasm numbers: a product and a sum are two roundings, and a square root is an instruction.
add_compile_options(-ffp-contract=off -fno-math-errno)

# No exceptions and no RTTI: core rooms run where neither exists.
add_library(waxwing_core_options INTERFACE)
target_compile_options(waxwing_core_options INTERFACE -fno-exceptions -fno-rtti)

if(WAXWING_SANITIZE)
  add_compile_options(-fsanitize=${WAXWING_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${WAXWING_SANITIZE})
endif()
if(WAXWING_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
