/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
   For guests of waxwing native --no-sandbox. May be included several times, as C says. */
#undef assert
#ifdef NDEBUG
#define assert(what) ((void)0)
#else
#define assert(what) ((what) ? (void)0 : __waxwing_assert(#what, __FILE__, __LINE__, __func__))
#endif
#ifndef __WAXWING_ASSERT
#define __WAXWING_ASSERT
#ifdef __cplusplus
extern "C"
#endif
void __waxwing_assert(const char *what, const char *file, int line, const char *function)
    __attribute__((noreturn, import_module("env"), import_name("assert")));
#if !defined(__cplusplus) && __STDC_VERSION__ < 202311L
#define static_assert _Static_assert
#endif
#endif
