# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# waxwing_room(NAME [CORE] [APART] [DEPENDS rooms...] [FOLDERS folders...] [OPTIONAL_MODULE OPTION])
#
# One room of the house: the static library waxwing_NAME of every source in src/NAME (and in the
# FOLDERS under it). CORE rooms compile without exceptions and RTTI. A room without sources is a
# header-only (INTERFACE) library. src/NAME/room.cmake, where there is one, may set options of its
# sources. OPTIONAL_MODULE, if the option is on, makes a loadable module of it besides:
# waxwing_NAME_module, with src/NAME/entry.cc as its one way in. One that is APART is no part of the
# library: another file of cmake/ builds it.
function(waxwing_room name)
  cmake_parse_arguments(ROOM "CORE;APART" "OPTIONAL_MODULE" "DEPENDS;FOLDERS" ${ARGN})
  if(ROOM_APART)
    return()
  endif()
  if(NOT ROOM_FOLDERS)
    set(ROOM_FOLDERS .)
  endif()
  set(sources)
  foreach(folder IN LISTS ROOM_FOLDERS)
    file(GLOB found CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/${folder}/*.cc)
    list(APPEND sources ${found})
  endforeach()

  set(target waxwing_${name})
  if(ROOM_OPTIONAL_MODULE AND NOT ${ROOM_OPTIONAL_MODULE})
    return()
  endif()
  list(TRANSFORM ROOM_DEPENDS PREPEND waxwing_)
  if(NOT sources)
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${target} INTERFACE ${ROOM_DEPENDS})
    return()
  endif()

  if(ROOM_OPTIONAL_MODULE)
    set(entry ${PROJECT_SOURCE_DIR}/src/${name}/entry.cc)
    list(FILTER sources EXCLUDE REGEX "/entry\\.cc$")
  endif()
  add_library(${target} STATIC ${sources})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${target} PUBLIC ${ROOM_DEPENDS} PRIVATE waxwing_warnings)
  if(ROOM_CORE)
    target_link_libraries(${target} PRIVATE waxwing_core_options)
  endif()
  if(name MATCHES "^(describe|api|script)$")
    target_compile_definitions(${target} PRIVATE FMT_HEADER_ONLY=1)
  endif()
  if(ROOM_OPTIONAL_MODULE)
    add_library(${target}_module MODULE ${entry})
    target_link_libraries(${target}_module PRIVATE ${target} waxwing_warnings)
    set_target_properties(${target}_module PROPERTIES
      OUTPUT_NAME waxwing_${name} LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
    install(TARGETS ${target}_module LIBRARY DESTINATION lib/waxwing)
  endif()
  include(${PROJECT_SOURCE_DIR}/src/${name}/room.cmake OPTIONAL)
  set_property(GLOBAL APPEND PROPERTY WAXWING_ROOMS ${name})
endfunction()
