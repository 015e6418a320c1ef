# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The program `waxwing`: every source in tools/waxwing, at the top of the build folder. CLI11 and
# fmt are header-only here, and the C++ runtime is linked statically, so the program depends on libc
# and libm alone.
file(GLOB program_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tools/waxwing/*.cc)
if(program_sources)
  find_package(Threads REQUIRED)
  add_executable(waxwing ${program_sources})
  target_compile_definitions(waxwing PRIVATE FMT_HEADER_ONLY=1
    WAXWING_VERSION="${PROJECT_VERSION}"
    WAXWING_HOST="${CMAKE_SYSTEM_PROCESSOR} ${CMAKE_SYSTEM_NAME}"
    WAXWING_COMPILER="${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")
  target_include_directories(waxwing PRIVATE ${PROJECT_SOURCE_DIR}/tools)
  # So that what runs first can be put together, and what is never called be left out.
  target_compile_options(waxwing PRIVATE -ffunction-sections)
  target_link_libraries(waxwing PRIVATE waxwing_script waxwing_api waxwing_text waxwing_platform
    waxwing_warnings Threads::Threads)
  if(NOT WAXWING_SANITIZE)
    target_link_options(waxwing PRIVATE -static-libstdc++ -static-libgcc -Wl,--gc-sections
      -Wl,--as-needed)
    # Starting small: lld leaves out libm, which nothing needs (ceil.cc), and puts what runs first
    # into few pages. The table of handlers is thousands of addresses: said shortly, less is read.
    include(CheckLinkerFlag)
    if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
      check_linker_flag(CXX -fuse-ld=lld WAXWING_HAS_LLD)
    endif()
    if(WAXWING_HAS_LLD)
      set(start_order ${PROJECT_SOURCE_DIR}/tools/waxwing/start_order.txt)
      target_link_options(waxwing PRIVATE -fuse-ld=lld -Wl,--icf=safe
        -Wl,-z,keep-text-section-prefix -Wl,--symbol-ordering-file=${start_order}
        -Wl,--no-warn-symbol-ordering)
      set_property(TARGET waxwing APPEND PROPERTY LINK_DEPENDS ${start_order})
    endif()
    check_linker_flag(CXX -Wl,-z,pack-relative-relocs WAXWING_PACKS_RELOCATIONS)
    if(WAXWING_PACKS_RELOCATIONS)
      target_link_options(waxwing PRIVATE -Wl,-z,pack-relative-relocs)
    endif()
  endif()
  # Debuggers find compiled code by these, also where symbols have been stripped off.
  target_link_options(waxwing PRIVATE -Wl,--export-dynamic-symbol=__jit_debug_register_code
    -Wl,--export-dynamic-symbol=__jit_debug_descriptor)
  # Loaded when they are needed.
  foreach(module IN ITEMS waxwing_compile_module waxwing_symbolize_module waxwing_native
      waxwing_native_shared waxwing_nosandbox)
    if(TARGET ${module})
      add_dependencies(waxwing ${module})
    endif()
  endforeach()
  set_target_properties(waxwing PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})

  # The manual page and the completions, which the program itself prints from its option table.
  include(GNUInstallDirs)
  install(TARGETS waxwing)
  set(printed)
  function(waxwing_prints file folder)
    set(path ${PROJECT_BINARY_DIR}/share/${file})
    add_custom_command(OUTPUT ${path} COMMAND waxwing ${ARGN} > ${path} DEPENDS waxwing VERBATIM)
    install(FILES ${path} DESTINATION ${folder})
    set(printed ${printed} ${path} PARENT_SCOPE)
  endfunction()
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/share)
  waxwing_prints(waxwing.1 ${CMAKE_INSTALL_MANDIR}/man1 manual)
  waxwing_prints(waxwing ${CMAKE_INSTALL_DATADIR}/bash-completion/completions completion bash)
  waxwing_prints(_waxwing ${CMAKE_INSTALL_DATADIR}/zsh/site-functions completion zsh)
  waxwing_prints(waxwing.fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d completion fish)
  add_custom_target(waxwing_documents ALL DEPENDS ${printed})
endif()
