"""Weighing: what the law says of a signal. It proposes the order of the work and what may lawfully follow; a person decides."""

from collections.abc import Iterable, Iterator
from datetime import date

from msgspec import Struct

from hervat.consumers.offences import offence_of
from hervat.consumers.screening.enrolment import Enrolment
from hervat.consumers.screening.worklist import Work
from hervat.law import screening as law
from hervat.law.rule import Horizon, Result
from hervat.law.screening.population import Concern
from hervat.law.screening.ranking import Severity, Weight

_HEAVIEST = (0, 0, 0)


class Weighed(Struct, frozen=True, kw_only=True):
    """A signal with what the law says of it: whether it concerns the enrolment and what may follow, and of each charge how heavy it is."""

    work: Work
    concern: Result[Concern]
    severities: tuple[Result[Severity], ...]

    @property
    def weights(self) -> tuple[Weight | None, ...]:
        """How heavy each charge is; None where that cannot be said."""
        return tuple(None if one.value is None else one.value.weight for one in self.severities)

    @property
    def rank(self) -> tuple[tuple[int, ...], int]:
        """Of two signals the one with the lower rank comes first: the heaviest charge, and then the latest change."""
        ranks = [one.value.rank for one in self.severities if one.value is not None]
        # What nobody can weigh is looked at first.
        heaviest = min(ranks, default=_HEAVIEST) if len(ranks) == len(self.severities) else _HEAVIEST
        return heaviest, -(self.work.on or date.min).toordinal()


def weighed(works: Iterable[Work], today: date, horizon: Horizon | None = None) -> list[Weighed]:
    """The signals with what the law says of them on a day, worst first."""
    return sorted((_weigh(work, today, horizon) for work in works), key=lambda one: one.rank)


def _weigh(work: Work, today: date, horizon: Horizon | None) -> Weighed:
    enrolment = _enrolment(work.enrolment, work.signal.enrolment)
    change = law.Change(on=work.on, known_on=work.known_on, position=work.signal.version)
    return Weighed(
        work=work,
        concern=law.concerns(enrolment, change, on=today, horizon=horizon),
        severities=tuple(law.severity(offence, enrolment, on=today, horizon=horizon) for offence in _offences(work)),
    )


def _offences(work: Work) -> Iterator[law.Offence]:
    """What a signal is about: its charges, or what the police reported."""
    version, report = work.signal.version, work.report
    yield from (offence_of(charge, version) for charge in work.charges)
    if report is not None:
        article = law.NONE if report.article is None else report.article
        days = report.period
        yield law.Offence(article=article, category=report.category, from_=days.from_, to=days.to, position=version)


def _enrolment(enrolment: Enrolment | None, position: int) -> law.Enrolment:
    if enrolment is None:
        return law.Enrolment(position=position)
    until = law.NONE if enrolment.until is None else enrolment.until
    return law.Enrolment(sector=enrolment.sector, from_=enrolment.since, until=until, position=position)
