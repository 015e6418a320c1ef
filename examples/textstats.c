// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// textstats FILE: what a text is made of. A plain C program: it opens a file, reads it whole, keeps
// its words in a hash table, sorts, and prints.
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { kBuckets = 4096, kTop = 12, kBarWidth = 32 };

typedef struct Word {
  struct Word* next;
  size_t count;
  size_t length;
  char text[];
} Word;

static Word* buckets[kBuckets];

static void* check(void* p) {
  if (p == NULL) {
    fputs("textstats: out of memory\n", stderr);
    exit(2);
  }
  return p;
}

static size_t count_word(const char* text, size_t length) {
  unsigned hash = 2166136261u;
  for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)text[i]) * 16777619u;
  Word** bucket = &buckets[hash % kBuckets];
  for (Word* word = *bucket; word != NULL; word = word->next) {
    if (word->length == length && memcmp(word->text, text, length) == 0) {
      word->count++;
      return 0;
    }
  }
  Word* word = check(malloc(sizeof(Word) + length + 1));
  *word = (Word){.next = *bucket, .count = 1, .length = length};
  memcpy(word->text, text, length);
  word->text[length] = '\0';
  *bucket = word;
  return 1;
}

static int by_count(const void* left, const void* right) {
  const Word* a = *(Word* const*)left;
  const Word* b = *(Word* const*)right;
  if (a->count != b->count) return a->count < b->count ? 1 : -1;
  return strcmp(a->text, b->text);
}

static char* read_file(const char* path, size_t* size) {
  FILE* file = fopen(path, "rb");
  if (file == NULL) {
    fprintf(stderr, "textstats: %s: %s\n", path, strerror(errno));
    exit(1);
  }
  size_t capacity = 4096;
  char* data = check(malloc(capacity));
  *size = 0;
  size_t got;
  while ((got = fread(data + *size, 1, capacity - *size, file)) > 0) {
    *size += got;
    if (*size == capacity) data = check(realloc(data, capacity *= 2));
  }
  fclose(file);
  return data;
}

int main(int argc, char** argv) {
  if (argc != 2) {
    fputs("usage: textstats FILE\n", stderr);
    return 1;
  }
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);

  size_t size;
  char* data = read_file(argv[1], &size);
  size_t lines = 0, words = 0, different = 0, letters = 0, longest_line = 0, line = 0;
  size_t lengths[kTop] = {0};
  const char* longest = "";
  size_t longest_length = 0;
  for (size_t i = 0; i < size;) {
    if (data[i] == '\n') {
      lines++;
      if (line > longest_line) longest_line = line;
      line = 0;
      i++;
      continue;
    }
    size_t begin = i;
    while (i < size && isalpha((unsigned char)data[i])) {
      data[i] = (char)tolower((unsigned char)data[i]);
      i++;
    }
    size_t length = i - begin;
    if (length == 0) {
      line++;
      i++;
      continue;
    }
    line += length;
    letters += length;
    words++;
    different += count_word(data + begin, length);
    lengths[length < kTop ? length - 1 : kTop - 1]++;
    if (length > longest_length) longest = data + begin, longest_length = length;
  }

  printf("%s: %zu bytes, %zu lines (the longest has %zu characters)\n", argv[1], size, lines,
         longest_line);
  printf("%zu words, %zu different", words, different);
  if (words > 0) {
    printf(", %.2f letters each on average; the longest is \"%.*s\"",
           (double)letters / (double)words, (int)longest_length, longest);
  }
  puts("");
  if (words == 0) return 0;

  Word** all = check(malloc(different * sizeof *all));
  size_t n = 0;
  for (size_t i = 0; i < kBuckets; i++) {
    for (Word* word = buckets[i]; word != NULL; word = word->next) all[n++] = word;
  }
  qsort(all, n, sizeof *all, by_count);

  puts("\nthe most frequent words");
  for (size_t i = 0; i < n && i < kTop; i++) {
    int bar = (int)(all[i]->count * kBarWidth / all[0]->count);
    printf("%6zu %5.1f%%  %-14s %.*s\n", all[i]->count,
           100.0 * (double)all[i]->count / (double)words, all[i]->text, bar,
           "################################");
  }
  puts("\nwords by length");
  size_t most = 1;
  for (size_t i = 0; i < kTop; i++) most = lengths[i] > most ? lengths[i] : most;
  for (size_t i = 0; i < kTop; i++) {
    printf("%6zu  %2zu%s %.*s\n", lengths[i], i + 1, i + 1 == kTop ? "+" : " ",
           (int)(lengths[i] * kBarWidth / most), "################################");
  }

  clock_gettime(CLOCK_MONOTONIC, &end);
  double ms =
      (double)(end.tv_sec - start.tv_sec) * 1e3 + (double)(end.tv_nsec - start.tv_nsec) / 1e6;
  printf("\ncounted in %.2f ms\n", ms);
  return 0;
}
