# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The library as embedders get it: every room that is enabled in one archive, libwaxwing.a, and in
# one shared library whose symbols are those of the public headers and no others (src/api/exports.map);
# headers, a CMake package and a pkg-config file.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
find_package(Threads REQUIRED)

set(library_objects)
get_property(library_rooms GLOBAL PROPERTY WAXWING_ROOMS)
foreach(room IN LISTS library_rooms)
  get_target_property(type waxwing_${room} TYPE)
  # What is a module of its own (waxwing_room's OPTIONAL_MODULE) stays one.
  if(type STREQUAL "STATIC_LIBRARY" AND NOT TARGET waxwing_${room}_module)
    list(APPEND library_objects $<TARGET_OBJECTS:waxwing_${room}>)
  endif()
endforeach()
# What `find_package(waxwing COMPONENTS ...)` finds.
set(library_components core wasi text script)
foreach(component IN ITEMS compile symbolize)
  if(TARGET waxwing_${component}_module)
    list(APPEND library_components ${component})
  endif()
endforeach()

add_library(waxwing_static STATIC ${library_objects})
add_library(waxwing_shared SHARED ${library_objects})
foreach(library IN ITEMS waxwing_static waxwing_shared)
  target_include_directories(${library} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${library} PUBLIC Threads::Threads)
  target_compile_features(${library} INTERFACE cxx_std_23)
  set_target_properties(${library} PROPERTIES OUTPUT_NAME waxwing LINKER_LANGUAGE CXX)
endforeach()
# Until 1.0 a minor version may change the interface, and so has a name of its own.
set_target_properties(waxwing_shared PROPERTIES VERSION ${PROJECT_VERSION}
  SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
  LINK_DEPENDS ${PROJECT_SOURCE_DIR}/src/api/exports.map)
target_link_options(waxwing_shared PRIVATE
  LINKER:--version-script=${PROJECT_SOURCE_DIR}/src/api/exports.map)
set_target_properties(waxwing_static PROPERTIES EXPORT_NAME static)
set_target_properties(waxwing_shared PROPERTIES EXPORT_NAME waxwing)

install(TARGETS waxwing_static waxwing_shared EXPORT waxwing
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/waxwing DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/waxwing)
install(EXPORT waxwing NAMESPACE waxwing:: FILE waxwingTargets.cmake DESTINATION ${package_folder})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/waxwingConfig.cmake.in
  ${PROJECT_BINARY_DIR}/waxwingConfig.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/waxwingConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/waxwingConfig.cmake
  ${PROJECT_BINARY_DIR}/waxwingConfigVersion.cmake DESTINATION ${package_folder})
configure_file(${PROJECT_SOURCE_DIR}/cmake/waxwing.pc.in ${PROJECT_BINARY_DIR}/waxwing.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/waxwing.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
