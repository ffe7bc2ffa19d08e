"""What handing over a request costs the thread that does it: figures of channel_bench."""
import re
import shutil

from servers import Failure, run_json

NAME = "handing-over"
COLUMNS = [("ns", "ns", "{:.1f}"), ("million/s", "million_per_s", "{:.1f}"), ("task ns", "make_ns", "{:.1f}"),
           ("wake-ups each", "wakeups", "{:.3f}"), ("system calls each", "system_calls", "{:.3f}")]

# Getting memory is the heap's affair, and hardly ever a system call: it says so itself.
MARK = re.compile(r'^(\d+) +write\(-1, "(begin|end)"')
CALL = re.compile(r"^(\d+) +(\w+)\(")


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
    run_json(["strace", "-f", "-qq", "-o", log, bench.channel_bench, "count"], bench.limit)
    with open(log, encoding="utf-8", errors="replace") as lines:
        return sum(count_calls(lines).values())


def measure(bench):
    """A row for each figure: its name and a dictionary."""
    rows = {}
    for row in run_json([bench.channel_bench, "channel"], bench.limit):
        threads = row["producers"]
        rows[f"channel-{threads}"] = {"what": f"post, {threads} thread{'s' if threads > 1 else ''}", "ns": row["ns"],
                                      "million_per_s": row["million_per_s"]}
    for row in run_json([bench.channel_bench, "enqueue"], bench.limit):
        name = "enqueue" if row["agent"] == "in a callback" else f"enqueue-{row['agent']}"
        rows[name] = {"what": f"enqueue, the agent is {row['agent']}", "ns": row["ns"], "make_ns": row["make_ns"],
                      "wakeups": row["wakeups"]}
    if (calls := system_calls(bench)) is not None:
        rows["enqueue"]["system_calls"] = calls / 2000
    return rows
