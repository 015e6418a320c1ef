// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// execute.mjs FILE...: what execute.cc does, by the engine of JavaScript: a line `FILE OUTCOMES HASH`
// for each module. `execute.mjs --features` prints the features that the engine has, as an argument
// of `differential --features`.
import { readFileSync } from 'node:fs';

let digest = 0;
const add = (word) => { digest = Math.imul(digest ^ word, 0x01000193); };
const add64 = (word) => {
  const bits = BigInt.asUintN(64, word);
  add(Number(bits & 0xFFFFFFFFn) | 0);
  add(Number(bits >> 32n) | 0);
};
const scratch = new DataView(new ArrayBuffer(8));

/// `type` is a letter where it is known; values of other types are told apart by what they are.
const take = (value, type) => {
  if (type === undefined) return;
  if (type === 'i32') add(value);
  else if (type === 'i64') add64(value);
  else if (type === 'f32') {
    scratch.setFloat32(0, value);
    add(Number.isNaN(value) ? 0x7FC00000 : scratch.getInt32(0));
  } else if (type === 'f64') {
    scratch.setFloat64(0, value);
    add64(Number.isNaN(value) ? 0x7FF8000000000000n : scratch.getBigUint64(0));
  }
};

const letters = [
  [/unreachable/, 'u'],
  [/divide by zero|remainder by zero/, 'z'],
  [/unrepresentable/, 'i'],
  [/memory access out of bounds|data segment|memory.init|out of bounds memory|unaligned/, 'm'],
  [/table index is out of bounds|table access|signature mismatch|null function or|element segment|table.*out of bounds/, 't'],
  [/dereferencing a null|rethrowing null/, 'n'],
  [/array element access/, 'r'],
  [/illegal cast/, 'c'],
  [/call stack/, 's'],
];
const letterOf = (error) => {
  if (error instanceof WebAssembly.Exception) return '!';
  for (const [pattern, letter] of letters) if (pattern.test(error.message)) return letter;
  return `?(${error.message})`;
};

// The types of functions and globals are not shown by every engine: they are read from the module.
const typesOf = (bytes) => {
  let at = 8;
  const u32 = () => {
    let value = 0, shift = 0, byte;
    do { byte = bytes[at++]; value |= (byte & 0x7F) << shift; shift += 7; } while (byte & 0x80);
    return value >>> 0;
  };
  const skipLimits = () => { const flags = u32(); u32(); if (flags & 1) u32(); };
  const names = { 0x7F: 'i32', 0x7E: 'i64', 0x7D: 'f32', 0x7C: 'f64', 0x7B: 'v128' };
  const value = () => {
    const code = bytes[at++];
    if (code === 0x63 || code === 0x64) u32();
    return names[code] ?? 'ref';
  };
  const vector = (read) => Array.from({ length: u32() }, read);
  const text = () => { const size = u32(); at += size; return new TextDecoder().decode(bytes.subarray(at - size, at)); };
  const constant = () => {
    for (;;) {
      const code = bytes[at++];
      if (code === 0x0B) return;
      if (code === 0x43) at += 4;
      else if (code === 0x44) at += 8;
      else if (code === 0xFD) { u32(); at += 16; }
      else if (code === 0xFB) { if (u32() !== 0x1C) u32(); }
      else if (code === 0xD0 || (code >= 0x41 && code <= 0x42) || code === 0x23 || code === 0xD2)
        while (bytes[at++] & 0x80);
    }
  };
  const field = () => { value(); at++; };
  // A type, or a group of them; places in `types` are taken by all.
  const type = () => {
    let code = bytes[at++];
    if (code === 0x4E) return vector(type).flat();
    if (code === 0x50 || code === 0x4F) { vector(u32); code = bytes[at++]; }
    if (code === 0x60) return [{ params: vector(value), results: vector(value) }];
    if (code === 0x5F) vector(field);
    else field();
    return [{}];
  };
  const types = [], functions = [], globals = [], exports = {};
  while (at < bytes.length) {
    const id = bytes[at++];
    const size = u32();
    const end = at + size;
    if (id === 1) types.push(...vector(type).flat());
    if (id === 2) vector(() => {
      text(); text();
      const kind = bytes[at++];
      if (kind === 0) functions.push(types[u32()]);
      else if (kind === 1) { value(); skipLimits(); }
      else if (kind === 2) skipLimits();
      else if (kind === 3) { globals.push(value()); at++; }
      else { at++; u32(); }
    });
    if (id === 3) functions.push(...vector(() => types[u32()]));
    if (id === 6) vector(() => { globals.push(value()); at++; constant(); });
    if (id === 7) vector(() => { const name = text(); const kind = bytes[at++]; const index = u32(); exports[name] = { kind, type: kind === 0 ? functions[index] : globals[index] }; });
    at = end;
  }
  return { exports, functions };
};

