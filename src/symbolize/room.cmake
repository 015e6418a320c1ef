# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include(${PROJECT_SOURCE_DIR}/cmake/Llvm.cmake)
target_include_directories(waxwing_symbolize SYSTEM PUBLIC ${LLVM_22_INCLUDE})
target_link_libraries(waxwing_symbolize PUBLIC ${LLVM_22_LIBRARY})
waxwing_llvm_module(symbolize)
