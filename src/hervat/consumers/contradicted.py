"""Which contradictions may be told of a person: those that speak of nobody else, and of no case, judgment or order that is not shown."""

from collections.abc import Iterator

from hervat.register.record import Contradiction, Person

_OF_A_PERSON = frozenset(("person-given-again", "identity-given-again", "death-differs", "foreign-conviction-given-again"))


def own(person: Person) -> tuple[Contradiction, ...]:
    """Those of a person's contradictions. What tells from whom a case was taken, or of another case, is none of them."""
    begins = tuple(_begins(person))
    return tuple(one for one in person.contradictions if one.what in _OF_A_PERSON or one.detail.startswith(begins))


def _begins(person: Person) -> Iterator[str]:
    """How what is told of what is shown of the cases begins."""
    for case in person.cases:
        yield f"case {case.prosecution_number} was registered again"
        yield from (f"order {one.order} was issued again" for one in case.orders)
        for judgment in case.judgments:
            yield f"judgment {judgment.judgment} was given again"
            yield f"judgment {judgment.judgment} has no sentence "
        yield from (f"supervision on judgment {one.judgment} has no" for one in case.process if one.kind == "supervision-started")
        yield from (f"advice {one.advice} was requested again" for one in case.process if one.kind == "advice-requested")
