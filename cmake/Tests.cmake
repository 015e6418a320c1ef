# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Unit tests: tests/unit/ROOM_SUBJECT_test.cc, all files of a room in one program ROOM_test.
#
# GoogleTest comes from its sources, so that sanitizers and cross compilers see the same flags.
file(GLOB unit_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/unit/*_test.cc)
find_path(GTEST_SOURCES src/gtest-all.cc PATHS /usr/src/googletest/googletest
  /usr/src/gtest NO_CMAKE_FIND_ROOT_PATH)
if(unit_sources AND NOT GTEST_SOURCES)
  message(FATAL_ERROR "The sources of GoogleTest are missing: install libgtest-dev, "
    "or configure with -DWAXWING_TESTS=OFF")
endif()

if(unit_sources)
  find_package(Threads REQUIRED)
  add_library(waxwing_gtest STATIC EXCLUDE_FROM_ALL
    ${GTEST_SOURCES}/src/gtest-all.cc ${GTEST_SOURCES}/src/gtest_main.cc)
  target_include_directories(waxwing_gtest SYSTEM PUBLIC ${GTEST_SOURCES}/include
    PRIVATE ${GTEST_SOURCES})
  target_link_libraries(waxwing_gtest PUBLIC Threads::Threads)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC sees the `else` in GoogleTest's own macros as dangling behind an `if` without braces.
    target_compile_options(waxwing_gtest PUBLIC -Wno-dangling-else)
  endif()
endif()

# What the tests of a room may link beside the room: lower rooms come along by themselves.
set(tests_of_wasm text)
set(tests_of_runtime text)
set(tests_of_compile text)
set(tests_of_interp text wasi)
set(tests_of_image text interp)
set(tests_of_wasi text interp)
set(all_rooms api describe wasi text interp)

set(groups)
foreach(source IN LISTS unit_sources)
  get_filename_component(file_name ${source} NAME)
  string(REGEX REPLACE "_.*" "" group ${file_name})
  list(APPEND groups ${group})
  list(APPEND sources_of_${group} ${source})
endforeach()
list(REMOVE_DUPLICATES groups)

foreach(room IN ITEMS compile nosandbox)
  if(NOT TARGET waxwing_${room})
    list(REMOVE_ITEM groups ${room})
  endif()
endforeach()

foreach(group IN LISTS groups)
  add_executable(${group}_test ${sources_of_${group}})
  if(TARGET waxwing_${group})
    set(rooms ${group} ${tests_of_${group}})
  else()
    set(rooms ${all_rooms})
  endif()
  list(TRANSFORM rooms PREPEND waxwing_)
  target_include_directories(${group}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${group}_test PRIVATE ${rooms} waxwing_gtest waxwing_warnings)
  set_target_properties(${group}_test PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  add_test(NAME unit.${group} COMMAND ${group}_test --gtest_brief=1)
  # For tests that start their program once more, which the emulated system cannot do by itself.
  string(JOIN " " emulator ${CMAKE_CROSSCOMPILING_EMULATOR})
  set_tests_properties(unit.${group} PROPERTIES ENVIRONMENT "WAXWING_EMULATOR=${emulator}")
endforeach()
# The interface loads the compiler.
if(TARGET waxwing_compile_module AND TARGET api_test)
  add_dependencies(api_test waxwing_compile_module)
endif()

# Compiled code against the interpreter; tests/abi/run.py gives it an image.
if(unit_sources)
  add_executable(abi_test ${PROJECT_SOURCE_DIR}/tests/abi/abi_test.cc)
  target_include_directories(abi_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(abi_test PRIVATE waxwing_text waxwing_image waxwing_interp
    waxwing_gtest waxwing_warnings)
  set_target_properties(abi_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
endif()

# What tests/trace/run.py calls guests with, by the public headers alone.
add_executable(trace_guest ${PROJECT_SOURCE_DIR}/tests/trace/guest.cc)
target_link_libraries(trace_guest PRIVATE waxwing_api waxwing_warnings)
set_target_properties(trace_guest PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)

# Random calls of WASI functions; `make check-wasi-calls` makes ten million of them.
add_executable(wasi_calls ${PROJECT_SOURCE_DIR}/tests/fuzz/wasi_calls.cc)
target_include_directories(wasi_calls PRIVATE ${PROJECT_SOURCE_DIR}/tests)
target_link_libraries(wasi_calls PRIVATE waxwing_wasi waxwing_warnings)
set_target_properties(wasi_calls PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
add_test(NAME wasi.calls COMMAND wasi_calls --calls 1000000 --seconds 20)

# Loops in vectors against loops that are not; `make check-loops` makes a million calls.
if(TARGET waxwing_compile AND NOT CMAKE_CROSSCOMPILING)
  add_executable(loop_calls ${PROJECT_SOURCE_DIR}/tests/fuzz/loop_calls.cc)
  target_link_libraries(loop_calls PRIVATE waxwing_text waxwing_image waxwing_interp
    waxwing_compile waxwing_warnings)
  set_target_properties(loop_calls PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  add_test(NAME loops COMMAND loop_calls --calls 20000 --seconds 60)
endif()

# Every other test is a python3 script that ctest runs with the program or the archives.
find_package(Python3 COMPONENTS Interpreter)
if(NOT Python3_FOUND)
  message(STATUS "python3 is missing: only the unit tests are built")
  return()
endif()
set(tests ${PROJECT_SOURCE_DIR}/tests)

add_test(NAME layers COMMAND ${Python3_EXECUTABLE} ${tests}/layers/layers.py ${PROJECT_SOURCE_DIR})
add_test(NAME layers.self_check
  COMMAND ${Python3_EXECUTABLE} ${tests}/layers/layers.py --self-check)

# Sanitizers add calls of their own to the archives.
if(NOT WAXWING_SANITIZE)
  set(archives)
  foreach(room IN ITEMS base wasm platform runtime interp)
    get_target_property(type waxwing_${room} TYPE)
    if(type STREQUAL "STATIC_LIBRARY")
      list(APPEND archives $<TARGET_FILE:waxwing_${room}>)
    endif()
  endforeach()
  if(archives)
    add_test(NAME symbols
      COMMAND ${Python3_EXECUTABLE} ${tests}/layers/symbols.py --nm ${CMAKE_NM} ${archives})
  endif()
  add_test(NAME symbols.self_check COMMAND ${Python3_EXECUTABLE} ${tests}/layers/symbols.py
    --self-check --nm ${CMAKE_NM} --cxx ${CMAKE_CXX_COMPILER})
  if(CMAKE_OBJDUMP AND NOT WAXWING_DISPATCH MATCHES "goto|loop" AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|aarch64)$")
    set(tail_calls ${tests}/interp/tail_calls.py --objdump ${CMAKE_OBJDUMP})
    add_test(NAME interp.tail_calls
      COMMAND ${Python3_EXECUTABLE} ${tail_calls} $<TARGET_FILE:waxwing_interp>)
    add_test(NAME interp.tail_calls.self_check
      COMMAND ${Python3_EXECUTABLE} ${tail_calls} --self-check --cxx ${CMAKE_CXX_COMPILER})
  endif()
endif()

# The library as installed. Sanitizers want all of a program, and emulators their own sysroot.
if(NOT WAXWING_SANITIZE AND NOT CMAKE_CROSSCOMPILING)
  add_test(NAME embed COMMAND ${Python3_EXECUTABLE} ${tests}/embed/run.py
    --build ${PROJECT_BINARY_DIR} --cmake ${CMAKE_COMMAND} --cxx ${CMAKE_CXX_COMPILER})
  set_tests_properties(embed PROPERTIES RUN_SERIAL ON TIMEOUT 3000)
endif()
add_test(NAME docs.snippets
  COMMAND ${Python3_EXECUTABLE} ${tests}/embed/snippets.py ${PROJECT_SOURCE_DIR})

# The program against files, guests and scripts. Emulated programs are slower by an order.
if(TARGET waxwing)
  string(JOIN " " emulator ${CMAKE_CROSSCOMPILING_EMULATOR})
  function(waxwing_script_test name script)
    add_test(NAME ${name} COMMAND ${Python3_EXECUTABLE} ${tests}/${script}
      --waxwing $<TARGET_FILE:waxwing> --emulator=${emulator} ${ARGN})
    set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77 RUN_SERIAL ON TIMEOUT 3000)
  endfunction()
  set(slow)
  set(slow_hostile)
  if(emulator OR WAXWING_SANITIZE)
    set(slow --timeout 900)
    set(slow_hostile --slow 20)
  endif()

  # A few generated modules against the JavaScript engine that is there, if any.
  if(NOT emulator)
    add_test(NAME differential COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/scripts/differential
      200 --program $<TARGET_FILE:differential>)
    if(TARGET differential_compiled)
      # And one of whose functions LLVM makes a copy that traps.
      foreach(modules IN ITEMS "" .copies)
        set(which 60)
        if(modules)
          set(which 1 --first 7382)
        endif()
        add_test(NAME differential.compiled${modules}
          COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/scripts/differential ${which}
          --levels 0,2,3 --program $<TARGET_FILE:differential>
          --compiled $<TARGET_FILE:differential_compiled>)
      endforeach()
    endif()
  endif()
  waxwing_script_test(readme readme/run.py)
  waxwing_script_test(readme.options readme/options.py)
  waxwing_script_test(completion completion/run.py)
  waxwing_script_test(wasi.listen wasi/listen.py)
  waxwing_script_test(file file/run.py ${slow})
  waxwing_script_test(guest guest/run.py ${slow} --native)
  waxwing_script_test(hostile hostile/run.py ${slow_hostile})
  waxwing_script_test(spec spec/run.py ${slow})
  # The same in compiled code; scripts/check-all has the other levels.
  waxwing_script_test(spec.aot spec/run.py ${slow} --engine aot)
  # And without any handler of signals: what traps, throws, or comes to the end of the stack.
  waxwing_script_test(spec.aot_without_signals spec/run.py ${slow} --engine aot --level 1
    --signals off call fac stack trap throw try_table memory_grow table_grow)
  waxwing_script_test(guest.aot guest/run.py ${slow} --engine aot --level 1)
  # Native programs are made where compiler and runtime are those of this machine.
  if(TARGET waxwing_native AND TARGET waxwing_compile_module AND NOT emulator)
    waxwing_script_test(native native/run.py)
    waxwing_script_test(native.no_sandbox native/no_sandbox.py)
    waxwing_script_test(guest.native guest/run.py --engine native --level 1)
    # Some of the scripts through shared libraries; scripts/check-all has all of them.
    waxwing_script_test(spec.native spec/run.py --engine native --level 1
      linking. instance. exports. throw_ref. type-subtyping. extern. threads/thread)
    set(lines_native --native)
  endif()
  waxwing_script_test(golden golden/run.py)
  waxwing_script_test(address address/run.py ${slow})
  if(TARGET waxwing_symbolize_module)
    waxwing_script_test(lines lines/run.py ${lines_native})
  endif()
  # Debuggers of this machine know nothing of what an emulator runs.
  if(TARGET waxwing_compile_module AND NOT emulator)
    waxwing_script_test(debug debug/run.py)
  endif()
  waxwing_script_test(trace trace/run.py --guest $<TARGET_FILE:trace_guest>)
  if(TARGET abi_test)
    waxwing_script_test(abi abi/run.py --here --test $<TARGET_FILE:abi_test>)
  endif()
  # Collecting at every allocation, what a collection must not take away is missed at once.
  waxwing_script_test(spec.gc_stress spec/run.py ${slow} --gc-stress
    array struct i31 br_on ref extern type table elem global exceptions throw try_ instance)
endif()
