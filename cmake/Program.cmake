# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The program `waxwing`: every source in tools/waxwing, at the top of the build folder. CLI11 and
# fmt are header-only here, and the C++ runtime is linked statically, so the program depends on libc
# and libm alone.
file(GLOB program_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tools/waxwing/*.cc)
if(program_sources)
  find_package(Threads REQUIRED)
  add_executable(waxwing ${program_sources})
  target_compile_definitions(waxwing PRIVATE FMT_HEADER_ONLY=1
    WAXWING_VERSION="${PROJECT_VERSION}")
  target_include_directories(waxwing PRIVATE ${PROJECT_SOURCE_DIR}/tools)
  target_link_libraries(waxwing PRIVATE waxwing_describe waxwing_text waxwing_wasi waxwing_image waxwing_interp
    waxwing_warnings Threads::Threads)
  if(NOT WAXWING_SANITIZE)
    target_link_options(waxwing PRIVATE -static-libstdc++ -static-libgcc)
  endif()
  if(TARGET waxwing_compile_module)
    # Loaded when it is needed.
    add_dependencies(waxwing waxwing_compile_module)
  endif()
  set_target_properties(waxwing PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endif()
