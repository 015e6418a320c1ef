;;; NEEDS: waxwing compile --cpu=help
;;; RUN: waxwing targets
;;; RUN: sh -c 'waxwing targets --json | grep name'
(module)
;;; STDOUT:
x86_64        x86_64-unknown-linux-gnu         from x86-64 on  (this machine)
aarch64       aarch64-unknown-linux-gnu        from generic on
riscv64       riscv64-unknown-linux-gnu        from generic-rv64 on
armv7         armv7-unknown-linux-gnueabihf    from generic on
thumbv7em     thumbv7em-none-eabi              from cortex-m4 on
thumbv8m_main thumbv8m.main-none-eabi          from cortex-m33 on
riscv32       riscv32-unknown-elf              from generic-rv32 on
    "name": "x86_64",
    "name": "aarch64",
    "name": "riscv64",
    "name": "armv7",
    "name": "thumbv7em",
    "name": "thumbv8m_main",
    "name": "riscv32",
