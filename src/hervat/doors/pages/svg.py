"""The geometry of the charts, drawn here and not in the browser: points and lengths in a box of 100 by 100.

A chart is stretched to its place on the page; words stand beside it in HTML, so that they keep their size on a narrow screen.
"""

from collections.abc import Sequence
from typing import Any

SIDE = 100.0
LAYERS = ("stock", "in_transit", "held")


def stacked(values: dict[str, int], longest: int) -> list[dict[str, Any]]:
    """The layers of one bar, side by side; `longest` is the sum that fills the whole box."""
    bars, x = [], 0.0
    for layer in LAYERS:
        width = SIDE * values[layer] / longest if longest else 0.0
        if width:
            bars.append({"layer": layer, "x": _round(x), "width": _round(width)})
        x += width
    return bars


def line(values: Sequence[int], base: int, top: int) -> str:
    """The points of a line from the left edge to the right, one for each value; at least two. `base` lies at the bottom."""
    step = SIDE / (len(values) - 1)
    return " ".join(f"{_round(index * step)},{_round(_y(value, base, top))}" for index, value in enumerate(values))


def between(upper: Sequence[int], lower: Sequence[int], base: int, top: int) -> str:
    """The outline of the band between two lines."""
    back = line(lower, base, top).split(" ")[::-1]
    return " ".join([line(upper, base, top), *back])


def bars(values: Sequence[int], top: int) -> list[dict[str, float]]:
    """One upright bar for each value, with a tenth of its place free on either side."""
    step = SIDE / len(values)
    width = _round(step * 0.8)
    tops = [_y(value, 0, top) for value in values]
    return [
        {"x": _round((index + 0.1) * step), "y": _round(y), "width": width, "height": _round(SIDE - y)}
        for index, y in enumerate(tops)
    ]


def _y(value: int, base: int, top: int) -> float:
    return SIDE - SIDE * (value - base) / (top - base) if top > base else SIDE


def _round(length: float) -> float:
    return round(length, 2)
