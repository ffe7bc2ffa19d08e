#!/usr/bin/env python3
"""Measures `ahp bench` beside bare libcurl loops, and checks the bars of README.md."""
import argparse
import json
import os
import resource
import signal
import sys
import tempfile
import time
from pathlib import Path

import clients
import plot
import report
import servers
from bars import Results, all_bars
from scenarios import AHP, CLIENTS, SCENARIOS, matching
from servers import Failure

HERE = Path(__file__).resolve().parent


def parse(argv):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=HERE.parents[1] / "build", help="meson's build folder (build)")
    parser.add_argument("--scenarios", default="*", help="comma separated globs, such as 'tiny-*,held-4000'")
    parser.add_argument("--clients", default="*", help="the same for clients")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies the number of requests")
    parser.add_argument("--settle", type=float, default=3.0, help="seconds to get 4000 held requests to the server")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds a run may take")
    parser.add_argument("--list", action="store_true", help="tell the scenarios and clients, and leave")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where all results go")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="where the plot goes")
    parser.add_argument("--markdown", action="store_true", help="tables as README.md wants them")
    parser.add_argument("--check", action="store_true", help="exit status 1 if a bar that was measured does not hold")
    args = parser.parse_args(argv)
    if args.rounds < 1 or args.scale <= 0:
        parser.error("--rounds and --scale must be positive")
    return args


def print_list():
    for scenario in SCENARIOS:
        print(f"{scenario.name:12} {scenario.what}; N = {scenario.n}: {', '.join(scenario.clients)}")
    for part in report.PARTS:
        print(f"{part.NAME:12} {part.__doc__}")


def measure(bench, args):
    """Everything once in each round: what disturbs a while disturbs all of them. Returns results and failures."""
    names = matching([*(s.name for s in SCENARIOS), *(part.NAME for part in report.PARTS)], args.scenarios, "scenario")
    chosen = matching(CLIENTS, args.clients, "client")
    runs = [(s, client) for s in SCENARIOS if s.name in names for client in s.clients if client in chosen]
    parts = [part for part in report.PARTS if part.NAME in names and AHP in chosen]
    rounds, part_rounds, failures = {}, {}, {}
    for number in range(1, args.rounds + 1):
        for scenario, client in runs:
            key = (scenario.name, client)
            if key in failures:
                continue
            print(f"round {number}/{args.rounds}: {scenario.name} {client}", file=sys.stderr)
            try:
                rounds.setdefault(key, []).append(clients.run_once(bench, client, scenario))
            except (Failure, OSError) as failure:  # OSError: the server is gone
                failures[key] = str(failure)
                rounds.pop(key, None)
        for part in parts:
            if part.NAME in failures:
                continue
            print(f"round {number}/{args.rounds}: {part.NAME}", file=sys.stderr)
            try:
                part_rounds.setdefault(part.NAME, []).append(part.measure(bench))
            except (Failure, OSError) as failure:
                failures[part.NAME] = str(failure)
    return Results({key: results for key, results in rounds.items() if results}, part_rounds), failures


def about(args, results):
    library = next((r[0]["library"] for (_, client), r in results.rounds.items() if client == AHP), None)
    return {"time": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "library": library, "rounds_wanted": args.rounds,
            "scale": args.scale, "cpus": os.cpu_count(), "load_average": os.getloadavg()}


def main():
    args = parse(sys.argv[1:])
    if args.list:
        print_list()
        return 0
    if not {clients.Bench.cpu, servers.SERVER_CPU} <= os.sched_getaffinity(0):
        sys.exit("CPUs 0 and 1 are needed, one for the client and one for the server")
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # So that servers and clients are ended, not left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if missing := [program for program in clients.PROGRAMS.values() if not (args.build / program).exists()]:
        sys.exit(f"not built in {args.build}: {' '.join(missing)}")
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ahp-bench-") as folder:
        bench = clients.Bench(Path(folder), args.scale, args.settle, args.limit)
        clients.copy_programs(args.build, bench.folder)
        servers.prepare(bench.folder)
        results, failures = measure(bench, args)
    verdicts = all_bars(results)
    facts = about(args, results)
    print(f"{facts['time'][:10]}, {facts['library']}; medians of {args.rounds} rounds, scale {args.scale:g}, "
          f"{time.monotonic() - begin:.0f} s\n")
    report.print_report(results, verdicts, args.markdown)
    for key, why in failures.items():
        print(f"failed: {key if isinstance(key, str) else ' '.join(key)}: {why}")
    if args.json:
        args.json.write_text(json.dumps(report.to_json(results, verdicts, facts), indent=1) + "\n", encoding="utf-8")
    if args.svg:
        picture = plot.svg(results)
        if picture is None:
            sys.exit("the plot needs results of at least two scenarios tiny-N")
        args.svg.write_text(picture, encoding="utf-8")
    return 1 if failures or (args.check and any(verdict.holds is False for verdict in verdicts)) else 0


if __name__ == "__main__":
    sys.exit(main())
