"""Draws what `benchmarks.scale --json` measured: `python -m benchmarks.plot MEASURES OUT.svg`."""

import json
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

WIDTH, HEIGHT, LEFT, TOP, GAP = 300, 190, 56, 34, 100
PANELS = [
    ("milliseconds a question, one core", [("p50_ms", "p50"), ("p95_ms", "p95")]),
    ("MB of memory", [("process_mb", "web process"), ("chroma_mb", "Chroma")]),
]
COLOURS = ("#1f5f8b", "#b3541e")
Row = dict[str, float]


def main(measures: str, out: str) -> None:
    rows = json.loads(Path(measures).read_text(encoding="utf-8"))
    panels = [
        _panel(rows, title, lines, at * (WIDTH + LEFT + GAP)) for at, (title, lines) in enumerate(PANELS)
    ]
    size = f'width="{2 * (WIDTH + LEFT + GAP)}" height="{HEIGHT + 2 * TOP + 20}"'
    style = 'font-family="sans-serif" font-size="12" fill="#222"'
    Path(out).write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n{"".join(panels)}</svg>\n',
        encoding="utf-8",
    )


def _panel(rows: Sequence[Row], title: str, lines: Sequence[tuple[str, str]], start: float) -> str:
    most = max(row[name] for row in rows for name, _ in lines) * 1.15
    low, high = (math.log10(end(row["passages"] for row in rows)) for end in (min, max))

    def place(row: Row, name: str) -> tuple[float, float]:
        share = (math.log10(row["passages"]) - low) / ((high - low) or 1)
        return start + LEFT + share * WIDTH, TOP + HEIGHT * (1 - row[name] / most)

    drawn = [
        f'<text x="{start + LEFT}" y="20" font-weight="bold">{title}</text>\n',
        _axes(rows, most, start, place),
    ]
    for (name, label), colour in zip(lines, COLOURS, strict=True):
        points = [place(row, name) for row in rows]
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        drawn.append(f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2"/>\n')
        for (x, y), row in zip(points, rows, strict=True):
            drawn.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>\n')
            is_over = row[name] == max(row[other] for other, _ in lines)
            level = y - 7 if is_over else y + 17
            drawn.append(f'<text x="{x:.1f}" y="{level:.1f}" text-anchor="middle">{row[name]:.0f}</text>\n')
        x, y = points[-1]
        drawn.append(f'<text x="{x + 18:.1f}" y="{y + 4:.1f}" fill="{colour}">{label}</text>\n')
    return "".join(drawn)


def _axes(
    rows: Sequence[Row], most: float, start: float, place: Callable[[Row, str], tuple[float, float]]
) -> str:
    bottom, left = TOP + HEIGHT, start + LEFT
    drawn = [f'<path d="M{left} {TOP}V{bottom}H{left + WIDTH}" fill="none" stroke="#888"/>\n']
    for row in rows:
        x, _ = place(row, "passages")
        drawn.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{row["passages"]:,}</text>\n')
    drawn.append(f'<text x="{left - 6}" y="{TOP + 5}" text-anchor="end">{most:.0f}</text>\n')
    drawn.append(f'<text x="{left - 6}" y="{bottom}" text-anchor="end">0</text>\n')
    return "".join(drawn)


if __name__ == "__main__":
    main(*sys.argv[1:])
