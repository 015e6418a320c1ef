#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""count.py FILE...: counts the assertions of .wast scripts, independently of Waxwing's own reader.

An assertion is a top-level form whose keyword begins with `assert_`. Strings, line comments and
nested block comments are skipped; nothing else of the grammar is needed.
"""
import re
import sys

TOKEN = re.compile(rb'"(?:\\.|[^"\\])*"|;;[^\n\r]*|\(;|\(|\)', re.DOTALL)
KEYWORD = re.compile(rb'\(\s*(assert_[a-z_]+)')


def count(data):
    total = depth = position = 0
    while found := TOKEN.search(data, position):
        token, position = found.group(), found.end()
        if token == b'(;':
            nesting = 1
            while nesting:
                edge = re.compile(rb'\(;|;\)').search(data, position)
                if edge is None:
                    return total
                nesting += 1 if edge.group() == b'(;' else -1
                position = edge.end()
        elif token == b'(':
            total += depth == 0 and KEYWORD.match(data, found.start()) is not None
            depth += 1
        elif token == b')':
            depth -= 1
    return total


if __name__ == '__main__':
    print(sum(count(open(path, 'rb').read()) for path in sys.argv[1:]))
