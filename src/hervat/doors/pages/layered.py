"""The geometry of a map of parts in layers: whatever needs nothing stands at the left, and each part right of all that it needs.

Lengths are those of the drawing's own box, which the page scales as one; what stands in it is told in a table below as well.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

BOX_WIDTH, BOX_HEIGHT = 150, 30
_ACROSS, _DOWN, _MARGIN = 60, 12, 10


class Box(NamedTuple):
    """Where a part stands: its left upper corner, and its layer from the left."""

    id: str
    x: int
    y: int
    layer: int


class Drawing(NamedTuple):
    """The whole: its size, the boxes, and a curve for each pair of parts of which the first needs the second."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    curves: tuple[tuple[str, str, str], ...]


def drawn(order: Sequence[str], needs: Mapping[str, Sequence[str]]) -> Drawing:
    """Parts, each after all that it needs, in layers. Within a layer each stands near the middle of what it needs."""
    layer: dict[str, int] = {}
    for id in order:
        layer[id] = 1 + max((layer[on] for on in needs.get(id, ())), default=-1)
    columns: list[list[str]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for id in order:
        columns[layer[id]].append(id)
    row: dict[str, float] = {}
    for column in columns:
        middle = {id: _mean([row[on] for on in needs.get(id, ())]) for id in column}
        for number, id in enumerate(sorted(column, key=lambda id: (middle[id], id))):
            row[id] = float(number)
    boxes = {
        id: Box(id, _MARGIN + layer[id] * (BOX_WIDTH + _ACROSS), _MARGIN + int(row[id]) * (BOX_HEIGHT + _DOWN), layer[id]) for id in order
    }
    curves = tuple((id, on, _curve(boxes[on], boxes[id])) for id in order for on in dict.fromkeys(needs.get(id, ())))
    tallest = max((len(column) for column in columns), default=0)
    width = 2 * _MARGIN + len(columns) * (BOX_WIDTH + _ACROSS) - _ACROSS
    return Drawing(width, 2 * _MARGIN + tallest * (BOX_HEIGHT + _DOWN) - _DOWN, tuple(boxes.values()), curves)


def _mean(rows: Sequence[float]) -> float:
    return sum(rows) / len(rows) if rows else 0.0


def _curve(left: Box, right: Box) -> str:
    x1, y1 = left.x + BOX_WIDTH, left.y + BOX_HEIGHT // 2
    x2, y2 = right.x, right.y + BOX_HEIGHT // 2
    middle = (x1 + x2) // 2
    return f"M{x1},{y1} C{middle},{y1} {middle},{y2} {x2},{y2}"
