// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// node node-wasi.mjs ROOT MODULE ARGS...: runs a WASI preview 1 module in node with ROOT as `/`.
import fs from 'node:fs';
import {WASI} from 'node:wasi';

const [root, file, ...args] = process.argv.slice(2);
const wasi = new WASI({version: 'preview1', args: [file, ...args], preopens: {'/': root}});
const module = await WebAssembly.compile(fs.readFileSync(file));
process.exitCode = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));
