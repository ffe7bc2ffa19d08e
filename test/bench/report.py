"""Tables for people, JSON for programs."""
import statistics

import calls
import limits
import lone
import micro
from clients import TITLES
from scenarios import AHP, EPOLL, POLL, SCENARIOS

OVERVIEW = (AHP, POLL, EPOLL)

COLUMNS = [("CPU us", "cpu_us_per_req", "{:.1f}"), ("best", "best", "{:.1f}"), ("x poll", "to_poll", "{:.2f}"),
           ("user", "user_us", "{:.1f}"), ("sys", "sys_us", "{:.1f}"), ("req/s", "rps", "{:.0f}"),
           ("p50 us", "p50_us", "{:.0f}"), ("p99 us", "p99_us", "{:.0f}"), ("peak MiB", "peak_mib", "{:.1f}"),
           ("KiB a held one", "held_kb_per_req", "{:.1f}"), ("connections", "connections", "{:.0f}"),
           ("foreign load", "foreign", "{:.0%}")]
PARTS = (micro, lone, limits, calls)  # tables of their own


def cells(columns, row):
    return [form.format(row[key]) if row.get(key) is not None else "-" for _, key, form in columns]


def table_lines(rows, markdown):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for number, row in enumerate(rows):
        cells_ = [text.ljust(width) if i == 0 else text.rjust(width) for i, (text, width) in enumerate(zip(row, widths))]
        yield "| " + " | ".join(cells_) + " |" if markdown else "  ".join(cells_)
        if number == 0 and markdown:
            yield "|" + "|".join("---" if i == 0 else "---:" for i in range(len(row))) + "|"


def print_table(head, rows, markdown):
    # A column without a single figure says nothing.
    kept = [i for i in range(len(head)) if i == 0 or any(row[i] != "-" for row in rows)]
    print(*table_lines([[row[i] for i in kept] for row in [head, *rows]], markdown), sep="\n", end="\n\n")


def summary(results, scenario, client):
    """The median of each number over the rounds."""
    rounds = results.of(scenario, client)
    if not rounds:
        return None
    keys = [key for key, value in rounds[0].items() if isinstance(value, (int, float))]
    row = {key: statistics.median(result[key] for result in rounds) for key in keys}
    row["best"] = min(result["cpu_us_per_req"] for result in rounds)
    row["foreign"] = max(result["foreign"] for result in rounds)
    row["peak_mib"] = row["rss_kb"] / 1024
    row["to_poll"] = results.ratio(scenario, client, scenario, POLL)
    return row


def summaries(results):
    """By scenario and client, in the order of the table."""
    rows = {}
    for scenario in SCENARIOS:
        of_scenario = {client: row for client in scenario.clients if (row := summary(results, scenario.name, client))}
        if of_scenario:
            rows[scenario.name] = of_scenario
    return rows


def part_summaries(results, part):
    rounds = results.parts.get(part)
    return {name: {key: results.part_median(part, name, key) if isinstance(value, (int, float)) else value
                   for key, value in row.items()}
            for name, row in (rounds[0] if rounds else {}).items()}


def number(value):
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def print_details(results):
    rows = summaries(results)
    for scenario in SCENARIOS:
        if scenario.name in rows:
            print(f"{scenario.name}: {scenario.what}\n")
            body = [[TITLES[client], *cells(COLUMNS, row)] for client, row in rows[scenario.name].items()]
            print_table(["client", *(title for title, _, _ in COLUMNS)], body, markdown=False)


def print_overview(results, markdown):
    """CPU a request of all clients, a row for each scenario."""
    def cell(form, value):
        return "-" if value is None else form.format(value)

    body = []
    for scenario in SCENARIOS:
        costs = [results.median(scenario.name, client) for client in OVERVIEW]
        if any(cost is not None for cost in costs):
            ratios = [results.ratio(scenario.name, AHP, scenario.name, client) for client in (POLL, EPOLL)]
            foreign = max(result["foreign"] for client in OVERVIEW for result in results.of(scenario.name, client))
            body.append([scenario.name, *(cell("{:.1f}", cost) for cost in costs),
                         *(cell("{:.2f}", ratio) for ratio in ratios), f"{foreign:.0%}"])
    if body:
        print_table(["CPU us a request", *(TITLES[client] for client in OVERVIEW), "ours / poll", "ours / epoll",
                     "foreign load"], body, markdown)


def print_report(results, verdicts, markdown):
    if not markdown:
        print_details(results)
    print_overview(results, markdown)
    for part in PARTS:
        body = [[row["what"], *cells(part.COLUMNS, row)] for row in part_summaries(results, part.NAME).values()]
        if body:
            print_table([part.NAME.replace("-", " "), *(title for title, _, _ in part.COLUMNS)], body, markdown)
    measured = [verdict for verdict in verdicts if verdict.value is not None]
    if measured:
        body = [[verdict.what, number(verdict.value), f"{'>=' if verdict.at_least else '<='} {number(verdict.bar)}",
                 "yes" if verdict.holds else "no"] for verdict in measured]
        print_table(["what", "ratio or figure", "bar", "holds"], body, markdown)


def to_json(results, verdicts, about):
    """All of it, rounds included."""
    return about | {
        "scenarios": {name: {"what": next(s.what for s in SCENARIOS if s.name == name), "median": of_scenario,
                             "rounds": {client: results.of(name, client) for client in of_scenario}}
                      for name, of_scenario in summaries(results).items()},
        **{part.NAME.replace("-", "_"): {"median": part_summaries(results, part.NAME),
                                         "rounds": results.parts.get(part.NAME, [])} for part in PARTS},
        "bars": [{"what": verdict.what, "value": verdict.value, "bar": verdict.bar,
                  "direction": "at least" if verdict.at_least else "at most", "holds": verdict.holds}
                 for verdict in verdicts],
    }
