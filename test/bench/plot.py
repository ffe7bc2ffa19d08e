"""An SVG of CPU a request against requests in flight. Small, and always the same for the same figures."""
import math

from clients import TITLES
from scenarios import AHP, EPOLL, POLL

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 62, 112, 34, 48
# Told apart by colour and by dashes, and seen on white and on dark: mid-tones, as is the text.
LINES = {AHP: ("#1a8f5a", ""), POLL: ("#d1571d", "7 4"), EPOLL: ("#4f7fd6", "2 3")}
TEXT, GRID = "#808080", "#808080"


def points_of(results):
    """For each client its costs by requests in flight, of the scenarios tiny-N."""
    points = {}
    for (scenario, client) in results.rounds:
        if scenario.startswith("tiny-") and client in LINES:
            cost = results.median(scenario, client)
            points.setdefault(client, []).append((int(scenario.removeprefix("tiny-")), cost))
    return {client: sorted(points[client]) for client in LINES if client in points}


def ticks(least, most):
    """1, 2 and 5 times powers of ten that span the costs, for a logarithmic axis."""
    steps = [m * 10 ** e for e in range(-1, 6) for m in (1, 2, 5)]
    low = max((s for s in steps if s <= least), default=steps[0])
    high = min((s for s in steps if s >= most), default=steps[-1])
    return [s for s in steps if low <= s <= high]


def text(x, y, words, anchor="middle", more=""):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}"{more}>{words}</text>'


def label_places(ends):
    """Heights of the labels at the lines' ends, moved apart where they would overlap."""
    places, lowest = {}, -math.inf
    for client, y in sorted(ends.items(), key=lambda end: end[1]):
        lowest = places[client] = max(y, lowest + 15)
    return places


def svg(results):
    """None without figures of at least two numbers of requests in flight."""
    points = points_of(results)
    counts = sorted({c for line in points.values() for c, _ in line})
    if len(counts) < 2:
        return None
    costs = [cost for line in points.values() for _, cost in line]
    levels = ticks(min(costs), max(costs))
    low, high = math.log10(levels[0]), math.log10(max(levels[-1], levels[0] * 2))

    def x_of(count):
        first, last = math.log10(counts[0]), math.log10(counts[-1])
        return LEFT + (math.log10(count) - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y_of(cost):
        return HEIGHT - BOTTOM - (math.log10(cost) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
             f'font-size="12" fill="{TEXT}" role="img">',
             "<title>CPU microseconds a request against requests in flight to one host</title>",
             text(LEFT, 18, "CPU us a request, tiny body, one host (both axes logarithmic)", "start")]
    for level in levels:
        parts.append(f'<path d="M{LEFT} {y_of(level):.1f}H{WIDTH - RIGHT}" stroke="{GRID}" stroke-opacity="0.3"/>')
        parts.append(text(LEFT - 8, y_of(level) + 4, f"{level:g}", "end"))
    for count in counts:
        parts.append(f'<path d="M{x_of(count):.1f} {HEIGHT - BOTTOM}v5" stroke="{GRID}"/>')
        parts.append(text(x_of(count), HEIGHT - BOTTOM + 19, f"{count:d}"))
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "requests in flight"))
    labels = label_places({client: y_of(line[-1][1]) for client, line in points.items()})
    for client, line in points.items():
        colour, dashes = LINES[client]
        path = "L".join(f"{x_of(c):.1f} {y_of(cost):.1f}" for c, cost in line)
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        parts += [f'<circle cx="{x_of(c):.1f}" cy="{y_of(cost):.1f}" r="3" fill="{colour}"/>' for c, cost in line]
        parts.append(text(x_of(line[-1][0]) + 8, labels[client] + 4, TITLES[client], "start",
                          f' fill="{colour}" font-weight="bold"'))
    return "\n".join([*parts, "</svg>"]) + "\n"
