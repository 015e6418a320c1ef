// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Work of the kinds that embedded processors are measured by: a linked list sorted and searched, a
// matrix of 16-bit numbers, a machine that reads numbers from text, and a checksum over it all.
#include "bench.h"

typedef struct Item {
  struct Item* next;
  int16_t key, index;
} Item;
enum { kItems = 100, kSide = 12 };
static Item items[kItems];
static uint16_t checksum(uint16_t crc, uint16_t value) {
  for (int bit = 0; bit < 16; ++bit, value >>= 1) {
    const int carry = (crc ^ value) & 1;
    crc >>= 1;
    if (carry) crc ^= 0xA001;
  }
  return crc;
}
static Item* merge(Item* a, Item* b, int by_key) {
  Item head, *tail = &head;
  while (a != NULL && b != NULL) {
    const int first = by_key ? a->key <= b->key : a->index <= b->index;
    if (first) {
      tail = tail->next = a;
      a = a->next;
    } else {
      tail = tail->next = b;
      b = b->next;
    }
  }
  tail->next = a != NULL ? a : b;
  return head.next;
}
static Item* sort(Item* list, int by_key) {
  if (list == NULL || list->next == NULL) return list;
  Item *slow = list, *fast = list->next;
  while (fast != NULL && fast->next != NULL) {
    slow = slow->next;
    fast = fast->next->next;
  }
  Item* second = slow->next;
  slow->next = NULL;
  return merge(sort(list, by_key), sort(second, by_key), by_key);
}
static Item* reverse(Item* list) {
  Item* out = NULL;
  while (list != NULL) {
    Item* next = list->next;
    list->next = out;
    out = list;
    list = next;
  }
  return out;
}
static uint16_t list_work(int16_t seed) {
  for (int i = 0; i < kItems; ++i)
    items[i] = (Item){i + 1 < kItems ? &items[i + 1] : NULL, (int16_t)((i * 7919 + seed) % 997),
                      (int16_t)i};
  Item* list = sort(items, 1);
  uint16_t crc = 0;
  for (int16_t wanted = 0; wanted < 30; ++wanted) {
    list = reverse(list);
    const Item* at = list;
    while (at != NULL && (at->key & 0xFF) != wanted) at = at->next;
    crc = checksum(crc, at != NULL ? (uint16_t)at->index : 0xFFFF);
  }
  list = sort(list, 0);
  for (; list != NULL; list = list->next) crc = checksum(crc, (uint16_t)list->key);
  return crc;
}
static uint16_t matrix_work(int16_t seed) {
  static int16_t a[kSide][kSide], b[kSide][kSide];
  static int32_t c[kSide][kSide];
  for (int i = 0; i < kSide; ++i)
    for (int j = 0; j < kSide; ++j) {
      a[i][j] = (int16_t)(i * seed + j);
      b[i][j] = (int16_t)(j * seed - i);
    }
  uint16_t crc = 0;
  for (int part = 0; part < 2; ++part)
    for (int i = 0; i < kSide; ++i)
      for (int j = 0; j < kSide; ++j) {
        int32_t sum = 0;
        for (int k = 0; k < kSide; ++k) {
          const int32_t product = a[i][k] * b[k][j];
          sum += part == 0 ? product : (product >> 2 & 15) * (product >> 5 & 127);
        }
        c[i][j] = sum;
        if (i == j) crc = checksum(crc, (uint16_t)c[i][j]);
      }
  return crc;
}
static uint16_t state_work(uint32_t seed) {
  static const char* const kTexts[] = {"5012",     "1234",     "-874",     "+122",
                                       "35.54400", ".1234500", "-110.700", "+0.64400",
                                       "5.500e+3", "-.123e-2", "-87e+832", "+0.6e-12",
                                       "T0.3e-1F", "-T.T++Tq", "1T3.4e4z", "34.0e-T^"};
  enum { kStart, kSign, kWhole, kPoint, kFraction, kExponent, kPower, kBad, kStates };
  uint32_t visits[kStates] = {0};
  for (int t = 0; t < 24; ++t) {
    const char* p = kTexts[(seed + (uint32_t)t * 5) % 16];
    int state = kStart;
    for (; *p != 0 && state != kBad; ++p) {
      const int digit = *p >= '0' && *p <= '9';
      switch (state) {
      case kStart:
        state = digit ? kWhole : *p == '+' || *p == '-' ? kSign : *p == '.' ? kPoint : kBad;
        break;
      case kSign: state = digit ? kWhole : *p == '.' ? kPoint : kBad; break;
      case kWhole:
        state = digit ? kWhole : *p == '.' ? kFraction : *p == 'e' ? kExponent : kBad;
        break;
      case kPoint:
      case kFraction: state = digit ? kFraction : *p == 'e' ? kExponent : kBad; break;
      case kExponent: state = digit || *p == '+' || *p == '-' ? kPower : kBad; break;
      default: state = digit ? kPower : kBad; break;
      }
      ++visits[state];
    }
  }
  uint16_t crc = 0;
  for (int i = 0; i < kStates; ++i) crc = checksum(crc, (uint16_t)visits[i]);
  return crc;
}
int main(int argc, char** argv) {
  const unsigned n = size_of_run(argc, argv);
  uint16_t crc = 0;
  for (unsigned i = 0; i < n; ++i) {
    crc = checksum(crc, list_work((int16_t)(i % 100)));
    crc = checksum(crc, matrix_work((int16_t)(i % 61)));
    crc = checksum(crc, state_work(i));
  }
  show("crc", crc);
}
