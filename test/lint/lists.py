#!/usr/bin/env python3
"""Every source stands in a list of meson's, every public header is installed and in the umbrella header."""
import re
import sys

from sources import ROOT, sources

UMBRELLA = "async_http_pool.hpp"
problems = []


def listed(path):
    """Whether a meson.build beside `path` or above it names it."""
    folder = path.parent
    while True:
        build = folder / "meson.build"
        if build.exists() and f"'{path.relative_to(folder)}'" in build.read_text(encoding="utf-8"):
            return True
        if folder == ROOT:
            return False
        folder = folder.parent


for path in sources(("lib", "tools", "test")):
    if path.suffix == ".cpp" and not listed(path):
        problems.append(f"{path.relative_to(ROOT)}: in no meson.build")

include = ROOT / "include" / "async_http_pool"
umbrella = (include / UMBRELLA).read_text(encoding="utf-8")
install = (include / "meson.build").read_text(encoding="utf-8")
for path in sorted(include.iterdir()):
    name = path.name.removesuffix(".in")
    if not name.endswith(".hpp"):
        continue
    if f"'{name}'" not in install:
        problems.append(f"{name}: is not installed")
    # export.hpp is a macro for the other headers, which bring it along.
    if name not in (UMBRELLA, "export.hpp") and not re.search(rf"<async_http_pool/{name}>", umbrella):
        problems.append(f"{name}: is not in the umbrella header")

print("\n".join(problems))
sys.exit(1 if problems else 0)
