"""A request that is alone with its host: how long until it is sent, and until it has its answer."""
import servers

NAME = "lone-request"
COLUMNS = [("to wire p50 us", "wire_p50_us", "{:.0f}"), ("p99", "wire_p99_us", "{:.0f}"),
           ("x bare p50", "wire_to_bare", "{:.2f}"), ("to end p50 us", "p50_us", "{:.0f}"), ("p99", "p99_us", "{:.0f}"),
           ("turn us", "turn_us", "{:.0f}"), ("p99 in turns", "p99_turns", "{:.1f}"),
           ("p99 in rounds", "p99_rounds", "{:.2f}"), ("connections", "connections", "{:.0f}")]

# Busy ones beside it, how many are measured, and by how many threads: with 4000 busy each takes a third of a second,
# and ten more do not matter. The bare loop would take seconds for each then.
LOADS = ((0, 2000, 1), (64, 1000, 1), (4000, 200, 10))
BARE_BUSY_MAX = 64


def row_of(result, client):
    row = {"what": f"{client}, {result['busy'] or 'none'} busy", **result}
    if result["turn_us"] and result["busy"]:
        row["p99_turns"] = result["p99_us"] / result["turn_us"]
        row["p99_rounds"] = result["p99_us"] / 1e6 * result["busy_rps"] / result["busy"]
    else:
        row.pop("turn_us")  # the bare loop has no probe for it, and an idle one no turns worth the name
    return row


def measure(bench):
    """A row for each number of busy requests: its name and a dictionary."""
    rows = {}
    with servers.hold_server(bench.hold_server, bench.folder) as quiet, \
            servers.hold_server(bench.hold_server, bench.folder) as busy_one:
        for busy, requests, threads in LOADS:
            for client in ("ahp", "raw") if busy <= BARE_BUSY_MAX else ("ahp",):
                count = max(threads, int(requests * bench.scale))
                words = [bench.lone_bench, client, quiet.base("http", "127.0.0.1"), count, threads,
                         busy_one.base("http", "127.0.0.1") + "/tiny", busy]
                before = quiet.hold_stats()["accepted"]
                [result] = servers.run_json(servers.pinned(bench.cpu, words), bench.limit)
                result["connections"] = quiet.hold_stats()["accepted"] - before - 1
                rows[f"{client}-{busy}"] = row_of(result, {"ahp": "ours", "raw": "bare loop"}[client])
            if (bare := rows.get(f"raw-{busy}")) is not None:
                rows[f"ahp-{busy}"]["wire_to_bare"] = rows[f"ahp-{busy}"]["wire_p50_us"] / bare["wire_p50_us"]
    return rows
