"""The pages of the exchange: every partner with its ways and its link; and for one partner a desk with its own and nobody else's.

- *Exceptions* are what a person there must correct: refused messages, with the place of the fault, and conflicts. *Tasks* are what waits
  for nobody's mistake: numbers that are missing, messages that wait for others.
- A correction is made ready as far as it can be without the content: the sender puts the whole new data in it.
"""

import json
from itertools import islice
from typing import Any

from litestar import Response, get
from litestar.exceptions import NotFoundException

from hervat.assemble import Node
from hervat.dispatch.ways import Ways
from hervat.doors.pages.desk import Asked, Desk, whole
from hervat.doors.pages.held import page_of
from hervat.doors.pages.wording import Wording
from hervat.doors.words import short
from hervat.exchanging import Exchange
from hervat.intake.preparing import read_refusal
from hervat.intake.quarantine import lanes_of, oin_of
from hervat.journal.entry import open_entry
from hervat.journal.proof import receipt_of
from hervat.partner import Partner

_LISTED = 100
RECEIPTS = 1000


@get("/partners", sync_to_thread=True)
def partners(desk: Desk, language: str) -> Response[str]:
    """Every partner: its link, what goes to it, and how many of its messages are held or refused."""
    with desk.pages.node() as node:
        roster, standing, sums = node.roster().now, _standing(node), _sums(node)
        ways = Ways.of(node.store, node.keys, node.position)
        listed = [
            {"oin": one.oin, "name": one.name, "roles": one.roles, "cut": ways.cut_since(one.oin), "has_door": one.address is not None}
            | sums.get(one.oin, {"received": 0, "held": 0, "refused": 0, "missing": 0})
            | {"to_go": sum(way["to_go"] or 0 for way in standing.get(one.oin, [])), "ways": len(standing.get(one.oin, []))}
            for one in roster
        ]
    return desk.pages.render(language, "partners.html.j2", "/partners", listed=listed)


@get("/partners/{oin:str}", sync_to_thread=True)
def one_partner(request: Asked, desk: Desk, language: str, oin: str) -> Response[str]:
    """The desk of one partner: only its own feeds."""
    with desk.pages.node() as node:
        partner = _known(node, oin)
        shown = _desk(node, partner, desk.pages.words(language), whole(request.query_params.get("after")))
    return desk.pages.render(language, "partner.html.j2", f"/partners/{oin}", partner=partner, **shown)


@get("/partners/{oin:str}/receipts", sync_to_thread=True)
def partner_receipts(desk: Desk, oin: str) -> Response[bytes]:
    """The custody receipts of the last messages of a partner, one a line, as they were signed."""
    with desk.pages.node() as node:
        _known(node, oin)
        lines = _receipts(node, oin)
    headers = {"Content-Disposition": f'attachment; filename="receipts-{oin}.jsonl"'}
    return Response(b"".join(line + b"\n" for line in lines), media_type="application/jsonl", headers=headers)


def _known(node: Node, oin: str) -> Partner:
    partner = node.roster().now.get(oin)
    if partner is None:
        raise NotFoundException
    return partner


def _standing(node: Node) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for way in Exchange(node, "").standing():
        found.setdefault(way["partner"], []).append(way | {"system": short(way["source"])})
    return found


def _sums(node: Node) -> dict[str, dict[str, int]]:
    """By organisation how many of its messages are here, held and refused, and how many are missing below the highest that is here."""
    found: dict[str, dict[str, int]] = {}
    for row in node.horizon():
        sums = found.setdefault(oin_of(row["source"]) or "", {"received": 0, "held": 0, "refused": 0, "missing": 0})
        for name in ("received", "held", "refused"):
            sums[name] += row[name]
        sums["missing"] += sum(gap["last"] - gap["first"] + 1 for gap in row["gaps"])
    return found


def _desk(node: Node, partner: Partner, words: Wording, after: int) -> dict[str, Any]:
    """What its page shows; of what was refused, a page from above a position."""
    own = [row | {"system": short(row["source"])} for row in node.horizon() if oin_of(row["source"]) == partner.oin]
    lanes = lanes_of(node.store, node.keys, node.position)
    waiting = [one for row in own for one in page_of(node, words, reason=None, source=row["source"], after=0)["shown"]]
    refused = list(islice((one for one in _refused(node, partner.oin) if one["position"] > after), _LISTED + 1))
    conflicts = [one for one in node.conflicts() if one["open"] and oin_of(one["source"] or "") == partner.oin]
    return {
        "cut": Ways.of(node.store, node.keys, node.position).cut_since(partner.oin),
        "lane": lanes.opened.get(partner.oin),
        "ways": _standing(node).get(partner.oin, []),
        "feeds": own,
        "refused": refused[:_LISTED],
        "all_refused": sum(row["refused"] for row in own),
        "next": refused[_LISTED - 1]["position"] if len(refused) > _LISTED else None,
        "conflicts": [one | {"system": short(one["source"])} for one in conflicts[:_LISTED]],
        "waiting": sorted(waiting, key=lambda one: int(one["position"]))[:_LISTED],
        "receipts": min(RECEIPTS, sum(row["received"] for row in own)),
    }


def _refused(node: Node, oin: str) -> Any:
    """What was refused of an organisation, with the place of the fault and a correction that is made ready."""
    names = {feed.number: feed.name for feed in node.store.feeds()}
    for row in node.store.refused():
        source = names[row.source]
        if oin_of(source) == oin and row.refusal is not None:
            why = read_refusal(row.refusal)
            told = {"position": row.position, "system": short(source), "id": row.id, "kind": row.kind, "sequence": row.sequence}
            yield told | {"code": why.code, "path": why.path, "reason": why.reason, "correction": _correction(source, row.id)}


def _correction(source: str, id: str | None) -> str | None:
    """The message that corrects one, without what only its sender knows; None for one that cannot be named."""
    if id is None:
        return None
    data = {"corrects": {"source": source, "id": id}, "data": {}}
    message = {"specversion": "1.0", "source": source, "type": "nl.hervat.message-corrected.v1", "sequencetype": "Integer", "data": data}
    return json.dumps(message, indent=2)


def _receipts(node: Node, oin: str) -> list[bytes]:
    lines: list[bytes] = []
    for feed in node.store.feeds():
        if oin_of(feed.name) != oin:
            continue
        positions = node.store.sequence_run(feed.number, max(1, feed.highest - RECEIPTS + 1), feed.highest)
        entries = node.store.entries_at(positions.values())
        lines += [receipt_of(node.keys, open_entry(node.keys, entries[at]), entries[at].leaf) for _, at in sorted(positions.items())]
    return lines[-RECEIPTS:]
