#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Holds docs/embedding.md to the examples, which the embed test builds and runs: a ```cpp block
that begins with `// from NAME.cc` or `// from NAME.cc, PART` is that file, or what is between its
two `// [PART]` marks, word for word. Every block is one of these.

    snippets.py ROOT          says what differs, exits 1 if anything does
    snippets.py ROOT --bless  writes the blocks anew
"""
import os
import re
import sys
import textwrap

BLOCK = re.compile(r'^```cpp\n(.*?)^```$', re.MULTILINE | re.DOTALL)
FROM = re.compile(r'^// from (\w+\.cc)(?:, (\w+))?\n')


def source_of(root, name, part):
    with open(os.path.join(root, 'examples', 'embed', name), encoding='utf-8') as file:
        text = file.read()
    if part is None:
        return re.sub(r'^// SPDX.*\n', '', text)
    found = re.search(rf'^ *// \[{part}\]([^\n]*)\n(.*?)^ *// \[{part}\]\n', text,
                      re.MULTILINE | re.DOTALL)
    if found is None:
        sys.exit(f'{name} has no part {part}')
    indent = re.search(r'^ *', found.group(2)).group()
    comment = f'{indent}//{found.group(1)}\n' if found.group(1).strip() else ''
    return textwrap.dedent(comment + found.group(2))


def main():
    root = sys.argv[1]
    page = os.path.join(root, 'docs', 'embedding.md')
    with open(page, encoding='utf-8') as file:
        text = file.read()
    problems, count = [], 0

    def renew(block):
        nonlocal count
        count += 1
        head = FROM.match(block.group(1))
        if head is None:
            problems.append(f'a block that says no source:\n{block.group(1)}')
            return block.group()
        wanted = head.group() + source_of(root, *head.groups())
        if block.group(1) != wanted:
            problems.append(f'{head.group().strip()} differs')
        return f'```cpp\n{wanted}```'

    renewed = BLOCK.sub(renew, text)
    if '--bless' in sys.argv:
        with open(page, 'w', encoding='utf-8') as file:
            file.write(renewed)
        problems = [p for p in problems if 'no source' in p]
    for problem in problems:
        print(problem)
    print(f'embedding.md: {count} blocks, {len(problems)} problems')
    return 1 if problems or not count else 0


if __name__ == '__main__':
    sys.exit(main())
