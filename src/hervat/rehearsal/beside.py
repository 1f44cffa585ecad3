"""A register beside the world's own truth, charge by charge."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from hervat.assemble import Node
from hervat.rehearsal.letter import Run
from hervat.rehearsal.world import World


@dataclass(slots=True, frozen=True)
class Compared:
    """The register beside the world's own truth: how many charges were compared, and the first that differ."""

    charges: int
    hidden: int
    differences: tuple[str, ...]
    unexpectedly_held: tuple[str, ...]
    unexpectedly_refused: tuple[str, ...]

    @property
    def equal(self) -> bool:
        return not (self.differences or self.unexpectedly_held or self.unexpectedly_refused)


Told = tuple[str, str, date, date | None, str | None]
"""What is told of a charge: of whom, its outcome, the day of that, when it became final, and the code of a dismissal."""


class Differing(NamedTuple):
    """What a charge is and what the register shows; None where it is, or must be, shown to nobody."""

    known: Told | None
    shown: Told | None


def differing(world: World, run: Run) -> dict[tuple[str, int], Differing]:
    """Every charge, by its case and number, of which the register shows something else than the world's own book knows."""
    with Node.opened(run.where.url, keys=run.where.keys) as node:
        shown: dict[tuple[str, int], Told] = {
            (case.prosecution_number, one.charge): (person.skn, one.outcome, one.outcome_on, one.final_on, one.code)
            for person in node.persons()
            for case in person.cases
            for one in case.charges
        }
    known: dict[tuple[str, int], Told] = {
        place: (so.skn, so.outcome, so.outcome_on, so.final_on, so.code) for place, so in world.truth.items() if not so.hidden
    }
    return {
        place: Differing(known.get(place), shown.get(place))
        for place in sorted(known.keys() | shown.keys())
        if known.get(place) != shown.get(place)
    }


def compare(world: World, run: Run) -> Compared:
    """Every charge of the world's own book beside what the register shows; and what is held or refused beside what must be."""
    found = differing(world, run)
    differences = [
        f"{pn} charge {charge}: the world knows {one.known}, the register shows {one.shown}" for (pn, charge), one in found.items()
    ]
    held = {(one["source"], one["id"]) for one in run.held_at_end} ^ set(world.never_applied)
    refused = set(run.refused) ^ {name for name, truth in world.refused.items() if not truth.corrected}
    return Compared(
        charges=len(world.truth),
        hidden=sum(truth.hidden for truth in world.truth.values()),
        differences=tuple(differences[:20]),
        unexpectedly_held=tuple(sorted(f"{source} {id}" for source, id in held))[:20],
        unexpectedly_refused=tuple(sorted(f"{source} {id}" for source, id in refused))[:20],
    )
