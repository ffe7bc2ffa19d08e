#!/usr/bin/env python3
"""The shared library exports its namespace and nothing else: `exports.py NM LIBRARY`."""
import re
import subprocess
import sys

nm, library = sys.argv[1:]
OURS = re.compile(r"(typeinfo for |typeinfo name for |vtable for |VTT for |(non-)?virtual thunk to )?async_http_pool::")

lines = subprocess.run([nm, "-DC", "--defined-only", library], capture_output=True, text=True,
                       check=True).stdout.splitlines()
# ADDRESS TYPE NAME
names = [line.split(" ", 2)[2] for line in lines]
foreign = [name for name in names if not OURS.match(name)]
for name in foreign:
    print(f"exported, but not ours: {name}")
if "async_http_pool::version()" not in names:
    foreign.append("async_http_pool::version()")
    print("async_http_pool::version() is not exported")
sys.exit(1 if foreign else 0)
