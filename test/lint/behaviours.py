#!/usr/bin/env python3
"""Every hard case has a test, and every test that test/integration/README.md names exists."""
import re
import sys

from sources import ROOT

HARD_CASES = range(1, 143)
TITLE = re.compile(r"TEST_CASE(?:_METHOD\(\s*\w+,|\()\s*((?:\"[^\"\n]*\"\s*)+)")

tests = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "test").rglob("*_test.cpp"))]
titles = {"".join(re.findall(r"\"([^\"\n]*)\"", match)) for text in tests for match in TITLE.findall(text)}
covered = {int(number) for text in tests for number in re.findall(r"\"hard case (\d+): ", text)}  # sections, too
problems = [f"no test is called \"hard case {number}: ...\"" for number in HARD_CASES if number not in covered]

readme = (ROOT / "test/integration/README.md").read_text(encoding="utf-8")
problems += [f"test/integration/README.md: no test is called \"{title}\""
             for title in re.findall(r"^\|[^|]*\| \"([^\"]*)\"", readme, re.MULTILINE) if title not in titles]

print("\n".join(problems))
sys.exit(1 if problems else 0)
