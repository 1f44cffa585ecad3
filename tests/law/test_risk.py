"""Whether vulnerable people are concerned in an application."""

from datetime import date

import pytest

from hervat.law.book import replay
from hervat.law.certificates import Application, purpose, risk
from hervat.law.certificates.risk import may_concern_vulnerable
from hervat.law.value import Outcome

ON = date(2025, 9, 25)


@pytest.mark.parametrize(
    ("purposes", "outcome"),
    [
        (("profile 60",), Outcome.YES),
        (("aspect 21", "aspect 84"), Outcome.YES),
        (("profile 96", "aspect 84"), Outcome.YES),
        (("aspect 21", "aspect 22"), Outcome.NO),
        (("profile 85",), Outcome.NO),
        (("aspect 85",), Outcome.YES),
        (("profile 96",), Outcome.CANNOT_SAY),
        (("aspect 21", "aspect 63"), Outcome.CANNOT_SAY),
        ((), Outcome.CANNOT_SAY),
    ],
)
def test_what_no_list_has_may_concern_them(purposes: tuple[str, ...], outcome: Outcome) -> None:
    found = risk(Application(application="A", purposes=tuple(map(purpose, purposes)), on=ON), on=ON)
    assert (found.outcome, may_concern_vulnerable(found)) == (outcome, outcome is not Outcome.NO)
    assert found.document["notice"] is not None and replay(found.receipt()) == found.receipt()


def test_purposes_that_are_not_told_may_concern_them() -> None:
    assert may_concern_vulnerable(risk(Application(application="A", on=ON), on=ON))
