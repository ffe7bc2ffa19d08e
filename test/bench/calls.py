"""System calls and wake-ups a request, as the kernel counts them (perf)."""
import dataclasses
import shutil
import subprocess

import clients
import servers
from scenarios import AHP, EPOLL, POLL, SCENARIOS
from servers import Failure

NAME = "system-calls"
COLUMNS = [("system calls each", "system_calls", "{:.2f}"), ("waits each", "waits", "{:.3f}"),
           ("wake-ups each", "wakeups", "{:.3f}")]

# What libcurl asks about a single socket with poll(2) is no wait: it takes no time. Waking a loop is a byte to a socket
# of its own, or a number of eight to an eventfd.
EVENTS = [("system_calls", "raw_syscalls:sys_enter", None),
          ("waits", "syscalls:sys_enter_poll", "nfds > 1 || timeout_msecs != 0"),
          ("waits", "syscalls:sys_enter_epoll_wait", None),
          ("wakeups", "syscalls:sys_enter_sendto", "len == 1"),
          ("wakeups", "syscalls:sys_enter_write", "count == 1 || count == 8")]
IN_FLIGHT = (1, 64, 1000)


def perf_words(log):
    words = ["perf", "stat", "-x,", "-o", log]
    for _, event, filter_ in EVENTS:
        words += ["-e", event, *(["--filter", filter_] if filter_ else [])]
    return words


def is_possible(log):
    """perf may be missing, and the kernel may not let everybody count."""
    return shutil.which("perf") is not None and subprocess.run(
        [*map(str, perf_words(log)), "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        check=False).returncode == 0


def counts(words, bench, log):
    servers.run_json(servers.pinned(bench.cpu, [*perf_words(log), *words]), bench.limit)
    lines = [line for line in log.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    sums = {}
    try:
        for (name, _, _), line in zip(EVENTS, lines, strict=True):
            sums[name] = sums.get(name, 0) + int(line.partition(",")[0])
    except ValueError:
        raise Failure(f"perf counted nothing: {lines}") from None
    return sums


def measure_one(bench, client, scenario, log):
    """Of twice as many requests less those of once as many: without start-up and connecting."""
    fewer = max(scenario.c, int(3000 * bench.scale))
    with clients.start_server(bench, scenario) as server:
        base = server.base(scenario.scheme, scenario.host)
        sized = [dataclasses.replace(scenario, n=n, n_of={}) for n in (fewer, 2 * fewer)]
        once, twice = (counts(clients.command(bench, client, each, base, scale=1), bench, log) for each in sized)
    return {name: max(0.0, (twice[name] - once[name]) / fewer) for name in once}


def measure(bench):
    """A row for each client and number in flight: its name and a dictionary."""
    log = bench.folder / "perf.log"
    if not is_possible(log):
        return {}
    rows = {}
    for count in IN_FLIGHT:
        scenario = next(s for s in SCENARIOS if s.name == f"tiny-{count}")
        for client in (AHP, POLL, EPOLL):
            rows[f"{client}-{count}"] = {"what": f"{clients.TITLES[client]}, {count} in flight",
                                         **measure_one(bench, client, scenario, log)}
    return rows
