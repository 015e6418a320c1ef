# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# bench/micro: measurements in process, with Google Benchmark. Built on demand (make bench-micro).
find_package(benchmark REQUIRED)
add_executable(micro EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/bench/micro/micro.cc)
target_link_libraries(micro PRIVATE waxwing_text waxwing_interp waxwing_warnings
  benchmark::benchmark)
set_target_properties(micro PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)

# bench/micro/trace.cc: how long a walk of frames takes.
if(TARGET waxwing_compile)
  add_executable(micro_trace EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/bench/micro/trace.cc)
  target_link_libraries(micro_trace PRIVATE waxwing_compile waxwing_text waxwing_image
    waxwing_interp waxwing_warnings benchmark::benchmark)
  set_target_properties(micro_trace PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
endif()

# bench/micro/image.cc: from an image in a file to the first instruction.
add_executable(micro_image EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/bench/micro/image.cc)
target_link_libraries(micro_image PRIVATE waxwing_static waxwing_warnings benchmark::benchmark)
set_target_properties(micro_image PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
