"""What was done about what reads differently by now, in words, and whether the very same was closed already."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from hervat.assemble import Node
from hervat.certifying import Certificates
from hervat.consumers.certificates.again import CLOSED_AGAIN, OPENED_AGAIN, ClosedAgain, OpenedAgain, Told, read_again
from hervat.consumers.disclosure.comparing import CLOSED, COMPARED, Holding, read_closed, read_compared
from hervat.disclosing import Disclosing
from hervat.doors.acts.certifying import CertificateClosing
from hervat.doors.acts.disclosing import DisclosureClosing
from hervat.doors.pages.wording import Wording
from hervat.errors import NotSo
from hervat.journal.acts import act_in, acts_at
from hervat.journal.entry import Opened

AGAIN = (OPENED_AGAIN, CLOSED_AGAIN, COMPARED, CLOSED)
"""The kinds of acts that tell what reads differently, and that close it."""
_WHAT = "act on what reads differently"
Act = TypeVar("Act")


def again_in_words(node: Node, opened: Opened, words: Wording) -> str:
    """What such an act did, as a sentence. A large step is several acts in a row, from where it began, behind `through`, to the last."""
    kind, position = opened.meta.kind, opened.meta.position
    if kind == CLOSED:
        return words("acts.disclosure_closed")
    if kind == COMPARED:
        compared = act_in(opened, read_compared, _WHAT)
        parts = _parts(node, COMPARED, compared.through, position, read_compared)
        return words("acts.compared", n=sum(len(part.differences) for part in parts))
    act = act_in(opened, read_again, _WHAT)
    if isinstance(act, ClosedAgain):
        return words("acts.again_closed", verdict=words.term("again_verdicts", act.verdict))
    says = [
        one.says
        for part in _parts(node, OPENED_AGAIN, act.through, position, read_again)
        if isinstance(part, OpenedAgain)
        for one in part.differences
    ]
    return words("acts.looked_again", opened=says.count("opened"), withdrawn=says.count("withdrawn"))


def _parts(node: Node, kind: str, through: int, position: int, read: Callable[[bytes], Act]) -> Iterator[Act]:
    places = [at for at in node.store.acts(kind, position) if at > through]
    yield from (act for _, act in acts_at(node.store, node.keys, places, read, _WHAT))


def closed_before(node: Node, act: CertificateClosing | DisclosureClosing) -> int | None:
    """Where the very same difference, as it was told last, was closed in the very same way already."""
    try:
        return _certificate(node, act) if isinstance(act, CertificateClosing) else _disclosure(node, act)
    except NotSo:
        return None


def _certificate(node: Node, act: CertificateClosing) -> int | None:
    place, _, _ = Certificates(node).requested(act.application, node.position, act.source, act.place)
    told = Told(node.store, node.keys, node.position)
    for at, closed in _last_first(node, CLOSED_AGAIN, read_again):
        if isinstance(closed, ClosedAgain) and closed.application == place:
            as_seen = told.told_at[closed.decision] == act.told_at and told.last[closed.decision].basis == closed.basis
            return at if as_seen and (closed.verdict, closed.by, closed.ground) == (act.verdict, act.by, act.ground) else None
    return None


def _disclosure(node: Node, act: DisclosureClosing) -> int | None:
    request = Disclosing(node).request(act.request, act.source).position
    holding = Holding.up_to(node.store, node.keys, node.position)
    if request not in holding.closed or holding.told[request][0] != act.told_at:
        return None
    for at, closed in _last_first(node, CLOSED, read_closed):
        if closed.request == request:
            return at if (closed.by, closed.ground) == (act.by, act.ground) else None
    return None


def _last_first(node: Node, kind: str, read: Callable[[bytes], Act]) -> Iterator[tuple[int, Act]]:
    places = sorted(node.store.acts(kind, node.position), reverse=True)
    yield from acts_at(node.store, node.keys, places, read, _WHAT)
