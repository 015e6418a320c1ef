// The algorithm of churn.wat.
class Cell {
  constructor(value) { this.value = value; this.next = null; }
}
function run(n) {
  let head = new Cell(0), tail = head, sum = 0;
  for (let i = 1; i <= n; i++) {
    const made = new Cell(i);
    tail.next = made;
    tail = made;
    if (i > 100000) {
      sum = (sum + head.value) | 0;
      head = head.next;
    }
  }
  return sum;
}
console.log(run(Number(process.argv[2])));
