;; RUN: IR --target=x86_64 --emit=ir -O0 --metering
;; RUN: POLL --target=x86_64 --emit=ir -O0 --interrupt=poll
(module
  ;; One charge a basic block: two operators up to `loop`, then four up to `br_if`, then the `end`s.
  ;; IR-LABEL: define {{.*}}@f0(
  ;; IR: sub i64 %{{[0-9]+}}, 1
  ;; IR: icmp slt i64
  ;; IR: sub i64 %{{[0-9]+}}, 5
  ;; IR: sub i64 %{{[0-9]+}}, 1
  ;; POLL-LABEL: define {{.*}}@f0(
  ;; POLL: load atomic i32, {{.*}} monotonic
  ;; POLL: loop:
  ;; POLL: load atomic i32, {{.*}} monotonic
  (func (export "spin") (param i32)
    (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
