#!/usr/bin/env python3
"""The tree is as clang-format leaves it. `format.py TREE --fix` makes it so."""
import re
import shutil
import subprocess
import sys

from sources import ROOT, sources

# Other versions lay some things out differently: their word does not count.
MAJOR = 14
SKIPPED = 77

program = shutil.which(f"clang-format-{MAJOR}") or shutil.which("clang-format")
if program is None:
    print(f"skipped: clang-format is not installed (apt-get install clang-format-{MAJOR})")
    sys.exit(SKIPPED)
version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
if not re.search(rf"version {MAJOR}\.", version):
    print(f"skipped: the reference is clang-format {MAJOR}, this is {version}")
    sys.exit(SKIPPED)

files = [str(path.relative_to(ROOT)) for path in sources()]
if "--fix" in sys.argv:
    sys.exit(subprocess.run([program, "-i", *files], cwd=ROOT, check=False).returncode)
result = subprocess.run([program, "--dry-run", "-Werror", "--ferror-limit=1", *files], cwd=ROOT,
                        capture_output=True, text=True, check=False)
if result.returncode != 0:
    unformatted = sorted(set(re.findall(r"^(\S+?):\d+:\d+: error", result.stderr, re.MULTILINE)))
    print("\n".join(unformatted) or result.stderr)
    print("to mend it: python3 test/lint/format.py . --fix")
    sys.exit(1)
