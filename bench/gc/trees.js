// The algorithm of trees.wat.
class Tree {
  constructor(left, right) { this.left = left; this.right = right; }
}
const make = (depth) =>
  depth !== 0 ? new Tree(make(depth - 1), make(depth - 1)) : new Tree(null, null);
const count = (t) => (t === null ? 0 : 1 + count(t.left) + count(t.right));
function run(depth) {
  const long = make(depth);
  let sum = 0;
  for (let d = 4; d <= depth; d += 4)
    for (let n = 1 << (depth - d + 4); n !== 0; n--) sum = (sum + count(make(d))) | 0;
  return (sum + count(long)) | 0;
}
console.log(run(Number(process.argv[2])));
