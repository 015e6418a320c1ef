# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Fuzz targets: tests/fuzz/NAME_fuzz.cc, each a program of its own with libFuzzer's main.
file(GLOB fuzz_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/*_fuzz.cc)
add_custom_target(fuzzers)
foreach(source IN LISTS fuzz_sources)
  get_filename_component(target ${source} NAME_WE)
  add_executable(${target} EXCLUDE_FROM_ALL ${source})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${target} PRIVATE waxwing_text waxwing_image waxwing_interp waxwing_wasm
    waxwing_warnings)
  if(target STREQUAL "wasi_fuzz")
    target_link_libraries(${target} PRIVATE waxwing_wasi)
  endif()
  target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
  add_dependencies(fuzzers ${target})
endforeach()
