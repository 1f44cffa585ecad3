"""What nobody may see: charges dismissed because the person should never have been a suspect, and what may be kept no longer.

- A dismissal on such a ground hides the charges it names from every answer, for every day one may ask about. Only a
  correction or retraction of that very message brings them back; a later decision of anyone does not.
- What acts of retention hide is told from outside (`besides`): it waits to be removed (ADR 16).
- A case whose charges are all hidden is hidden whole, and with it the emergency report that led to it.
- A judgment or order that names hidden charges alone is hidden too.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from hervat import kinds
from hervat.register.people import People
from hervat.register.told import Told


class HidingGround(NamedTuple):
    """A code of dismissal that hides, the first and last day on which it does (None: not known), how sure it is."""

    code: str
    since: date | None
    until: date | None
    certainty: str
    source: str


HIDING_GROUNDS = (
    HidingGround("01", None, None, "quoted", "Bjsg art. 7(1)(a)(1): wrongly made a suspect"),
    # Unverified: the rule is quoted, that its code is 09 is from memory.
    HidingGround("09", None, None, "unverified", "Bjsg art. 7(1)(a)(2): lawful use of force by an official"),
)


def hides(dismissal: kinds.CaseDismissed) -> bool:
    """Whether a dismissal is on a ground that hides."""
    return any(
        ground.code == dismissal.code
        and (ground.since is None or ground.since <= dismissal.decided_on)
        and (ground.until is None or dismissal.decided_on <= ground.until)
        for ground in HIDING_GROUNDS
    )


class Hidden:
    """What is hidden in a whole set of messages, of whatever date."""

    def __init__(self, whole: Told, people: People, besides: frozenset[tuple[str, int]] = frozenset()) -> None:
        """`charges`: (prosecution number, charge); `cases`: prosecution numbers; `reports`: (police report, SKN). `besides`: the charges
        that are hidden for another reason than a dismissal.
        """
        self.charges = besides.union(
            (said.data.pn, charge) for said in whole.of(kinds.CaseDismissed) if hides(said.data) for charge in said.data.charges
        )
        self.cases = self._cases(whole) if self.charges else frozenset[str]()
        self.reports = self._reports(whole, people) if self.cases else frozenset[tuple[str, str]]()

    def all(self, pn: str, charges: Iterable[int]) -> bool:
        """Whether every one of these charges of a case is hidden."""
        named = {(pn, charge) for charge in charges}
        return bool(named) and named <= self.charges

    def _cases(self, whole: Told) -> frozenset[str]:
        charges: dict[str, set[int]] = {pn: set() for pn, _ in self.charges}
        for said in whole.among(kinds.CaseRegistered, kinds.ChargesAmended):
            if said.data.pn in charges:
                charges[said.data.pn].update(charge.charge for charge in said.data.charges)
        return frozenset(pn for pn, numbers in charges.items() if self.all(pn, numbers))

    def _reports(self, whole: Told, people: People) -> frozenset[tuple[str, str]]:
        """Two suspects may share a police report: it is hidden only for those to whom the case was ever bound."""
        cases = [said.data for said in whole.of(kinds.CaseRegistered) if said.data.pn in self.cases]
        bound: dict[str, set[str]] = {pn: set() for pn in self.cases}
        for case in cases:
            bound[case.pn].update(people.all_of(case.skn))
        for move in whole.of(kinds.CaseReattributed):
            if move.data.pn in bound:
                bound[move.data.pn].update(people.all_of(move.data.to))
        return frozenset((case.police_report, skn) for case in cases if case.police_report for skn in bound[case.pn])


def nothing(whole: Told, people: People) -> Hidden:
    """For whoever looks at what is kept, and not at what is shown: nothing is hidden."""
    return Hidden(Told(()), people)
