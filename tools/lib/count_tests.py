#!/usr/bin/env python3
"""Adds up the test cases of meson's test logs: `count_tests.py OTHER_FAILURES LOG...`

A Catch2 program counts as its test cases, every other test as one. What failed is named, as the end of a log is what
CI shows of it. The last line is `N passed, N failed`.
"""
import collections
import json
import pathlib
import re
import sys

ALL_PASSED = re.compile(r"All tests passed \(.* in (\d+) test cases?\)")
SUMMARY = re.compile(r"^test cases: +(\d+)(.*)$", re.MULTILINE)
# The integration tests run once for each selector, the same cases.
VARIANTS = re.compile(r"-(epoll|poll)$")

# Catch2 writes the title of a case between two rules when something in it fails.
RULE = "-" * 79
SANITIZER = re.compile(r"^SUMMARY: \w*Sanitizer: .*|^.*: runtime error: .*", re.MULTILINE)
MOST_CAUSES = 8


def causes(test):
    """The titles of the cases that failed, and what sanitizers said."""
    out = test.get("stdout", "")
    found = []
    title = ""
    lines = out.splitlines()
    for before, line in zip(lines, lines[1:]):
        if before == RULE and line.strip("-."):
            title = line
        elif line.endswith("FAILED:") and title not in found:
            found.append(title)
    return found + SANITIZER.findall(out + "\n" + test.get("stderr", ""))


def cases(test):
    """(passed, failed, skipped) of one entry of the log."""
    out = test.get("stdout", "")
    if test["result"] == "SKIP":
        return 0, 0, 1
    passed = failed = 0
    if summary := ALL_PASSED.search(out):
        passed = int(summary.group(1))
    elif summary := SUMMARY.search(out):
        passed = sum(int(number) for number in re.findall(r"(\d+) (?:passed|failed as expected)", summary.group(2)))
        failed = sum(int(number) for number in re.findall(r"(\d+) failed(?! as expected)", summary.group(2)))
    elif test["result"] == "OK" and "No tests ran" not in out:
        passed = 1
    # Crashed, timed out, reported by a sanitizer at exit...
    if test["result"] not in ("OK", "EXPECTEDFAIL") and failed == 0:
        failed = 1
    return passed, failed, 0


def main(other_failures, logs):
    total = collections.Counter()
    distinct = {}
    for log in logs:
        per_log = collections.Counter()
        for line in pathlib.Path(log).read_text(encoding="utf-8").splitlines():
            test = json.loads(line)
            name = test["name"].split(" / ")[-1]
            passed, failed, skipped = cases(test)
            per_log.update(passed=passed, failed=failed, skipped=skipped)
            key = VARIANTS.sub("", name)
            distinct[key] = max(distinct.get(key, 0), passed + failed)
            if failed or skipped:
                print(f"  {'FAILED' if failed else 'skipped'}: {name} ({test['result']})")
                for cause in causes(test)[:MOST_CAUSES] if failed else []:
                    print(f"    {cause[:160]}")
        total.update(per_log)
        print(f"  {pathlib.Path(log).parts[-3]}: {per_log['passed']} passed, {per_log['failed']} failed, "
              f"{per_log['skipped']} skipped")
    failed = total["failed"] + other_failures
    print(f"{sum(distinct.values())} distinct test cases; over all builds:")
    print(f"{total['passed']} passed, {failed} failed")
    return 1 if failed or not total["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
