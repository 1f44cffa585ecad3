"""Nothing that people do is put down before its day has come: it would pass the days that somebody else has."""

from datetime import date, timedelta
from typing import Any

import pytest

from hervat.doors.acts.certifying import (
    CertificateConsultation,
    CertificateDecision,
    CertificateHearing,
    CertificateIntention,
    CertificateObjection,
    CertificateProposal,
    CertificateResumption,
    CertificatesLookedAgain,
    CertificateSuspension,
)
from hervat.doors.acts.disclosing import DisclosureGiving, DisclosureStep
from hervat.doors.acts.inspecting import CorrectionAsking, CorrectionEnding, SubjectInspection
from hervat.errors import Usage
from tests.rooms import certified
from tests.rooms.certified import NUMBER, ON
from tests.rooms.nodes import at, fresh
from tests.rooms.requested import FULL, request
from tests.rooms.test_disclosing import NOTHING, Telling

TOMORROW = ON + timedelta(days=1)
BY: dict[str, Any] = {"by": "x"}
GROUND = BY | {"ground": "y"}
OF = {"application": NUMBER}
ACTS: list[tuple[Any, dict[str, Any]]] = [
    (CertificateProposal, OF),
    (CertificateConsultation, OF | BY | {"consulted": "police"}),
    (CertificateIntention, OF | GROUND),
    (CertificateHearing, OF | BY),
    (CertificateDecision, OF | GROUND | {"outcome": "granted"}),
    (CertificateObjection, OF | BY),
    (CertificateSuspension, OF | GROUND),
    (CertificateResumption, OF | BY),
    (CertificatesLookedAgain, {}),
    (DisclosureGiving, BY | {"request": "R1", "supplied": NOTHING}),
    (DisclosureStep, {}),
    (SubjectInspection, {"skn": "S1"}),
    (CorrectionAsking, BY | {"message": 1, "wrong": "z"}),
    (CorrectionEnding, GROUND | {"asked": 1, "how": "refused"}),
]


@pytest.mark.parametrize(("act", "said"), ACTS, ids=[act.__name__ for act, _ in ACTS])
def test_an_act_of_a_day_to_come_is_not_done(act: Any, said: dict[str, Any]) -> None:
    with fresh("memory") as node:
        told = Telling(node, ON)
        node.receive(certified.all_of(certified.sealed([certified.registered(), certified.application()])))
        told.tell("ind", "disclosure-requested", request("R1", FULL, skn="S1"))
        before = node.position
        with pytest.raises(Usage, match=f"--on {TOMORROW} lies after today, {ON}"):
            act(on=TOMORROW, **said).done(node)
        assert node.position == before


def test_the_days_that_an_applicant_has_for_a_view_cannot_be_typed_away() -> None:
    with fresh("memory") as node:
        node.receive(certified.all_of(certified.sealed([certified.registered(), certified.application()])))
        done: list[tuple[Any, date, dict[str, Any]]] = [
            (CertificateProposal, ON, OF),
            (CertificateIntention, ON, OF | GROUND),
            (CertificateHearing, TOMORROW, OF | BY | {"none_by": TOMORROW}),
            (CertificateDecision, TOMORROW, OF | GROUND | {"outcome": "refused"}),
        ]
        for act, day, said in done[:2]:
            act(on=day, **said).done(at(node, ON))
        for act, day, said in done[2:]:
            with pytest.raises(Usage):
                act(on=day, **said).done(node)
        for act, day, said in done[2:]:
            assert act(on=day, **said).done(at(node, TOMORROW))["position"]
