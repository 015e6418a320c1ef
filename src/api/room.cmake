# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
target_include_directories(waxwing_api PUBLIC ${PROJECT_SOURCE_DIR}/include)
target_compile_definitions(waxwing_api PRIVATE WAXWING_VERSION="${PROJECT_VERSION}")
