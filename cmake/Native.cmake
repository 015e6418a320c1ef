# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
if(CMAKE_SIZEOF_VOID_P EQUAL 8 AND NOT WAXWING_FUZZ)
  # What guests without a sandbox call of the host besides its C library: src/nosandbox and the little
  # that it needs of the platform, in an archive of its own.
  file(GLOB nosandbox_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/nosandbox/*.cc)
  add_library(waxwing_nosandbox STATIC ${nosandbox_sources}
    ${PROJECT_SOURCE_DIR}/src/platform/posix/memory.cc
    ${PROJECT_SOURCE_DIR}/src/platform/posix/thread_room.cc)
  target_include_directories(waxwing_nosandbox PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(waxwing_nosandbox PRIVATE waxwing_warnings waxwing_core_options)
  target_compile_options(waxwing_nosandbox PRIVATE -O2 -g0 -fPIC -ffunction-sections -fdata-sections
    -fvisibility=hidden -fno-threadsafe-statics)
  set_target_properties(waxwing_nosandbox PROPERTIES ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
  install(TARGETS waxwing_nosandbox ARCHIVE DESTINATION lib/waxwing)
  # The headers that such guests are compiled with, where a program that was not installed finds them
  # as well.
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/share/waxwing/nosandbox DESTINATION share/waxwing)
endif()

# The runtime of native programs (docs/native.md): the rooms that compiled code needs and src/native
# in one archive, made small: whatever a program doesn't use is left out of it by the linker. No
# interpreter, no text, no LLVM, and nothing of the C++ library, so that libc is all that is linked
# besides.
if(WAXWING_SANITIZE OR WAXWING_FUZZ OR NOT WAXWING_SLOT_BITS EQUAL 64 OR NOT CMAKE_SIZEOF_VOID_P EQUAL 8)
  return()
endif()

set(native_sources)
foreach(folder IN ITEMS base wasm platform platform/posix platform/native platform/single runtime runtime/gc image wasi native)
  file(GLOB found CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${folder}/*.cc)
  list(APPEND native_sources ${found})
endforeach()
# src/native/trusted.cc stands for them.
list(FILTER native_sources EXCLUDE REGEX "/src/wasm/validate_(body|control|module|quick|references|stack)\\.cc$")
add_library(waxwing_native STATIC ${native_sources})
target_include_directories(waxwing_native PRIVATE ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(waxwing_native PRIVATE waxwing_warnings waxwing_core_options)
# In a namespace of its own, so that a program may have the library for embedders besides.
target_compile_definitions(waxwing_native PRIVATE _FILE_OFFSET_BITS=64 waxwing=waxwing_native)
target_compile_options(waxwing_native PRIVATE -Oz -g0 -fno-builtin-bcmp -ffunction-sections -fdata-sections
  -fvisibility=hidden -fno-asynchronous-unwind-tables -fno-unwind-tables -fno-threadsafe-statics)
set_target_properties(waxwing_native PROPERTIES ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})

# The same as a shared library, for libraries that have instances in common: what their objects call
# can be seen from outside.
set(native_interface)
foreach(source IN ITEMS exports library shared_store threads wasi_rows)
  list(APPEND native_interface ${PROJECT_SOURCE_DIR}/src/native/${source}.cc)
endforeach()
add_library(waxwing_native_shared SHARED ${native_interface})
target_include_directories(waxwing_native_shared PRIVATE ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(waxwing_native_shared PRIVATE waxwing_warnings waxwing_core_options waxwing_native)
target_compile_definitions(waxwing_native_shared PRIVATE _FILE_OFFSET_BITS=64 waxwing=waxwing_native)
target_compile_options(waxwing_native_shared PRIVATE -Oz -g0 -fno-threadsafe-statics)
# The C++ library is left out, as nothing of it is called. Handlers of signals stay in place.
target_link_options(waxwing_native_shared PRIVATE LINKER:--as-needed LINKER:-z,nodelete
  LINKER:--version-script=${PROJECT_SOURCE_DIR}/src/native/exports.map LINKER:--gc-sections)
set_target_properties(waxwing_native_shared PROPERTIES OUTPUT_NAME waxwing_native
  LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR} LINKER_LANGUAGE CXX
  LINK_DEPENDS ${PROJECT_SOURCE_DIR}/src/native/exports.map)
install(TARGETS waxwing_native_shared LIBRARY DESTINATION lib/waxwing)
install(TARGETS waxwing_native ARCHIVE DESTINATION lib/waxwing)
