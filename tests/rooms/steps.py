"""What a node is told, step by step: batches of messages, and in between the acts that what becomes of them hangs on.

- A ceiling is a source with what it admits; a change of partners is an OIN with its roles from then on, None where it is removed.
- Roles are drawn small: those of four organisations that send most, often their own.
"""

from datetime import timedelta

from hypothesis import strategies as st

from hervat.intake.ceilings import Ceiling
from tests.rooms.messages import FEEDS, START, message_sets, written_otherwise

Roles = tuple[str, ...]
Act = tuple[str, Ceiling | Roles | None]
Step = list[bytes] | Act

OINS = {FEEDS[feed].split(":")[3]: role for feed, role in (("skdb", "matching-authority"), ("gps", "prosecution"), ("grip", "court"))}

ceilings = st.one_of(
    st.just(Ceiling()),
    st.just(Ceiling(hold=True)),
    st.integers(0, 6).map(lambda sequence: Ceiling(sequence=sequence)),
    st.integers(0, 9).map(lambda hour: Ceiling(time=START + timedelta(hours=hour))),
)
ceiling_acts = st.tuples(st.sampled_from([FEEDS[name] for name in ("skdb", "gps", "gps", "grip")]), ceilings)


def _changes_of(oin: str) -> st.SearchStrategy[tuple[str, Roles | None]]:
    own = OINS[oin]
    roles = st.sampled_from((None, (), (own,), (own,), (own, "court"), ("prosecution", "court"), tuple(sorted(OINS.values()))))
    return st.tuples(st.just(oin), roles)


partner_acts = st.sampled_from(sorted(OINS)).flatmap(_changes_of)
acts: st.SearchStrategy[Act] = st.one_of(ceiling_acts, partner_acts)


@st.composite
def steps(draw: st.DrawFn, most: int = 9, sets: st.SearchStrategy[list[bytes]] | None = None) -> list[Step]:
    """A set (one of `message_sets`, or of `sets`) in any order and any batching, with acts in between and messages sent twice."""
    left = draw(st.permutations(draw(message_sets(most) if sets is None else sets)))
    taken: list[Step] = []
    while left:
        size = draw(st.integers(1, 6))
        batch, left = list(left[:size]), left[size:]
        if not draw(st.integers(0, 4)):
            batch.append(written_otherwise(batch[0]))
        taken.append(batch)
        if not draw(st.integers(0, 1)):
            taken.append(draw(acts))
    return taken
