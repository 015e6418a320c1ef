// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// As much of WASI preview 1 as the programs of the corpus use, for node, deno and bun alike:
// arguments, standard output and error, exit.
import { readFileSync, writeSync } from 'node:fs';
import process from 'node:process';

const [file, ...words] = process.argv.slice(2);
const args = [file, ...words].map((word) => new TextEncoder().encode(word + '\0'));
let memory;
const view = () => new DataView(memory.buffer);
const bytes = (at, count) => new Uint8Array(memory.buffer, at, count);
const ok = 0;
const badf = 8;
const wasi = {
  args_sizes_get(count, size) {
    view().setUint32(count, args.length, true);
    view().setUint32(size, args.reduce((sum, arg) => sum + arg.length, 0), true);
    return ok;
  },
  args_get(pointers, buffer) {
    for (const arg of args) {
      view().setUint32(pointers, buffer, true);
      bytes(buffer, arg.length).set(arg);
      pointers += 4;
      buffer += arg.length;
    }
    return ok;
  },
  environ_sizes_get(count, size) {
    view().setUint32(count, 0, true);
    view().setUint32(size, 0, true);
    return ok;
  },
  environ_get: () => ok,
  clock_time_get(id, precision, out) {
    view().setBigUint64(out, BigInt(Math.round(performance.now() * 1e6)), true);
    return ok;
  },
  random_get(at, count) {
    crypto.getRandomValues(bytes(at, count));
    return ok;
  },
  fd_write(fd, vectors, count, written) {
    if (fd !== 1 && fd !== 2) return badf;
    let sum = 0;
    for (let i = 0; i < count; ++i) {
      const at = view().getUint32(vectors + 8 * i, true);
      const size = view().getUint32(vectors + 8 * i + 4, true);
      if (size !== 0) sum += writeSync(fd, bytes(at, size));
    }
    view().setUint32(written, sum, true);
    return ok;
  },
  fd_fdstat_get(fd, out) {
    if (fd > 2) return badf;
    bytes(out, 24).fill(0);
    view().setUint8(out, 2);
    return ok;
  },
  fd_seek: () => badf,
  fd_close: () => ok,
  fd_prestat_get: () => badf,
  fd_prestat_dir_name: () => badf,
  proc_exit: (code) => process.exit(code),
};
const module = new WebAssembly.Module(readFileSync(file));
const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi });
memory = instance.exports.memory;
instance.exports._start();
