"""The table and the picture of docs/benchmarks.md."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

from tools.simulate.results import Result

_PANELS_IN_A_ROW = 2
_WIDTH, _HEIGHT = 400, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 20, 52, 44
_FONT = 'font-family="sans-serif" font-size="12"'
_COLOURS = {"submitted": "#1a73e8", "waiting": "#e8710a", "done": "#188038"}
_POINTS = 120
_MOST_LINES = 6

_COLUMNS: dict[str, Callable[[Result], str]] = {
    "videos": lambda each: each.case.name,
    "completed": lambda each: f"{each.completed:,}",
    "filtered": lambda each: f"{each.filtered:,}",
    "failed": lambda each: f"{each.failed:,}",
    "paid twice / lost": lambda each: f"{each.paid_twice} / {each.lost}",
    "refused (429)": lambda each: f"{each.refused:,} ({each.refused_percent:.1f} %)",
    "commits each": lambda each: f"{each.commits_each:.2f}",
    "longest record, kB": lambda each: f"{each.longest_record / 1000:.1f}",
    "interactive: longest wait, s": lambda each: f"{each.interactive_wait:.0f}",
    "all ended, min": lambda each: f"{each.seconds / 60:.1f}",
    "ideal, min": lambda each: f"{each.case.ideal_seconds / 60:.1f}",
    "first shown after, s": lambda each: f"{each.first_shown_after:.0f}",
    "filtered: reported within, s": lambda each: f"{each.filtered_reported_after:.0f}",
    "pace writes (most in 1 s)": lambda each: f"{each.pace_writes:,} ({each.pace_writes_at_once})",
    "messages / 503 / dead letters": lambda each: (
        f"{each.messages:,} / {each.postponed:,} / {each.dead_letters}"
    ),
}


def table(results: Sequence[Result]) -> str:
    """Return a Markdown table with a row for each case."""
    heads = list(_COLUMNS)
    rules = ["---", *["---:"] * (len(heads) - 1)]
    rows = [[cell(result) for cell in _COLUMNS.values()] for result in results]
    return "".join(f"| {' | '.join(row)} |\n" for row in (heads, rules, *rows))


def plot(results: Sequence[Result]) -> str:
    """Return an SVG of how many videos were submitted, waited and were done, a panel a case."""
    rows = (len(results) + 1) // _PANELS_IN_A_ROW
    width, height = _PANELS_IN_A_ROW * _WIDTH, rows * _HEIGHT
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {_FONT}>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for number, result in enumerate(results):
        row, column = divmod(number, _PANELS_IN_A_ROW)
        lines += [f'<g transform="translate({column * _WIDTH} {row * _HEIGHT})">']
        lines += [*_panel(result), "</g>"]
    return "\n".join([*lines, "</svg>", ""])


def _panel(result: Result) -> Iterator[str]:
    hours, most = result.seconds / 3600, result.case.videos
    yield f'<text x="{_LEFT}" y="20" font-weight="bold">{result.case.name}</text>'
    for place, (name, colour) in enumerate(_COLOURS.items()):
        yield f'<text x="{_LEFT + 80 * place}" y="38" fill="{colour}">{name}</text>'
    for value in range(0, most + 1, _round_step(most)):
        y = _y(value, most)
        yield f'<path d="M{_LEFT} {y}H{_WIDTH - _RIGHT}" stroke="#ddd"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{value:,}</text>'
    for half in range(int(hours * 2) + 1):
        x = _x(half / 2, hours)
        yield f'<text x="{x}" y="{_HEIGHT - 20}" text-anchor="middle">{half / 2:g} h</text>'
    moments = [result.seconds * (place / _POINTS) for place in range(_POINTS + 1)]
    counts = [_counts(result, second) for second in moments]
    for name, colour in _COLOURS.items():
        points = " ".join(
            f"{_x(second / 3600, hours)},{_y(count[name], most)}"
            for second, count in zip(moments, counts, strict=True)
        )
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'


def _counts(result: Result, second: float) -> dict[str, int]:
    created, submitted, done = (
        bisect_right(moments, second)
        for moments in (result.created_at, result.submitted_at, result.ended_at)
    )
    return {"submitted": submitted, "waiting": created - submitted, "done": done}


def _round_step(most: int) -> int:
    """Return 1, 2 or 5 times a power of ten, of which `most` holds about five."""
    power = int(10 ** (len(str(most)) - 1))
    steps = (max(power // 5, 1), max(power // 2, 1), power, 2 * power)
    return next(step for step in steps if most / step < _MOST_LINES)


def _x(hour: float, hours: float) -> float:
    return round(_LEFT + hour / hours * (_WIDTH - _LEFT - _RIGHT), 1)


def _y(count: int, most: int) -> float:
    return round(_HEIGHT - _BOTTOM - count / most * (_HEIGHT - _TOP - _BOTTOM), 1)
