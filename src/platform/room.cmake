# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Files of more than 2 GiB and times after 2038, on 32-bit systems too.
target_compile_definitions(waxwing_platform PRIVATE _FILE_OFFSET_BITS=64 _TIME_BITS=64)
