"""The bars of the project: what a figure may be at most beside another of the same run."""
import statistics
from dataclasses import dataclass

import limits
import lone
import micro
from scenarios import AHP, AHP_TWO, CLIENT, EASY, EPOLL, POLL, SCENARIOS

COST = "cpu_us_per_req"


@dataclass(frozen=True)
class Verdict:
    what: str
    value: float | None  # none: not measured
    bar: float
    at_least: bool = False

    @property
    def holds(self):
        if self.value is None:
            return None
        return self.value >= self.bar if self.at_least else self.value <= self.bar


class Results:
    """Rounds of results by scenario and client, and rounds of the rows of each other part."""

    def __init__(self, rounds, parts):
        self.rounds = rounds
        self.parts = parts

    def of(self, scenario, client):
        return self.rounds.get((scenario, client), [])

    def median(self, scenario, client, key=COST):
        values = [result[key] for result in self.of(scenario, client) if key in result]
        return statistics.median(values) if values else None

    def ratio(self, scenario, client, other_scenario, other_client, key=COST):
        """The median of the ratios of each round: neighbours in time share what disturbs them."""
        pairs = zip(self.of(scenario, client), self.of(other_scenario, other_client))
        ratios = [left[key] / right[key] for left, right in pairs if right[key] > 0]
        return statistics.median(ratios) if ratios else None

    def to_bare(self, scenario, loops):
        """Ours beside the cheapest of `loops`."""
        costs = {loop: cost for loop in loops if (cost := self.median(scenario, loop)) is not None}
        if len(costs) < len(loops):
            return None
        return self.ratio(scenario, AHP, scenario, min(costs, key=costs.get))

    def memory_ratio(self, scenario):
        """Of a held request, ours beside `raw poll`."""
        ours, theirs = (self.median(scenario, client, "held_kb_per_req") for client in (AHP, POLL))
        return ours / theirs if ours is not None and theirs else None

    def part_median(self, part, name, key):
        values = [rows[name][key] for rows in self.parts.get(part, []) if key in rows.get(name, {})]
        return statistics.median(values) if values else None


def cost_bars(results):
    better = (POLL, EPOLL)
    return [
        Verdict("tiny-64: beside `raw poll`", results.to_bare("tiny-64", (POLL,)), 1.3),
        Verdict("tiny-64: beside the better bare loop", results.to_bare("tiny-64", better), 1.05),
        Verdict("tiny-64: `Client` beside `ahp bench`", results.ratio("tiny-64", CLIENT, "tiny-64", AHP), 1.15),
        Verdict("body-100m: bytes a second of `Client` beside `raw easy`",
                results.ratio("body-100m", CLIENT, "body-100m", EASY, key="rps"), 0.9, at_least=True),
        Verdict("tiny-1000: beside the better bare loop", results.to_bare("tiny-1000", better), 0.9),
        Verdict("tiny-4000: beside `raw poll`", results.to_bare("tiny-4000", (POLL,)), 0.25),
        Verdict("tiny-10000: beside ours of tiny-64", results.ratio("tiny-10000", AHP, "tiny-64", AHP), 1.5),
        Verdict("held-2000: beside ours of held-0", results.ratio("held-2000", AHP, "held-0", AHP), 1.5),
        Verdict("held-4000: beside ours of held-0", results.ratio("held-4000", AHP, "held-0", AHP), 1.2),
        Verdict("held-4000: beside `raw poll`", results.to_bare("held-4000", (POLL,)), 0.02),
        Verdict("held-4000: memory of a held one beside `raw poll`", results.memory_ratio("held-4000"), 1.15),
        Verdict("h2-64: beside the better bare loop", results.to_bare("h2-64", better), 1.1),
    ]


def connection_bars(results):
    """Cold bursts, all of them: no client has a connection when it begins."""
    verdicts = []
    for scenario in SCENARIOS:
        if scenario.connections is not None:
            most = max((result["connections"] for result in results.of(scenario.name, AHP)), default=None)
            verdicts.append(Verdict(f"{scenario.name}: connections", most, scenario.connections))
        if scenario.name.startswith("late-"):
            # All that are in flight are on their way, or it is not what the name says.
            least = min((result["connections"] for result in results.of(scenario.name, AHP)), default=None)
            verdicts.append(Verdict(f"{scenario.name}: requests on their way", least, scenario.c, at_least=True))
    return verdicts


def thread_bars(results):
    return [
        Verdict("agents-text: requests a second of two agents beside one",
                results.ratio("agents-text", AHP_TWO, "agents-text", AHP, key="rps"), 1.7, at_least=True),
        Verdict("a lone request beside 4000 busy ones: p99 in turns of the loop",
                results.part_median(lone.NAME, "ahp-4000", "p99_turns"), 2),
        Verdict("a time limit beside 4000 busy requests: p99 of us that it is late",
                results.part_median(limits.NAME, "ahp-4000", "late_p99_us"), 50_000),
    ]


def micro_bars(results):
    def median(name, key):
        return results.part_median(micro.NAME, name, key)

    return [
        Verdict("enqueue by one thread, agent awake: ns", median("enqueue", "ns"), 300),
        Verdict("the same: system calls each", median("enqueue", "system_calls"), 0),
        Verdict("the same: wake-ups each", median("enqueue", "wakeups"), 0),
        Verdict("channel, 4 threads: million messages a second", median("channel-4", "million_per_s"), 3,
                at_least=True),
    ]


def all_bars(results):
    return [*cost_bars(results), *connection_bars(results), *thread_bars(results), *micro_bars(results)]
