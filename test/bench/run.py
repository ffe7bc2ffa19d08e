#!/usr/bin/env python3
"""Measures `ahp bench` beside a bare libcurl loop and checks the two bars of README.md."""
import argparse
import contextlib
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
CLIENT_CPU, SERVER_CPU = 0, 1
HOLD_MS = 120_000
BUSY_BAR, HELD_BAR = 1.3, 1.5


# --- processes ------------------------------------------------------------------------------------


def environment(**more):
    """Ours without proxies: all traffic is to loopback."""
    return {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")} | more


def pinned(cpu, command):
    return ["taskset", "-c", str(cpu), *map(str, command)]


def end(process):
    """Ends a process that we started."""
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def server(command, port):
    """Runs a server on its own CPU until the block ends."""
    process = subprocess.Popen(pinned(SERVER_CPU, command), stdout=subprocess.DEVNULL, env=environment())
    try:
        deadline = time.monotonic() + 10
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"{command[0]} did not start")
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        end(process)


@contextlib.contextmanager
def nginx():
    """A fresh nginx with one worker."""
    with tempfile.TemporaryDirectory(prefix="ahp-bench-") as run:
        port = free_port()
        config = Path(run, "nginx.conf")
        config.write_text((HERE / "nginx.conf.in").read_text().replace("@RUN@", run).replace("@PORT@", str(port)))
        with server(["nginx", "-e", f"{run}/nginx-start.log", "-c", config], port) as base:
            yield base


@contextlib.contextmanager
def hold_server(program):
    port = free_port()
    with server([program, port], port) as base:
        yield base


def fetch_json(url):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=10) as response:
        return json.load(response)


def run_client(command, args):
    done = subprocess.run(pinned(CLIENT_CPU, command), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=args.limit, env=environment(BENCH_SETTLE=str(args.settle)), check=False)
    try:
        result = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        sys.exit(f"{command[0]}: exit status {done.returncode}, no JSON\n{done.stderr}")
    if result["failed"]:
        sys.exit(f"{command[0]}: {result['failed']} requests failed\n{done.stderr}")
    return result


# --- scenarios ------------------------------------------------------------------------------------


def clients(args):
    fresh, same = ["--handles", "fresh"], ["--headers", "same"]
    return {
        "ahp bench": [args.ahp, "bench"],
        "raw poll": [args.raw, "--mode", "poll", *fresh, *same],
        "raw epoll": [args.raw, "--mode", "epoll", *fresh, *same],
        "raw poll, bare request": [args.raw, "--mode", "poll", *fresh],
        "raw poll, bare request, handles reused": [args.raw, "--mode", "poll"],
    }


def measure_busy(command, args):
    """64 in flight against nginx."""
    with nginx() as base:
        return run_client([*command, f"{base}/tiny", args.n, 64], args)


