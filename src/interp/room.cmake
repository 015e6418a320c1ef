# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Handlers are made for speed whatever the rest is built for: without optimisation a tail call is
# none, and registers are spilled. They keep the rounding of floats that wasm asks for.
file(GLOB handler_sources ${PROJECT_SOURCE_DIR}/src/interp/handlers_*.cc
  ${PROJECT_SOURCE_DIR}/src/interp/dispatch.cc)
set_source_files_properties(${handler_sources} PROPERTIES
  COMPILE_OPTIONS "-O2;-fno-math-errno")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Computed goto: one jump for each handler, not one for all.
  set_property(SOURCE ${PROJECT_SOURCE_DIR}/src/interp/dispatch.cc
    APPEND PROPERTY COMPILE_OPTIONS -fno-gcse -fno-crossjumping)
endif()
