// The algorithm of splay.wat.
class Node {
  constructor(key, left, right, payload) {
    this.key = key;
    this.left = left;
    this.right = right;
    this.payload = payload;
  }
}
class Payload {
  constructor(numbers, next) { this.numbers = numbers; this.next = next; }
}
let root = null;
let seed = 49734321;
function random() {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  return seed & 0x3fffffff;
}
const payload = (depth) =>
  new Payload(new Int32Array(10).fill(depth), depth !== 0 ? payload(depth - 1) : null);
function splay(key) {
  const top = new Node(0, null, null, null);
  let l = top, r = top, t = root;
  for (;;) {
    if (key < t.key) {
      const y = t.left;
      if (y === null) break;
      if (key < y.key) {
        t.left = y.right;
        y.right = t;
        t = y;
        if (t.left === null) break;
      }
      r.left = t;
      r = t;
      t = t.left;
    } else if (key > t.key) {
      const y = t.right;
      if (y === null) break;
      if (key > y.key) {
        t.right = y.left;
        y.left = t;
        t = y;
        if (t.right === null) break;
      }
      l.right = t;
      l = t;
      t = t.right;
    } else {
      break;
    }
  }
  l.right = t.left;
  r.left = t.right;
  t.left = top.right;
  t.right = top.left;
  root = t;
}
function insert(key) {
  const p = payload(5);
  if (root === null) {
    root = new Node(key, null, null, p);
    return 1;
  }
  splay(key);
  const old = root;
  if (old.key === key) return 0;
  if (key > old.key) {
    root = new Node(key, old, old.right, p);
    old.right = null;
  } else {
    root = new Node(key, old.left, old, p);
    old.left = null;
  }
  return 1;
}
function removeRoot() {
  const old = root;
  root = old.left;
  if (root === null) {
    root = old.right;
  } else {
    splay(old.key);
    root.right = old.right;
  }
  return old.key;
}
function run(steps) {
  for (let i = 0; i < 8000;) i += insert(random());
  let sum = 0;
  for (; steps !== 0; steps--)
    if (insert(random())) {
      splay(random());
      sum = (Math.imul(sum, 31) + removeRoot()) | 0;
    }
  return sum;
}
console.log(run(Number(process.argv[2])));
