#!/usr/bin/env python3
"""Before 1.0 a minor version may break: `soname.py LIBRARY SONAME`."""
import re
import subprocess
import sys

library, expected = sys.argv[1:]
dynamic = subprocess.run(["readelf", "-d", library], capture_output=True, text=True, check=True).stdout
found = re.search(r"SONAME.*\[(.+)\]", dynamic)
if found is None or found.group(1) != expected:
    sys.exit(f"the soname is {found and found.group(1)}, not {expected}")
