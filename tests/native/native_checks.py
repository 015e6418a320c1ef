# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the tests of native programs share."""
import argparse
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import common  # noqa: E402

SKIPPED = 77


class Checks:
    """The program under test in a folder of its own, and what has come out so far."""

    # Of `waxwing native`, in front of all others.
    options = ()

    def __init__(self, waxwing, folder, timeout):
        self.waxwing, self.folder, self.timeout = waxwing, folder, timeout
        self.failed = 0
        self.count = 0

    def path(self, name):
        return os.path.join(self.folder, name)

    def file(self, name, text):
        path = self.path(name)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        return path

    def command(self, *words, **more):
        return common.run([str(w) for w in words], self.timeout, cwd=self.folder, **more)

    def must(self, *words):
        done = self.command(*words)
        if done.code != 0:
            sys.exit(' '.join(map(str, words)) + ': ' + common.text(done.err))
        return done

    def native(self, *words):
        return self.command(*self.waxwing, 'native', *self.options, *words)

    def make(self, *words):
        return self.must(*self.waxwing, 'native', *self.options, *words)

    def expect(self, what, holds, found=''):
        self.count += 1
        if not holds:
            self.failed += 1
            print(f'FAILED {what}\n    {found}')


def run(kind, name, functions, lacks=lambda: None):
    """Calls all of `functions` with a `kind` of checks; returns the exit code. `lacks` says what of
    the machine is missing."""
    parser = argparse.ArgumentParser()
    common.add_options(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        checks = kind(common.program(options), folder, options.timeout)
        has_compiler = checks.command(*checks.waxwing, 'compile', '--cpu=help').code == 0
        if missing := lacks() if has_compiler else 'this build has no compiler':
            print(f'{name} SKIPPED: {missing}')
            return SKIPPED
        for function in functions:
            function(checks)
    print(f'{name}: {checks.count - checks.failed} passed, {checks.failed} failed')
    return 1 if checks.failed else 0
