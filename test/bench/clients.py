"""Runs of one client in one scenario."""
import contextlib
import json
import os
import resource
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import servers
from scenarios import AHP, AHP_PLAIN, AHP_TWO, CLIENT, EASY, EPOLL, HOLD_MS, POLL, POLL_BARE
from servers import Failure

TITLES = {AHP: "ahp bench", AHP_TWO: "ahp bench, two agents", AHP_PLAIN: "ahp bench, plain malloc", CLIENT: "Client",
          EASY: "raw easy", POLL: "raw poll", EPOLL: "raw epoll", POLL_BARE: "raw poll, bare request, handles reused"}
LIKE_OURS = ["--handles", "fresh", "--headers", "same"]
RAW_WORDS = {POLL: ["--mode", "poll", *LIKE_OURS], EPOLL: ["--mode", "epoll", *LIKE_OURS], POLL_BARE: ["--mode", "poll"]}


PROGRAMS = {"ahp": "tools/ahp/ahp", "raw": "test/bench/raw_client", "hold_server": "test/bench/hold_server",
            "channel_bench": "test/bench/channel_bench", "client_bench": "test/bench/client_bench",
            "body_bench": "test/bench/body_bench", "lone_bench": "test/bench/lone_bench"}


def copy_programs(build, folder):
    """So that a build meanwhile changes nothing. They find the library at the same place beside them."""
    libraries = [path for path in (build / "lib").glob("libasync_http_pool.so*") if path.is_file()]
    for source in [*libraries, *(build / program for program in PROGRAMS.values())]:
        target = folder / source.relative_to(build)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


@dataclass
class Bench:
    """The programs, and the limits of a run."""
    folder: Path
    scale: float
    settle: float
    limit: float
    cpu = 0  # the clients', where a scenario does not say otherwise

    def __post_init__(self):
        for name, program in PROGRAMS.items():
            setattr(self, name, self.folder / program)


def raw_options(options):
    """The words of raw_client for options of the library."""
    words = []
    for name, value in options.items():
        if name == "http_version":
            words += ["--http", {"http1_1": "1.1"}[value]]
        elif name == "fresh_connection":
            words += ["--connections", "new"]
        elif name != "no_reuse":  # goes with fresh_connection
            raise KeyError(name)
    return words


def command(bench, client, scenario, base, scale=None):
    url, requests = base + scenario.path, scenario.requests(client, bench.scale if scale is None else scale)
    if client in (CLIENT, EASY) and scenario.c == 1:
        return [bench.body_bench, {CLIENT: "client", EASY: "easy"}[client], url, requests]
    if client == CLIENT:
        return [bench.client_bench, url, requests, scenario.c]
    words = ["--cacert", bench.folder / "tls/ca.pem"] if scenario.scheme == "https" else []
    if client in (AHP, AHP_TWO, AHP_PLAIN):
        config = bench.folder / "options.json"
        options = scenario.options | ({"agents": 2} if client == AHP_TWO else {})
        config.write_text(json.dumps(options), encoding="utf-8")
        start = [bench.ahp, "bench", "--config", config, *(["--plain-malloc"] if client == AHP_PLAIN else [])]
    else:
        start = [bench.raw, *RAW_WORDS[client], *raw_options(scenario.options)]
    held = [f"{base}/hold/{HOLD_MS}", scenario.hold] if scenario.hold else []
    return [*start, *words, url, requests, scenario.c, *held]


def run_client(words, bench, cpus, settle):
    """Returns the line of JSON that the client printed."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out, tempfile.TemporaryFile("w+", encoding="utf-8") as err:
        process = subprocess.Popen(servers.pinned(cpus, words), stdout=out, stderr=err,
                                   env=servers.environment(BENCH_SETTLE=str(settle)))
        try:
            process.wait(bench.limit)
        except subprocess.TimeoutExpired:
            raise Failure(f"no end within {bench.limit:.0f} s") from None
        finally:
            if process.returncode is None:
                servers.end(process)
        out.seek(0)
        err.seek(0)
        lines, complaint = out.read().splitlines(), err.read().strip()[-300:]
    try:
        result = json.loads(lines[-1])
    except (IndexError, ValueError):
        raise Failure(f"exit status {process.returncode}, no JSON {complaint}") from None
    if result["failed"]:
        raise Failure(f"{result['failed']} of {result['n']} requests failed; {complaint}")
    return result


# --- What others do meanwhile ---

TICK = os.sysconf("SC_CLK_TCK")


def busy_seconds():
    """Of all CPUs, since the machine was started."""
    fields = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]
    return (sum(map(int, fields)) - int(fields[3]) - int(fields[4])) / TICK


def process_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def ours(server):
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_seconds(server.process.pid) + time.process_time() + children.ru_utime + children.ru_stime


@contextlib.contextmanager
def start_server(bench, scenario):
    if scenario.server == "hold":
        with servers.hold_server(bench.hold_server, bench.folder) as server:
            yield server
    else:
        with servers.nginx(scenario, bench.folder) as server:
            yield server


def connections_of(server, scenario):
    """That the server has had, this look's own included."""
    return server.connections() if scenario.server == "nginx" else server.hold_stats()["accepted"]


def run_once(bench, client, scenario):
    """One client in one scenario, with a server of its own."""
    with start_server(bench, scenario) as server:
        words = command(bench, client, scenario, server.base(scenario.scheme, scenario.host))
        first = connections_of(server, scenario)
        begin, busy, own = time.monotonic(), busy_seconds(), ours(server)
        result = run_client(words, bench, scenario.cpus, max(1.0, bench.settle * scenario.hold / 4000))
        foreign = busy_seconds() - busy - (ours(server) - own)
        result["foreign"] = max(0.0, foreign / ((time.monotonic() - begin) * os.cpu_count()))
        result["connections"] = connections_of(server, scenario) - first - 1
        if scenario.hold and (held := server.hold_stats()["held_min"]) < scenario.hold:
            # A client that never sent the held requests would do best.
            raise Failure(f"only {held} of {scenario.hold} requests were held during the measurement")
    return result
