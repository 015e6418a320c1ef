#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A guest that was given a listening socket serves connections on the loopback: it accepts, sends
back what it receives until the other side has ended, and goes on to the next."""
import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import common  # noqa: E402

SERVER = '''(module
  (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_recv"
    (func $recv (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_send" (func $send (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_shutdown" (func $shut (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (memory (export "memory") 1)
  (func $check (param i32) (if (local.get 0) (then (unreachable))))
  (func $serve (param $fd i32)
    (block $end
      (loop $more
        (i32.store (i32.const 0) (i32.const 1024))
        (i32.store (i32.const 4) (i32.const 4096))
        (call $check (call $recv (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 0)
          (i32.const 8) (i32.const 12)))
        (br_if $end (i32.eqz (i32.load (i32.const 8))))
        (i32.store (i32.const 4) (i32.load (i32.const 8)))
        (call $check (call $send (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 0)
          (i32.const 8)))
        (br $more)))
    (call $check (call $shut (local.get $fd) (i32.const 2)))
    (call $check (call $close (local.get $fd))))
  ;; Three connections, to the first listener, which comes behind the folders.
  (func (export "_start") (local $left i32)
    (local.set $left (i32.const 3))
    (loop $next
      (call $check (call $accept (i32.const 4) (i32.const 0) (i32.const 16)))
      (call $serve (i32.load (i32.const 16)))
      (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))))'''


def main():
    parser = argparse.ArgumentParser()
    common.add_options(parser)
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, 'server.wat'), 'w', encoding='utf-8') as file:
            file.write(SERVER)
        for host, family in (('127.0.0.1', socket.AF_INET), ('[::1]', socket.AF_INET6)):
            try:
                socket.socket(family).bind((host.strip('[]'), 0))
            except OSError:
                print(f'{host}: not there, skipped')
                continue
            server = subprocess.Popen(
                common.program(options) + ['run', '--dir', '.', '--timeout', '60s', '--tcplisten',
                                           f'{host}:0', 'server.wat'],
                cwd=folder, stderr=subprocess.PIPE, text=True)
            try:
                port = int(re.search(r'port (\d+)', server.stderr.readline()).group(1))
                for size in (1, 5000, 300_000):
                    data = os.urandom(size)
                    received = b''
                    with socket.create_connection((host.strip('[]'), port), timeout=60) as client:
                        for at in range(0, size, 1000):
                            client.sendall(data[at:at + 1000])
                            received += client.recv(1000)
                        client.shutdown(socket.SHUT_WR)
                        while piece := client.recv(65536):
                            received += piece
                    if received != data:
                        failed += 1
                        print(f'FAILED {host}: {size} bytes came back as {len(received)}')
                code = server.wait(timeout=60)
                if code != 0:
                    failed += 1
                    print(f'FAILED {host}: the server ends with {code}: {server.stderr.read()}')
            finally:
                server.kill()
                server.wait()
                server.stderr.close()
    print(f'listening sockets: {failed} failures')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
