"""A request whose time limit is over: how late it ends."""
import servers

NAME = "time-limits"
COLUMNS = [("late p50 us", "late_p50_us", "{:.0f}"), ("p99", "late_p99_us", "{:.0f}"), ("most", "late_most_us", "{:.0f}"),
           ("busy req/s", "busy_rps", "{:.0f}")]

LOADS = (0, 64, 4000)  # busy ones beside it
REQUESTS = 400
THREADS = 10


def measure(bench):
    """A row for each number of busy requests: its name and a dictionary."""
    rows = {}
    with servers.hold_server(bench.hold_server, bench.folder) as silent, \
            servers.hold_server(bench.hold_server, bench.folder) as busy_one:
        for busy in LOADS:
            words = [bench.lone_bench, "limit", silent.base("http", "127.0.0.1"),
                     max(THREADS, int(REQUESTS * bench.scale)), THREADS, busy_one.base("http", "127.0.0.1") + "/tiny", busy]
            [result] = servers.run_json(servers.pinned(bench.cpu, words), bench.limit)
            rows[f"ahp-{busy}"] = {"what": f"{busy or 'none'} busy", **result}
            if result["late_least_us"] < 0:
                raise servers.Failure(f"a time limit was over before its time: {result}")
    return rows
