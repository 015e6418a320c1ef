// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files: create, write, append, seek, read, truncate, stat, rename, unlink, and what fails.
// DIR: yes
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char* at(const char* name) {
  static char path[2][1024];
  static int turn;
  turn = !turn;
  snprintf(path[turn], sizeof path[turn], "%s/%s", getenv("GUEST_TMP"), name);
  return path[turn];
}

static void show(const char* name) {
  FILE* f = fopen(at(name), "r");
  if (f == NULL) {
    printf("%s: %s\n", name, errno == ENOENT ? "not there" : "cannot be opened");
    return;
  }
  char text[256];
  size_t n = fread(text, 1, sizeof text - 1, f);
  text[n] = '\0';
  fclose(f);
  printf("%s (%zu): %s\n", name, n, text);
}

int main(void) {
  show("a.txt");

  FILE* f = fopen(at("a.txt"), "w");
  fprintf(f, "one %d two %s", 1, "2");
  fclose(f);
  show("a.txt");

  f = fopen(at("a.txt"), "a");
  fputs(", three", f);
  fclose(f);
  show("a.txt");

  f = fopen(at("a.txt"), "r+");
  fseek(f, 4, SEEK_SET);
  fputc('X', f);
  fseek(f, -5, SEEK_END);
  printf("tell %ld, next %c\n", ftell(f), fgetc(f));
  fclose(f);
  show("a.txt");

  int fd = open(at("a.txt"), O_RDWR);
  char piece[4] = {0};
  printf("pread %zd %s\n", pread(fd, piece, 3, 2), piece);
  printf("pwrite %zd\n", pwrite(fd, "YZ", 2, 0));
  printf("truncate %d\n", ftruncate(fd, 6));
  struct stat st;
  printf("fstat %d size %lld regular %d\n", fstat(fd, &st), (long long)st.st_size,
         S_ISREG(st.st_mode) != 0);
  printf("lseek end %lld\n", (long long)lseek(fd, 0, SEEK_END));
  printf("lseek back %d\n", lseek(fd, -100, SEEK_CUR) == -1 && errno == EINVAL);
  close(fd);
  printf("write to closed: %d\n", write(fd, "x", 1) == -1 && errno == EBADF);
  show("a.txt");

  printf("exclusive: %d\n",
         open(at("a.txt"), O_CREAT | O_EXCL | O_WRONLY, 0644) == -1 && errno == EEXIST);
  printf("rename %d\n", rename(at("a.txt"), at("b.txt")));
  show("a.txt");
  show("b.txt");
  printf("unlink %d\n", unlink(at("b.txt")));
  printf("again %d\n", unlink(at("b.txt")) == -1 && errno == ENOENT);
  printf("out of the sandbox: %d\n",
         fopen(at("../../../../../../../../no-such-file"), "r") == NULL);

  enum { kSize = 300000 };
  unsigned char* big = malloc(kSize);
  for (int i = 0; i < kSize; i++) big[i] = (unsigned char)(i * 7 + i / 256);
  f = fopen(at("big"), "wb");
  printf("wrote %zu\n", fwrite(big, 1, kSize, f));
  fclose(f);
  memset(big, 0, kSize);
  f = fopen(at("big"), "rb");
  printf("read %zu\n", fread(big, 1, kSize, f));
  fclose(f);
  int wrong = 0;
  for (int i = 0; i < kSize; i++) wrong += big[i] != (unsigned char)(i * 7 + i / 256);
  printf("wrong %d\n", wrong);
  free(big);
  return 0;
}
