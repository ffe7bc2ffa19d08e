#!/usr/bin/env python3
"""Shows that a mistake does not compile: `compile_fail.py SOURCE COMPILER ARGUMENT...`

The source must be refused with a message that matches its `// expect: REGEX` line, and must compile with
AHP_CONTROL defined, which takes the mistake out: so it is refused for that mistake and nothing else.
"""
import os
import re
import subprocess
import sys

source, *compiler = sys.argv[1:]


def compile_source(*more):
    return subprocess.run([*compiler, *more, "-fsyntax-only", source], capture_output=True, text=True, check=False,
                          env={**os.environ, "LC_ALL": "C"})


with open(source, encoding="utf-8") as text:
    expect = re.search(r"^// expect: (.+)$", text.read(), re.MULTILINE)
if expect is None:
    sys.exit(f"{source}: has no line `// expect: REGEX`")

control = compile_source("-DAHP_CONTROL")
if control.returncode != 0:
    sys.exit(f"{source}: does not compile without its mistake either:\n{control.stderr}")
mistake = compile_source()
if mistake.returncode == 0:
    sys.exit(f"{source}: compiles with its mistake")
errors = "\n".join(line for line in mistake.stderr.splitlines() if "error: " in line)
if not re.search(expect.group(1), errors):
    sys.exit(f"{source}: no error matches /{expect.group(1)}/:\n{mistake.stderr}")
