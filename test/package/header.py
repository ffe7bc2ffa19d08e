#!/usr/bin/env python3
"""A public header stands alone, twice, and without a warning: `header.py NAME COMPILER ARGUMENT...`"""
import subprocess
import sys

name, *compiler = sys.argv[1:]
include = f"#include <async_http_pool/{name}>\n"
result = subprocess.run([*compiler, "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror",
                         "-fsyntax-only", "-x", "c++", "-"],
                        input=include + include, capture_output=True, text=True, check=False)
print(result.stderr, end="")
sys.exit(result.returncode)
