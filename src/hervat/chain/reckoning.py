"""The harm of a schedule: one reckoning, whoever asks. What a plan says of when crews are about each part is laid on the map, and the map
says when all is whole and what that costs; without a plan every crew has hands enough.

Harm is told in three parts that add up: what was done before the work of coming back begins, which no plan changes; what is done while all
comes back if every crew had hands enough; and what it costs that they have not.
"""

from collections.abc import Mapping

from msgspec import Struct

from hervat.chain.harm import total
from hervat.chain.impact import Model
from hervat.chain.propagation import Case, Hit
from hervat.chain.schedule import Times
from hervat.chain.work import Work


class Reckoned(Struct, frozen=True, kw_only=True):
    """The harm of a plan since the cut: `before` the work begins, `coming_back` with hands enough, what the `crews` cost beyond that."""

    before: float
    coming_back: float
    crews: float

    @property
    def harm(self) -> float:
        """All of it."""
        return self.before + self.coming_back + self.crews


def hits_of(model: Model, case: Case, work: Work, starts: Times) -> dict[str, Hit]:
    """What becomes of each part by a plan."""
    return model.network.hits(case, model.times, starts={task.of: case.begins + at for task, at in zip(work.tasks, starts, strict=True)})


def harm_by(model: Model, case: Case, work: Work, starts: Times) -> float:
    """The harm of a plan since the cut."""
    return total(model.harms_of(hits_of(model, case, work, starts)))


def harm_before(model: Model, case: Case, hits: Mapping[str, Hit]) -> float:
    """The part of it that was done when the work of coming back begins."""
    harms = model.harms_over_time
    return sum(harms[id].between(hit.lost, min(hit.whole, case.begins)).net for id, hit in hits.items() if id in harms)


def reckoned(model: Model, case: Case, harm: float) -> Reckoned:
    """The harm of a plan in its three parts."""
    hits = model.network.hits(case, model.times)
    enough, before = total(model.harms_of(hits)), harm_before(model, case, hits)
    return Reckoned(before=before, coming_back=enough - before, crews=harm - enough)
