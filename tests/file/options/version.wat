;;; RUN: waxwing --version
(module)
;;; STDOUT:
waxwing {{[0-9]+\.[0-9]+\.[0-9]+}}
  features   mvp mutable-globals sign-extension saturating-float-to-int multi-value
             bulk-memory reference-types simd tail-call extended-const function-references
             gc exceptions multi-memory memory64 relaxed-simd threads wide-arithmetic
             custom-page-sizes
  off        legacy-exceptions shared-everything (--features=+NAME turns one on)
  WASI       preview 1 (wasi_snapshot_preview1, wasi_unstable)
  engines    interpreter{{(?:, images)?}} ({{(?:tail calls|computed goto|loop)}}, {{(?:32|64)}}-bit slots)
  build      {{.+ Linux, .+}}
