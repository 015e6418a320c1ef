// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Directories: made, listed recursively in order, moved, removed.
// DIR: yes
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int by_name(const void* a, const void* b) {
  return strcmp(*(char* const*)a, *(char* const*)b);
}

static int entries;

static void walk(const char* path, int depth) {
  DIR* dir = opendir(path);
  if (dir == NULL) {
    printf("cannot open: %d\n", errno == ENOENT);
    return;
  }
  char* names[512];
  size_t n = 0;
  for (struct dirent* entry; (entry = readdir(dir)) != NULL && n < 512;) {
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
      names[n++] = strdup(entry->d_name);
    }
  }
  closedir(dir);
  qsort(names, n, sizeof names[0], by_name);
  for (size_t i = 0; i < n; i++) {
    char full[1024];
    snprintf(full, sizeof full, "%s/%s", path, names[i]);
    struct stat st;
    if (stat(full, &st) != 0) printf("stat fails\n");
    entries++;
    if (depth < 2 || i % 50 == 0) {
      printf("%*s%s%s %lld\n", depth * 2, "", names[i], S_ISDIR(st.st_mode) ? "/" : "",
             S_ISDIR(st.st_mode) ? 0LL : (long long)st.st_size);
    }
    if (S_ISDIR(st.st_mode)) walk(full, depth + 1);
    free(names[i]);
  }
}

static void touch(const char* path, size_t size) {
  FILE* f = fopen(path, "w");
  for (size_t i = 0; i < size; i++) fputc('x', f);
  fclose(f);
}

int main(void) {
  const char* top = getenv("GUEST_TMP");
  char path[1024];
  const char* folders[] = {"a", "a/b", "a/b/c", "d"};
  for (size_t i = 0; i < 4; i++) {
    snprintf(path, sizeof path, "%s/%s", top, folders[i]);
    printf("mkdir %s %d\n", folders[i], mkdir(path, 0755));
  }
  printf("mkdir again %d\n", mkdir(path, 0755) == -1 && errno == EEXIST);
  for (int i = 0; i < 300; i++) {
    snprintf(path, sizeof path, "%s/a/b/c/file-with-a-long-name-%03d", top, i);
    touch(path, (size_t)i % 7);
  }
  snprintf(path, sizeof path, "%s/d/hello", top);
  touch(path, 5);
  walk(top, 0);
  printf("%d entries\n", entries);

  snprintf(path, sizeof path, "%s/a", top);
  printf("rmdir full %d\n", rmdir(path) == -1 && errno == ENOTEMPTY);
  char target[1024];
  snprintf(path, sizeof path, "%s/d", top);
  snprintf(target, sizeof target, "%s/a/moved", top);
  printf("rename %d\n", rename(path, target));
  snprintf(path, sizeof path, "%s/a/moved/hello", top);
  printf("unlink %d\n", unlink(path));
  printf("rmdir %d\n", rmdir(target));
  walk(target, 0);
  snprintf(path, sizeof path, "%s/link", top);
  printf("symlink %d\n", symlink("a/b", path));
  char text[64];
  ssize_t n = readlink(path, text, sizeof text);
  printf("readlink %.*s\n", (int)n, text);
  struct stat st;
  printf("lstat link %d\n", lstat(path, &st) == 0 && S_ISLNK(st.st_mode));
  printf("stat folder %d\n", stat(path, &st) == 0 && S_ISDIR(st.st_mode));
  return 0;
}
