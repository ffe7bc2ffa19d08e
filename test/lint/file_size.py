#!/usr/bin/env python3
"""A source file holds one idea: at most 400 lines (STYLE: functions and files)."""
import sys

from sources import sources

LINES_MAX = 400

long_files = [(path, lines) for path in sources()
              if (lines := path.read_text(encoding="utf-8").count("\n")) > LINES_MAX]
for path, lines in long_files:
    print(f"{path}: {lines} lines, {LINES_MAX} at most")
sys.exit(1 if long_files else 0)
