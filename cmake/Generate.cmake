# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Generated modules: the generator and what runs them, and a program around both
# (scripts/differential).
find_package(Threads REQUIRED)
add_library(waxwing_generate STATIC EXCLUDE_FROM_ALL
  ${PROJECT_SOURCE_DIR}/tests/fuzz/generate.cc ${PROJECT_SOURCE_DIR}/tests/fuzz/body.cc
  ${PROJECT_SOURCE_DIR}/tests/fuzz/execute.cc)
target_include_directories(waxwing_generate PUBLIC ${PROJECT_SOURCE_DIR}/tests)
target_link_libraries(waxwing_generate PUBLIC waxwing_interp Threads::Threads
  PRIVATE waxwing_warnings)
add_executable(differential ${PROJECT_SOURCE_DIR}/tests/fuzz/differential.cc)
target_link_libraries(differential PRIVATE waxwing_generate waxwing_warnings)
set_target_properties(differential PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
