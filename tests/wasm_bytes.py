# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the binary format by hand: numbers, sections, modules, right or wrong on purpose."""

MAGIC = b'\0asm\1\0\0\0'
I32, I64, F32, F64, V128, FUNCREF = b'\x7f', b'\x7e', b'\x7d', b'\x7c', b'\x7b', b'\x70'
END = b'\x0b'


def leb(n):
    """An unsigned LEB128."""
    out = b''
    while True:
        n, low = n >> 7, n & 127
        out += bytes([low | (128 if n else 0)])
        if not n:
            return out


def sleb(n):
    """A signed LEB128."""
    out = b''
    while True:
        low, n = n & 127, n >> 7
        if n == (-1 if low & 64 else 0):
            return out + bytes([low])
        out += bytes([low | 128])


def section(number, body):
    return bytes([number]) + leb(len(body)) + body


def vector(items):
    items = list(items)
    return leb(len(items)) + b''.join(items)


def name(text):
    data = text.encode()
    return leb(len(data)) + data


def func_type(params=b'', results=b''):
    return b'\x60' + leb(len(params)) + params + leb(len(results)) + results


def body(code, locals_=()):
    """locals_: (count, type) pairs; `code` without its `end`."""
    content = vector(leb(n) + t for n, t in locals_) + code + END
    return leb(len(content)) + content


def functions(bodies, type_=None, export=None, more=b''):
    """A module of functions of one type; `more` goes between the function and code sections."""
    bodies = list(bodies)
    exports = section(7, vector([name(export) + b'\0' + leb(0)])) if export else b''
    return (MAGIC + section(1, vector([type_ or func_type()])) +
            section(3, vector([b'\0'] * len(bodies))) + more + exports +
            section(10, vector(bodies)))


def custom_section(title, body):
    return section(0, name(title) + body)


def custom_sections(module):
    """(name, start, end) of the content of each custom section."""
    at = len(MAGIC)

    def number():
        nonlocal at
        value, shift = 0, 0
        while True:
            byte = module[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(module):
        kind = module[at]
        at += 1
        end = number() + at
        if kind == 0:
            size = number()
            yield module[at:at + size].decode(), at + size, end
        at = end
