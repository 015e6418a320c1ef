#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Holds the transcripts in README.md to the truth: every ```console block is run in examples/, each
line that begins with `$ ` is a command, and what follows is what it must print."""
import argparse
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import common  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    common.add_options(parser)
    options = parser.parse_args()
    with open(os.path.join(common.ROOT, 'README.md'), encoding='utf-8') as file:
        blocks = re.findall(r'^```console\n(.*?)^```', file.read(), re.MULTILINE | re.DOTALL)
    commands = [part.partition('\n') for block in blocks
                for part in re.split(r'^\$ ', block, flags=re.MULTILINE)[1:]]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, 'waxwing'), 'w', encoding='utf-8') as file:
            file.write(f'#!/bin/sh\nexec {" ".join(common.program(options))} "$@"\n')
        os.chmod(file.name, 0o755)
        environment = {**os.environ, 'PATH': folder + ':' + os.environ['PATH']}
        for command, _, expected in commands:
            done = subprocess.run(command, shell=True, text=True, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, env=environment,
                                  cwd=os.path.join(common.ROOT, 'examples'))
            if done.stdout != expected:
                failed += 1
                print(f'FAILED {command}\n  README says:\n{expected}\n  it prints:\n{done.stdout}')
    print(f'README: {len(commands) - failed} commands as shown, {failed} not')
    return 1 if failed or not commands else 0


if __name__ == '__main__':
    sys.exit(main())
