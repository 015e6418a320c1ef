# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Generated modules: the generator and what runs them, and a program around both
# (scripts/differential).
find_package(Threads REQUIRED)
add_library(waxwing_generate STATIC EXCLUDE_FROM_ALL
  ${PROJECT_SOURCE_DIR}/tests/fuzz/generate.cc ${PROJECT_SOURCE_DIR}/tests/fuzz/body.cc
  ${PROJECT_SOURCE_DIR}/tests/fuzz/body_object.cc ${PROJECT_SOURCE_DIR}/tests/fuzz/execute.cc)
target_include_directories(waxwing_generate PUBLIC ${PROJECT_SOURCE_DIR}/tests)
target_link_libraries(waxwing_generate PUBLIC waxwing_interp Threads::Threads
  PRIVATE waxwing_warnings)
# The program once with the interpreter, once with compiled code.
foreach(engine IN ITEMS interpreted compiled)
  if(engine STREQUAL "interpreted")
    set(program differential)
    set(rooms)
  elseif(TARGET waxwing_compile)
    set(program differential_compiled)
    set(rooms waxwing_compile waxwing_image)
  else()
    continue()
  endif()
  add_executable(${program} ${PROJECT_SOURCE_DIR}/tests/fuzz/differential.cc
    ${PROJECT_SOURCE_DIR}/tests/fuzz/${engine}.cc)
  target_link_libraries(${program} PRIVATE waxwing_generate ${rooms} waxwing_warnings)
  set_target_properties(${program} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
endforeach()
