// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tokens of a small language by a switch over characters.
#include "bench.h"

static const char kWords[][16] = {
    "if (x1 < 20) {", "y = x1 * 3.5e2;", "} else {",    "// rest\n",    "call(a, \"b\\n\");",
    "while (i != 0)", "i -= 1;",         "z[i] = 'c';", "return 0x1F;", "}\n\n"};
enum { kText = 1 << 15, kKinds = 12 };
static char text[kText + 16];
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint64_t seed = 15;
  size_t length = 0;
  while (length < kText - 16) {
    const char* word = kWords[random_below(&seed, 10)];
    const size_t bytes = strnlen(word, 16);
    memcpy(text + length, word, bytes);
    length += bytes;
    text[length++] = ' ';
  }
  text[length] = 0;
  uint64_t counts[kKinds] = {0};
  for (unsigned round = 0; round < n; ++round) {
    const char* p = text;
    for (;;) {
      unsigned kind = 0;
      const char c = *p++;
      switch (c) {
      case 0: goto done;
      case ' ':
      case '\t':
      case '\n': kind = 1; break;
      case '(':
      case ')':
      case '[':
      case ']':
      case '{':
      case '}': kind = 2; break;
      case ';':
      case ',': kind = 3; break;
      case '"':
        while (*p != '"') p += *p == '\\' ? 2 : 1;
        ++p;
        kind = 4;
        break;
      case '\'':
        p += 2;
        kind = 5;
        break;
      case '/':
        if (*p == '/')
          while (*p != '\n' && *p != 0) ++p;
        kind = 6;
        break;
      case '!':
      case '=':
      case '<':
      case '-':
      case '*':
        if (*p == '=') ++p;
        kind = 7;
        break;
      case '0':
      case '1':
      case '2':
      case '3':
      case '4':
      case '5':
      case '6':
      case '7':
      case '8':
      case '9':
        while ((*p >= '0' && *p <= '9') || *p == '.' || *p == 'e' || *p == 'x' ||
               (*p >= 'A' && *p <= 'F'))
          ++p;
        kind = 8;
        break;
      default:
        while ((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '_') ++p;
        kind = 9;
        break;
      }
      counts[kind] += (uint64_t)(p - text);
    }
  done:;
  }
  show("tokens", hash_of(counts, sizeof counts));
}
