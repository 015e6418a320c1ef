// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Strings: a regular expression compiler and matcher (Thompson's construction, run by sets), and
// the string functions of the C library.
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum Kind { kChar, kAny, kSet, kSplit, kMatch, kBegin, kEnd };
typedef struct {
  enum Kind kind;
  unsigned char c, set[32];
  int next, other;
} State;
typedef struct {
  int start;
  int* outs[64]; // places that the next state's number goes to
  int count;
} Part;

static State states[256];
static int used;
static const char* source;

static int new_state(enum Kind kind) {
  states[used] = (State){.kind = kind, .next = -1, .other = -1};
  return used++;
}

static void patch(Part* part, int target) {
  for (int i = 0; i < part->count; i++) *part->outs[i] = target;
}

static Part alternatives(void);

static Part atom(void) {
  Part part = {.count = 1};
  char c = *source++;
  if (c == '(') {
    part = alternatives();
    if (*source == ')') source++;
    return part;
  }
  int s = new_state(c == '.'   ? kAny
                    : c == '[' ? kSet
                    : c == '^' ? kBegin
                    : c == '$' ? kEnd
                               : kChar);
  if (c == '[') {
    int negate = *source == '^';
    source += negate;
    while (*source != '\0' && *source != ']') {
      unsigned char low = (unsigned char)*source++, high = low;
      if (*source == '-' && source[1] != ']') high = (unsigned char)source[1], source += 2;
      for (int x = low; x <= high; x++) states[s].set[x / 8] |= (unsigned char)(1 << x % 8);
    }
    if (*source == ']') source++;
    for (int i = 0; negate && i < 32; i++) states[s].set[i] ^= 255;
  } else if (c == '\\' && *source != '\0') {
    c = *source++;
    if (c == 'd' || c == 'w') {
      states[s].kind = kSet;
      for (int x = 0; x < 128; x++) {
        if (isdigit(x) || (c == 'w' && (isalpha(x) || x == '_'))) {
          states[s].set[x / 8] |= (unsigned char)(1 << x % 8);
        }
      }
    }
  }
  states[s].c = (unsigned char)c;
  part.start = s;
  part.outs[0] = &states[s].next;
  return part;
}

static Part repeated(void) {
  Part part = atom();
  while (*source == '*' || *source == '+' || *source == '?') {
    char c = *source++;
    int split = new_state(kSplit);
    states[split].next = part.start;
    if (c == '?') {
      part.outs[part.count++] = &states[split].other;
      part.start = split;
    } else {
      patch(&part, split);
      if (c == '*') part.start = split;
      part.outs[0] = &states[split].other;
      part.count = 1;
    }
  }
  return part;
}

static Part sequence(void) {
  int empty = 1;
  Part whole = {0};
  while (*source != '\0' && *source != '|' && *source != ')') {
    Part part = repeated();
    if (empty) {
      whole = part;
    } else {
      patch(&whole, part.start);
      part.start = whole.start;
      whole = part;
    }
    empty = 0;
  }
  return whole;
}

static Part alternatives(void) {
  Part left = sequence();
  while (*source == '|') {
    source++;
    Part right = sequence();
    int split = new_state(kSplit);
    states[split].next = left.start;
    states[split].other = right.start;
    left.start = split;
    for (int i = 0; i < right.count; i++) left.outs[left.count++] = right.outs[i];
  }
  return left;
}

static void add(char* set, int s, int at_begin, int at_end) {
  if (s < 0 || set[s]) return;
  set[s] = 1;
  if (states[s].kind == kSplit) {
    add(set, states[s].next, at_begin, at_end);
    add(set, states[s].other, at_begin, at_end);
  } else if ((states[s].kind == kBegin && at_begin) || (states[s].kind == kEnd && at_end)) {
    add(set, states[s].next, at_begin, at_end);
  }
}

// The length of the longest match that begins earliest, its start in *begin; -1 without one.
static int search(const char* pattern, const char* text, int* begin) {
  used = 0;
  source = pattern;
  Part part = alternatives();
  patch(&part, new_state(kMatch));
  int match = used - 1, length = (int)strlen(text);
  for (*begin = 0; *begin <= length; ++*begin) {
    char now[256] = {0};
    int best = -1;
    add(now, part.start, *begin == 0, *begin == length);
    for (int i = *begin;; i++) {
      if (now[match]) best = i - *begin;
      if (i == length) break;
      char next[256] = {0};
      unsigned char c = (unsigned char)text[i];
      for (int s = 0; s < used; s++) {
        if (!now[s]) continue;
        State* state = &states[s];
        if (state->kind == kAny || (state->kind == kChar && state->c == c) ||
            (state->kind == kSet && (state->set[c / 8] >> c % 8 & 1))) {
          add(next, state->next, 0, i + 1 == length);
        }
      }
      memcpy(now, next, sizeof now);
    }
    if (best >= 0) return best;
  }
  return -1;
}

int main(void) {
  const char* cases[][2] = {
      {"abc", "xxabcxx"},
      {"a.c", "abbc abc"},
      {"^ab*c$", "abbbbc"},
      {"^ab*c$", "abbbbcd"},
      {"(foo|bar)+", "xfoobarfoo!"},
      {"[a-c]+[^a-c]", "zzabcabcx"},
      {"\\d+\\.\\d*", "pi is 3.14159"},
      {"\\w+@\\w+\\.(com|org)", "mail someone_1@example.org now"},
      {"colou?r", "the color"},
      {"(a|b)*abb", "babaabb"},
      {"(x+x+)+y", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxz"},
      {"", "anything"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    int begin, length = search(cases[i][0], cases[i][1], &begin);
    if (length < 0) {
      printf("/%s/ not in \"%s\"\n", cases[i][0], cases[i][1]);
    } else {
      printf("/%s/ in \"%s\": %d, \"%.*s\"\n", cases[i][0], cases[i][1], begin, length,
             cases[i][1] + begin);
    }
  }

  char text[] = "the quick,brown fox;jumps  over";
  for (char* word = strtok(text, " ,;"); word != NULL; word = strtok(NULL, " ,;"))
    printf("[%s]", word);
  puts("");
  char buffer[64] = "0123456789";
  memmove(buffer + 2, buffer, 8);
  printf("%s %zu %zu %s %s\n", buffer, strspn("aabbc", "ab"), strcspn("hello", "lo"),
         strstr("needle in hay", "in"), strrchr("a/b/c", '/'));
  printf("%d %d %d\n", strcmp("abc", "abd") < 0, strncmp("abcx", "abcy", 3),
         memcmp("\x80", "\x7f", 1) > 0);
  int a, n;
  char word[16];
  printf("%d", sscanf("42 apples 0x1F", "%d %15s %n", &a, word, &n));
  printf(" %d %s %d %ld\n", a, word, n, strtol("0x1F rest", NULL, 0));
  printf("%s %5d|%-5d|%05d|%x|%#o|%c|%%|%.3s|%*d\n", "mixed", 42, 42, 42, 255u, 8u, 'z', "abcdef",
         6, -7);
  return 0;
}
