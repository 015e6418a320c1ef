# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
target_include_directories(waxwing_api PUBLIC ${PROJECT_SOURCE_DIR}/include)
target_compile_definitions(waxwing_api PRIVATE WAXWING_VERSION="${PROJECT_VERSION}"
  WAXWING_PARTS="${CMAKE_INSTALL_PREFIX}/lib/waxwing")
# Functions come one by one from the archive: a program takes what it uses, and the linker can put
# what runs at its start together.
target_compile_options(waxwing_api PRIVATE -ffunction-sections)
