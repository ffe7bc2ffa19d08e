"""What is measured: a table of scenarios."""
import fnmatch
import sys
from dataclasses import dataclass, field

AHP, POLL, EPOLL, POLL_BARE = "ahp", "raw-poll", "raw-epoll", "raw-poll-bare"
AHP_TWO = "ahp-2"  # with two agents
AHP_PLAIN = "ahp-plain"  # with malloc as it is
# A `Client`, and one easy handle that libcurl drives by itself.
CLIENT, EASY = "client", "raw-easy"
CLIENTS = [AHP, AHP_TWO, AHP_PLAIN, CLIENT, POLL, EPOLL, POLL_BARE, EASY]
HOLD_MS = 120_000
WITH_PLAIN = (AHP, AHP_PLAIN, POLL, EPOLL)


@dataclass(frozen=True)
class Scenario:
    name: str
    what: str
    n: int  # requests of a run
    c: int  # in flight
    server: str = "nginx"  # or hold
    scheme: str = "http"
    path: str = "/tiny"
    host: str = "127.0.0.1"  # with ranges, as `ahp bench` takes them
    hold: int = 0  # more requests, whose answers do not come
    resumable: bool = True  # whether the server resumes TLS sessions
    # Options of the library, by their names; clients.py knows what they are called for the bare loops.
    options: dict = field(default_factory=dict)
    connections: int | None = None  # that the server should see
    clients: tuple = (AHP, POLL, EPOLL)
    cpus: str = "0"  # the client's; the server has 1
    n_of: dict = field(default_factory=dict)  # for clients that would take minutes

    def requests(self, client, scale):
        return max(self.c, int(self.n_of.get(client, self.n) * scale))


def tiny(n, c, what=None, **more):
    return Scenario(f"tiny-{c}", what or f"{c} in flight, one host", n, c, connections=c, **more)


def held(hold, **more):
    what = f"4 in flight, {hold} more held open" if hold else "4 in flight"
    return Scenario(f"held-{hold}", what, 20_000, 4, server="hold", hold=hold, **more)


def late(n, c, ms, **more):
    """10 000 answers a second: as many requests are on their way as that takes, whatever a client would rather."""
    return Scenario(f"late-{c}", f"{c} in flight, each answered after {ms} ms", n, c, server="hold", path=f"/hold/{ms}",
                    connections=c, **more)


HUNDRED_HOSTS = "127.0.1.[1-100]"


def agents(name, what, n, c, **more):
    return Scenario(f"agents-{name}", f"{what}, {c} in flight, 100 hosts", n, c, host=HUNDRED_HOSTS,
                    clients=(AHP, AHP_TWO), cpus="0,1", **more)


SCENARIOS = [
    tiny(10_000, 1),
    tiny(30_000, 16),
    tiny(30_000, 64, clients=(AHP, AHP_PLAIN, CLIENT, POLL, EPOLL, POLL_BARE)),
    tiny(30_000, 256),
    tiny(40_000, 1000, clients=WITH_PLAIN),
    # 30 requests a connection, so that it is not connecting that is measured; three for the bare loops with 10 000, which
    # take a third of a millisecond for each.
    tiny(120_000, 4000, clients=WITH_PLAIN),
    tiny(300_000, 10_000, n_of={POLL: 30_000, EPOLL: 30_000}, clients=WITH_PLAIN),
    late(30_000, 64, 6),
    late(30_000, 1000, 100),
    late(60_000, 10_000, 1000, n_of={POLL: 20_000, EPOLL: 20_000}),
    Scenario("hosts-64", "64 in flight, 100 hosts", 30_000, 64, host=HUNDRED_HOSTS),
    Scenario("hosts-1000", "1000 in flight, 100 hosts", 40_000, 1000, host=HUNDRED_HOSTS),
    held(0),
    held(1000, n_of={POLL: 2000}),
    held(2000, clients=(AHP,)),
    held(4000, n_of={POLL: 1000}, clients=WITH_PLAIN),
    Scenario("body-100k", "bodies of 100 KiB, 32 in flight", 5000, 32, path="/100k", connections=32,
             clients=WITH_PLAIN),
    Scenario("body-100m", "bodies of 100 MiB, one after the other", 20, 1, path="/100m", clients=(CLIENT, EASY)),
    Scenario("tls-64", "TLS, HTTP/1.1, 64 in flight", 20_000, 64, scheme="https", options={"http_version": "http1_1"},
             connections=64),
    Scenario("h2-64", "TLS, HTTP/2, 64 in flight", 20_000, 64, scheme="https", connections=1),
    # The library has no more than 100 on a connection, if it is not told otherwise; bare loops have one connection.
    Scenario("h2-1000", "TLS, HTTP/2, 1000 in flight", 20_000, 1000, scheme="https", connections=10),
    Scenario("tls-new", "a new TLS connection each, 16 in flight", 1000, 16, scheme="https", resumable=False,
             options={"fresh_connection": True, "no_reuse": True, "http_version": "http1_1"}),
    Scenario("tls-resumed", "the same, sessions resumed", 1500, 16, scheme="https",
             options={"fresh_connection": True, "no_reuse": True, "http_version": "http1_1"}),
    agents("text", "compressed bodies of 1 MiB", 1000, 64, path="/text.gz"),
    agents("tiny", "tiny bodies", 40_000, 64),
    Scenario("once", "10 000 hosts once each, 64 in flight", 10_000, 64, host="127.1.[0-99].[1-100]"),
]


def matching(known, patterns, what):
    """Those of `known` that one of the comma separated globs names."""
    for pattern in patterns.split(","):
        if not fnmatch.filter(known, pattern):
            sys.exit(f"no {what} matches {pattern!r}; there are: {' '.join(known)}")
    return [name for name in known if any(fnmatch.fnmatch(name, pattern) for pattern in patterns.split(","))]