def measure_sparse(command, args, hold):
    """4 in flight while `hold` more requests wait for their answer."""
    with hold_server(args.hold_server) as base:
        held = [f"{base}/hold/{HOLD_MS}", hold] if hold else []
        result = run_client([*command, f"{base}/tiny", args.n // 2, 4, *held], args)
        # Without this a client that never sent the held requests would do best.
        held_min = fetch_json(f"{base}/stats")["held_min"]
        if held_min < hold:
            sys.exit(f"{command[0]}: only {held_min} of {hold} requests were held during the measurement")
        return result


def measure_all(args):
    """Rounds of every client in every scenario, interleaved: what disturbs one disturbs its neighbours too."""
    rows = {f"{name}, 64 in flight": (command, measure_busy, ()) for name, command in clients(args).items()}
    ahp = clients(args)["ahp bench"]
    rows["ahp bench, 4 in flight"] = (ahp, measure_sparse, (0,))
    rows[f"ahp bench, 4 in flight + {args.hold} held"] = (ahp, measure_sparse, (args.hold,))
    rounds = {name: [] for name in rows}
    for number in range(args.rounds):
        for name, (command, measure, more) in rows.items():
            print(f"round {number + 1}/{args.rounds}: {name}", file=sys.stderr)
            rounds[name].append(measure(command, args, *more))
    return rounds


def medians(rounds):
    keys = ("cpu_us_per_req", "user_us", "sys_us", "rps", "p50_us", "p99_us", "rss_kb", "held_kb_per_req")
    return {name: {key: statistics.median(r[key] for r in results) for key in keys if key in results[0]}
            | {"cpu_best_us": min(r["cpu_us_per_req"] for r in results)} for name, results in rounds.items()}


# --- report ---------------------------------------------------------------------------------------


def bars(table, args):
    """Each bar: what it says, the measured ratio, the ratio allowed."""
    def ratio(left, right):
        return table[left]["cpu_us_per_req"] / table[right]["cpu_us_per_req"]

    return [
        ("64 in flight, beside `raw poll`", ratio("ahp bench, 64 in flight", "raw poll, 64 in flight"), BUSY_BAR),
        (f"4 in flight, with {args.hold} held beside without",
         ratio(f"ahp bench, 4 in flight + {args.hold} held", "ahp bench, 4 in flight"), HELD_BAR),
    ]


COLUMNS = [("CPU us", "cpu_us_per_req", "{:.1f}"), ("best", "cpu_best_us", "{:.1f}"), ("user", "user_us", "{:.1f}"),
           ("sys", "sys_us", "{:.1f}"), ("req/s", "rps", "{:.0f}"), ("p50 us", "p50_us", "{:.0f}"),
           ("p99 us", "p99_us", "{:.0f}"), ("peak MiB", "rss_kb", None), ("KiB a held one", "held_kb_per_req", "{:.1f}")]


def cell(row, key, form):
    if key not in row:
        return "-"
    return f"{row[key] / 1024:.1f}" if form is None else form.format(row[key])


def table_lines(rows, markdown):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for number, row in enumerate(rows):
        cells = [text.ljust(width) if i == 0 else text.rjust(width) for i, (text, width) in enumerate(zip(row, widths))]
        yield "| " + " | ".join(cells) + " |" if markdown else "  ".join(cells)
        if number == 0 and markdown:
            yield "|" + "|".join("---" if i == 0 else "---:" for i in range(len(row))) + "|"


def report(table, verdicts, library, args):
    print(f"{time.strftime('%Y-%m-%d')}, {library}, median of {args.rounds} rounds of {args.n} requests\n")
    rows = [["client", *(title for title, _, _ in COLUMNS)]]
    rows += [[name, *(cell(row, key, form) for _, key, form in COLUMNS)] for name, row in table.items()]
    print(*table_lines(rows, args.markdown), sep="\n", end="\n\n")
    rows = [["CPU a request", "ratio", "at most", "holds"]]
    rows += [[what, f"{ratio:.2f}", f"{most}", "yes" if ratio <= most else "no"] for what, ratio, most in verdicts]
    print(*table_lines(rows, args.markdown), sep="\n")


def parse(argv):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=HERE.parents[1] / "build", help="meson's build folder (build)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--n", type=int, default=40_000, help="requests of a run; half of it with 4 in flight")
    parser.add_argument("--hold", type=int, default=2000, help="requests that are held open")
    parser.add_argument("--settle", type=float, default=3.0, help="seconds to get held requests to the server")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds a run may take")
    parser.add_argument("--markdown", action="store_true", help="tables as README.md wants them")
    parser.add_argument("--check", action="store_true", help="exit status 1 if a bar does not hold")
    args = parser.parse_args(argv)
    args.ahp = args.build / "tools/ahp/ahp"
    args.raw = args.build / "test/bench/raw_client"
    args.hold_server = args.build / "test/bench/hold_server"
    for program in (args.ahp, args.raw, args.hold_server):
        if not program.exists():
            parser.error(f"{program} is not built")
    return args


def main():
    args = parse(sys.argv[1:])
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    rounds = measure_all(args)
    table = medians(rounds)
    verdicts = bars(table, args)
    report(table, verdicts, rounds["ahp bench, 64 in flight"][0]["library"], args)
    if args.check and any(ratio > most for _, ratio, most in verdicts):
        sys.exit(1)


if __name__ == "__main__":
    main()