const argument = { i32: 7, i64: 11n, f32: 1.5, f64: -2.25 };

const execute = (bytes) => {
  digest = 0x811C9DC5 | 0;
  let module;
  try { module = new WebAssembly.Module(bytes); } catch (error) { return `invalid (${error.message})`; }
  const types = typesOf(bytes);
  const imports = {};
  for (const [i, { module: from, name, kind }] of WebAssembly.Module.imports(module).entries()) {
    if (from !== 'fuzzing-support' || kind !== 'function') return 'unlinkable';
    const type = types.functions[i];
    if (type.results.length !== 0) return 'unlinkable';
    (imports[from] ??= {})[name] = (...values) => { values.forEach((v, j) => take(v, type.params[j])); };
  }
  let instance;
  try { instance = new WebAssembly.Instance(module, imports); } catch (error) { return `${letterOf(error)} ${'00000000'}`; }
  let outcomes = '.';
  const limit = instance.exports.hangLimitInitializer;
  for (const { name, kind } of WebAssembly.Module.exports(module)) {
    if (kind !== 'function') continue;
    const { params, results } = types.exports[name].type;
    if (params.some((p) => !(p in argument)) || results.includes('v128')) continue;
    if (limit) limit();
    try {
      const result = instance.exports[name](...params.map((p) => argument[p]));
      outcomes += '.';
      if (results.length === 1) take(result, results[0]);
      else if (results.length > 1) [...result].forEach((r, i) => take(r, results[i]));
    } catch (error) {
      outcomes += letterOf(error);
    }
  }
  for (const { name, kind } of WebAssembly.Module.exports(module)) {
    if (kind === 'global') {
      const type = types.exports[name].type;
      if (type !== 'v128') take(instance.exports[name].value, type);
    } else if (kind === 'memory') {
      const buffer = instance.exports[name].buffer;
      add64(BigInt(buffer.byteLength));
      const words = new Uint32Array(buffer);
      for (let at = 0; at < words.length; ++at)
        if (words[at] !== 0) { add(at * 4); add(words[at]); }
    }
  }
  return `${outcomes} ${(digest >>> 0).toString(16).padStart(8, '0')}`;
};

const has = (...body) => WebAssembly.validate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, ...body]));
const features = {
  'multi-memory': [5, 5, 2, 0, 0, 0, 0],
  memory64: [5, 3, 1, 4, 0],
  // (func (call_ref 0 (ref.func 0))) with the function declared
  'function-references': [1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 9, 5, 1, 3, 0, 1, 0, 10, 8, 1, 6, 0, 0xD2, 0, 0x14, 0, 0x0B],
  'tail-call': [1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 6, 1, 4, 0, 0x12, 0, 0x0B],
  simd: [1, 5, 1, 0x60, 0, 1, 0x7B, 3, 2, 1, 0, 10, 8, 1, 6, 0, 0x41, 0, 0xFD, 0x0F, 0x0B],
  threads: [5, 4, 1, 3, 1, 1],
  gc: [1, 3, 1, 0x5F, 0],
  // (func (drop (ref.null exn)))
  exceptions: [1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 7, 1, 5, 0, 0xD0, 0x69, 0x1A, 0x0B],
  'wide-arithmetic': [1, 7, 1, 0x60, 0, 2, 0x7E, 0x7E, 3, 2, 1, 0, 10, 10, 1, 8, 0, 0x42, 0, 0x42, 0, 0xFC, 0x15, 0x0B],
};

const files = process.argv.slice(2);
if (files[0] === '--features') {
  console.log(`default${Object.entries(features).map(([name, body]) => (has(...body) ? '' : `,-${name}`)).join('')}`);
} else {
  for (const file of files) console.log(`${file} ${execute(new Uint8Array(readFileSync(file)))}`);
}
