// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The C++ library: containers, algorithms, strings, smart pointers, virtual functions, closures,
// variants, streams, and destructors at the end of the program.
#include <algorithm>
#include <array>
#include <bitset>
#include <deque>
#include <functional>
#include <iostream>
#include <list>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <queue>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

namespace {

struct Shape {
  virtual ~Shape() = default;
  virtual double area() const = 0;
  virtual std::string name() const { return "shape"; }
};
struct Square : Shape {
  explicit Square(double side) : side(side) {}
  double area() const override { return side * side; }
  std::string name() const override { return "square"; }
  double side;
};
struct Triangle : Shape {
  Triangle(double base, double height) : base(base), height(height) {}
  double area() const override { return base * height / 2; }
  double base, height;
};

struct Goodbye {
  ~Goodbye() { std::cout << "goodbye from a static object" << std::endl; }
} goodbye;

using Value = std::variant<int, double, std::string>;

std::string show(const Value& value) {
  struct Visitor {
    std::string operator()(int i) const { return "int " + std::to_string(i); }
    std::string operator()(double d) const {
      std::ostringstream out;
      out << "double " << d;
      return out.str();
    }
    std::string operator()(const std::string& s) const { return "string " + s; }
  };
  return std::visit(Visitor{}, value);
}

} // namespace

int main() {
  std::map<std::string, int> counts;
  std::istringstream words("the cat and the dog and the bird");
  for (std::string word; words >> word;) counts[word]++;
  for (const auto& [word, n] : counts) std::cout << word << '=' << n << ' ';
  std::cout << '\n';

  std::vector<int> numbers(1000);
  std::iota(numbers.begin(), numbers.end(), 1);
  std::erase_if(numbers, [](int n) { return n % 3 == 0; });
  std::ranges::sort(numbers, std::greater{}, [](int n) { return std::pair(n % 10, n); });
  std::cout << numbers.size() << ' ' << numbers.front() << ' ' << numbers.back() << ' '
            << std::accumulate(numbers.begin(), numbers.end(), 0LL) << '\n';

  std::unordered_map<int, std::string> table;
  for (int i = 0; i < 2000; i++) table[i * 7919 % 10007] = std::to_string(i);
  std::cout << table.size() << ' ' << table.at(7919) << ' ' << table.count(3) << '\n';

  std::vector<std::unique_ptr<Shape>> shapes;
  shapes.push_back(std::make_unique<Square>(3));
  shapes.push_back(std::make_unique<Triangle>(4, 5));
  double total = 0;
  for (const auto& shape : shapes) {
    total += shape->area();
    std::cout << shape->name() << ' ';
  }
  std::cout << total << '\n';

  std::vector<std::function<int(int)>> steps{[](int x) { return x + 1; },
                                             [k = 3](int x) { return x * k; },
                                             [&](int x) { return x - int(shapes.size()); }};
  int x = 5;
  for (int i = 0; i < 100; i++) x = steps[i % steps.size()](x) % 100003;
  std::cout << "closures " << x << '\n';

  for (const Value& v : {Value{42}, Value{2.5}, Value{std::string("text")}})
    std::cout << show(v) << "; ";
  std::cout << '\n';

  std::priority_queue<int, std::vector<int>, std::greater<>> heap;
  for (int i = 0; i < 50; i++) heap.push(i * 37 % 101);
  std::deque<int> smallest;
  while (smallest.size() < 5) smallest.push_back(heap.top()), heap.pop();
  std::list<int> reversed(smallest.rbegin(), smallest.rend());
  for (int v : reversed) std::cout << v << ' ';
  std::set<char> letters;
  for (char c : std::string_view("mississippi")) letters.insert(c);
  std::cout << std::string(letters.begin(), letters.end()) << ' ' << std::bitset<8>(0xA5) << '\n';

  auto shared = std::make_shared<std::vector<int>>(10, 7);
  std::weak_ptr<std::vector<int>> weak = shared;
  std::cout << shared.use_count() << ' ' << weak.expired();
  shared.reset();
  std::cout << ' ' << weak.expired() << '\n';

  std::optional<std::size_t> found;
  std::string text(10000, 'a');
  text.replace(5000, 3, "xyz");
  if (auto at = text.find("xyz"); at != std::string::npos) found = at;
  std::cout << found.value_or(0) << ' ' << text.substr(4998, 7) << '\n';
  return 0;
}
