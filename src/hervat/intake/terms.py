"""The terms on which messages are judged: the partners and the emergency procedures, at every position of the journal.

Every act in `JUDGING_ACTS` changes them from its own position on, and no other act does: between two of these acts, messages can be judged
in any process and in any order.
"""

from typing import NamedTuple

from hervat.intake.partnering import PARTNER_ACTS, PartnerAct, change, kind_of, read_act, roster_of
from hervat.intake.proceeding import (
    PROCEDURE_ACTS,
    PROCEDURE_CLOSED,
    PROCEDURE_OPENED,
    ProcedureAct,
    ProcedureClosed,
    ProcedureOpened,
    procedures_of,
    proceed,
    read_procedure_act,
)
from hervat.journal.entry import Opened
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store
from hervat.partner import Partners, Roster
from hervat.procedure import ProcedureRoster, Procedures

JUDGING_ACTS = (*PARTNER_ACTS, *PROCEDURE_ACTS)
"""The acts that change how messages are judged: whoever splits the journal to judge its parts apart splits it at these."""

JudgingAct = PartnerAct | ProcedureAct


class Terms(NamedTuple):
    """What messages are judged by at one position."""

    partners: Partners
    procedures: Procedures

    @classmethod
    def default(cls) -> "Terms":
        """The test organisations and the procedure that is built in."""
        return cls(Partners.default(), Procedures.default())


class Rosters(NamedTuple):
    """What messages are judged by at every position."""

    partners: Roster
    procedures: ProcedureRoster

    @property
    def now(self) -> Terms:
        """The terms after every act."""
        return Terms(self.partners.now, self.procedures.now)

    def at(self, position: int) -> Terms:
        """The terms in force at a position."""
        return Terms(self.partners.at(position), self.procedures.at(position))

    def change(self, act: JudgingAct, position: int) -> None:
        """Let an act hold from its position on."""
        if isinstance(act, ProcedureOpened | ProcedureClosed):
            proceed(self.procedures, act, position)
        else:
            change(self.partners, act, position)


def rosters_of(journal: Store, keys: NodeKeys, first: Partners, last: int) -> Rosters:
    """The terms at every position of a journal up to `last`; `first` are the partners at position 0."""
    return Rosters(roster_of(journal, keys, first, last), procedures_of(journal, keys, last))


def read_judging(opened: Opened) -> JudgingAct:
    """An act of `JUDGING_ACTS` as it lies in the journal; raises StoreFault where something else lies there."""
    return read_procedure_act(opened) if opened.meta.kind in PROCEDURE_ACTS else read_act(opened)


def kind_of_judging(act: JudgingAct) -> str:
    """The kind under which an act stands in the journal."""
    if isinstance(act, ProcedureOpened):
        return PROCEDURE_OPENED
    return PROCEDURE_CLOSED if isinstance(act, ProcedureClosed) else kind_of(act)
