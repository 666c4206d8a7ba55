"""Draws values over time as SVG 1.1: panels one above the other with a common time axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _PANEL, _LEFT, _RIGHT, _LINE, _GAP = 900, 110, 70, 30, 18, 34
_COLOURS = ("#1b6ca8", "#c8553d", "#5a8f3c", "#7d5ba6")
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#333}.t{font-weight:600}.f{fill:#f4c95d;opacity:.35}"
    ".k{stroke:#999;stroke-dasharray:1 3}.g{stroke:#ddd}polyline{fill:none;stroke-width:1.4}"
)


@dataclass(frozen=True, slots=True)
class Panel:
    """One diagram with ``lines`` of (name, value at each time)."""

    title: str
    lines: Sequence[tuple[str, Sequence[float]]]


def picture(
    words: Sequence[str],
    minutes: Sequence[float],
    panels: Sequence[Panel],
    spans: Sequence[tuple[float, float]] = (),
    moments: Sequence[float] = (),
) -> str:
    """An SVG file as text. ``words`` are lines above the panels. ``spans`` (from, to) are shaded, and ``moments`` are
    dotted lines; both in minutes."""
    above = _LINE * len(words) + 36
    height = above + len(panels) * (_PANEL + _GAP) + 10
    longest = max(minutes[-1], 1e-9)

    def x(minute: float) -> float:
        return _LEFT + minute / longest * (_WIDTH - _LEFT - _RIGHT)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">',
        f"<title>{escape(words[0])}</title><style>{_STYLE}</style>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
    ]
    parts += [
        f'<text x="{_LEFT}" y="{_LINE * number + 2}">{escape(line)}</text>' for number, line in enumerate(words, 1)
    ]
    for number, panel in enumerate(panels):
        top = above + number * (_PANEL + _GAP)
        shaded = ((x(begin), x(end) - x(begin)) for begin, end in spans)
        parts += [
            f'<rect class="f" x="{at:.1f}" y="{top}" width="{wide:.1f}" height="{_PANEL}"/>' for at, wide in shaded
        ]
        parts += [f'<path class="k" d="M{x(moment):.1f} {top}v{_PANEL}"/>' for moment in moments]
        parts += _diagram(panel, [x(minute) for minute in minutes], top)
    for part in range(7):
        minute = longest * part / 6
        parts.append(f'<text x="{x(minute):.0f}" y="{height - 14}" text-anchor="middle">{minute:.0f} min</text>')
    return "\n".join([*parts, "</svg>", ""])


def _diagram(panel: Panel, across: Sequence[float], top: int) -> list[str]:
    most = _round_up(max((max(values, default=0) for _, values in panel.lines), default=0))
    parts = []
    for share in (0.0, 0.5, 1.0):
        level = top + _PANEL * (1 - share)
        parts.append(f'<path class="g" d="M{_LEFT} {level:.1f}H{_WIDTH - _RIGHT}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{level + 4:.1f}" text-anchor="end">{most * share:g}</text>')
    names = []
    for number, (name, values) in enumerate(panel.lines):
        colour = _COLOURS[number % len(_COLOURS)]
        points = " ".join(
            f"{at:.1f},{top + _PANEL * (1 - value / most):.1f}" for at, value in zip(across, values, strict=True)
        )
        parts.append(f'<polyline points="{points}" stroke="{colour}"/>')
        names.append(f'<tspan fill="{colour}"> ▬ {escape(name)}</tspan>')
    parts.append(
        f'<text x="{_LEFT}" y="{top - 6}"><tspan class="t">{escape(panel.title)}</tspan>{"".join(names)}</text>'
    )
    return parts


def _round_up(value: float) -> float:
    """The least of 1, 2, 4, 5, 10, 20, 40 … that is at least ``value``."""
    scale = 1.0
    while scale * 10 < value:
        scale *= 10
    return next(scale * step for step in (1, 2, 4, 5, 10) if scale * step >= value)
