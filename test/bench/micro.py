"""What handing over a request costs the thread that does it: figures of channel_bench."""
import json
import re
import shutil
import subprocess

import servers
from servers import Failure

# Getting memory is the heap's affair, and hardly ever a system call: it says so itself.
MARK = re.compile(r'^(\d+) +write\(-1, "(begin|end)"')
CALL = re.compile(r"^(\d+) +(\w+)\(")


def run(words, limit):
    try:
        done = subprocess.run(list(map(str, words)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=limit, env=servers.environment(), check=False)
    except subprocess.TimeoutExpired:
        raise Failure(f"no end within {limit:.0f} s") from None
    if done.returncode:
        raise Failure(f"exit status {done.returncode}: {done.stderr.strip()}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def count_calls(lines):
    """The system calls that the thread that made the marks made between them."""
    thread, calls = None, {}
    for line in lines:
        if mark := MARK.match(line):
            if mark[2] == "end":
                return calls
            thread = mark[1]
        elif (call := CALL.match(line)) and call[1] == thread:
            calls[call[2]] = calls.get(call[2], 0) + 1
    raise Failure("strace saw no marks")


def system_calls(bench):
    """Of 2000 calls of enqueue; none without strace."""
    if not shutil.which("strace"):
        return None
    log = bench.folder / "strace.log"
    run(["strace", "-f", "-qq", "-o", log, bench.channel_bench, "count"], bench.limit)
    with open(log, encoding="utf-8", errors="replace") as lines:
        return sum(count_calls(lines).values())


def measure(bench):
    """A row for each figure: its name and a dictionary."""
    rows = {}
    for row in run([bench.channel_bench, "channel"], bench.limit):
        threads = row["producers"]
        rows[f"channel-{threads}"] = {"what": f"post, {threads} thread{'s' if threads > 1 else ''}", "ns": row["ns"],
                                      "million_per_s": row["million_per_s"]}
    for row in run([bench.channel_bench, "enqueue"], bench.limit):
        name = "enqueue" if row["agent"] == "in a callback" else f"enqueue-{row['agent']}"
        rows[name] = {"what": f"enqueue, the agent is {row['agent']}", "ns": row["ns"], "make_ns": row["make_ns"],
                      "wakeups": row["wakeups"]}
    if (calls := system_calls(bench)) is not None:
        rows["enqueue"]["system_calls"] = calls / 2000
    return rows
