"""Who is who: which SKNs are one person, and under which SKN that person answers.

- A merge joins two SKNs for as long as no split undoes it, whatever the dates of the two.
- A person is a connected component. Its SKN is where the latest merge leads: from the `kept` of that merge one goes on,
  from each SKN by the latest merge that took it away, until one stays; a loop ends at the `kept` of its latest merge.
- Latest is by decided_on, then source, then sequence.
"""

from hervat import kinds
from hervat.register.told import Said, Told, grouped, last_by

Merge = Said[kinds.PersonsMerged]


class People:
    """The persons of a set of messages; only SKNs that were registered exist."""

    def __init__(self, told: Told) -> None:
        """`skns`: the SKNs of each person, by the one it answers under. A merge with an unknown SKN joins nothing."""
        known = {said.data.skn for said in told.of(kinds.PersonRegistered)}
        merges = [merge for merge in _standing(told) if merge.data.kept in known and merge.data.merged in known]
        root = _roots(known, merges)
        merges_of = grouped(merges, lambda merge: root[merge.data.kept])
        self.skns: dict[str, tuple[str, ...]] = {}
        for one, skns in grouped(sorted(known), lambda skn: root[skn]).items():
            self.skns[_answering(one, merges_of.get(one, []))] = tuple(skns)
        self._person = {skn: person for person, skns in self.skns.items() for skn in skns}

    def person(self, skn: str) -> str | None:
        """The SKN under which the person with this SKN answers; None for an SKN nobody registered."""
        return self._person.get(skn)

    def all_of(self, skn: str) -> tuple[str, ...]:
        """All SKNs of the person with this SKN; none for an SKN nobody registered."""
        return self.skns.get(self._person.get(skn, ""), ())


def _standing(told: Told) -> list[Merge]:
    """The merges that no split undoes."""
    undone = {(split.data.undoes.source, split.data.undoes.id) for split in told.of(kinds.PersonsSplit)}
    return [merge for merge in told.of(kinds.PersonsMerged) if (merge.source, merge.id) not in undone]


def _roots(known: set[str], merges: list[Merge]) -> dict[str, str]:
    """For each SKN one SKN that stands for its component (union by path halving)."""
    parent = {skn: skn for skn in known}

    def root(skn: str) -> str:
        while parent[skn] != skn:
            parent[skn] = parent[parent[skn]]
            skn = parent[skn]
        return skn

    for merge in merges:
        parent[root(merge.data.merged)] = root(merge.data.kept)
    return {skn: root(skn) for skn in known}


def _answering(root: str, merges: list[Merge]) -> str:
    """The SKN a component answers under, from its merges in the canonical order; without a merge it is its only SKN."""
    if not merges:
        return root
    leaves = last_by(merges, lambda merge: merge.data.merged)
    skn, walked = merges[-1].data.kept, list[str]()
    while skn in leaves and skn not in walked:
        walked.append(skn)
        skn = leaves[skn].data.kept
    if skn not in leaves:
        return skn
    loop = walked[walked.index(skn) :]
    return max((leaves[one] for one in loop), key=lambda merge: merge.rank).data.kept
