#!/usr/bin/env python3
"""Every C++ block of the README is a run of lines of a program in tools/examples, and every program has a block.

The programs are compiled and run by other tests, so what the README says works. Indentation does not count: a block
may show the inside of a function.
"""
import re
import sys

from sources import ROOT

EXAMPLES = ROOT / "tools" / "examples"


def stripped(text):
    return [line.strip() for line in text.strip().splitlines()]


def contains(program, block):
    return any(program[start:start + len(block)] == block for start in range(len(program) - len(block) + 1))


programs = {path.name: stripped(path.read_text(encoding="utf-8")) for path in sorted(EXAMPLES.glob("*.cpp"))}
readme = (ROOT / "README.md").read_text(encoding="utf-8")
problems = []
shown = set()
for match in re.finditer(r"^```(?:cpp|c\+\+|cc)\n(.*?)^```", readme, re.MULTILINE | re.DOTALL):
    block = stripped(match.group(1))
    found = {name for name, program in programs.items() if block and contains(program, block)}
    if len(found) == 1:  # what several programs have in common shows none of them
        shown |= found
    if not found:
        line = readme.count("\n", 0, match.start()) + 1
        problems.append(f"README.md:{line}: this block is in no program of tools/examples")
problems += [f"tools/examples/{name}: the README shows nothing of it" for name in programs.keys() - shown]

print("\n".join(sorted(problems)))
sys.exit(1 if problems else 0)
