# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What a configuration may choose. The presets set these; nothing else reads the environment.
if(CMAKE_SIZEOF_VOID_P EQUAL 4)
  set(default_slot_bits 32)
else()
  set(default_slot_bits 64)
endif()
# The compiler runs where it is built for; images are compiled for other targets there.
if(CMAKE_CROSSCOMPILING)
  set(default_compile OFF)
else()
  set(default_compile ON)
endif()
set(WAXWING_SLOT_BITS ${default_slot_bits} CACHE STRING "Bits of an interpreter slot: 32 or 64")
set_property(CACHE WAXWING_SLOT_BITS PROPERTY STRINGS 32 64)
set(WAXWING_DISPATCH auto CACHE STRING "Interpreter dispatch: auto, tail, goto, loop or profile")
set_property(CACHE WAXWING_DISPATCH PROPERTY STRINGS auto tail goto loop profile)
set(WAXWING_SANITIZE "" CACHE STRING "Argument of -fsanitize for everything, or nothing")
option(WAXWING_FUZZ "Build the fuzz targets (clang only)" OFF)
option(WAXWING_COMPILE "Build what needs LLVM 22: the ahead-of-time compiler, the reader of DWARF" ${default_compile})
option(WAXWING_TESTS "Build the tests" ON)
option(WAXWING_BENCH "Offer the target micro, which needs Google Benchmark" OFF)

if(NOT WAXWING_SLOT_BITS MATCHES "^(32|64)$")
  message(FATAL_ERROR "WAXWING_SLOT_BITS is ${WAXWING_SLOT_BITS}: it must be 32 or 64")
endif()

# src/base/config.hpp reads both definitions; without WAXWING_DISPATCH it chooses by itself. The
# numbers are those of its WAXWING_DISPATCH_* constants.
add_compile_definitions(WAXWING_SLOT_BITS=${WAXWING_SLOT_BITS})
set(dispatch_names auto tail goto loop profile)
list(FIND dispatch_names "${WAXWING_DISPATCH}" dispatch_number)
if(dispatch_number LESS 0)
  message(FATAL_ERROR "WAXWING_DISPATCH is ${WAXWING_DISPATCH}: it must be one of ${dispatch_names}")
elseif(dispatch_number GREATER 0)
  add_compile_definitions(WAXWING_DISPATCH=${dispatch_number})
endif()
