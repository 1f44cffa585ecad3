"""What a node is told, step by step: batches of messages, and in between the acts that what becomes of them hangs on.

- A ceiling is a source with what it admits; a change of partners is an OIN with its roles from then on, None where it is removed; an
  emergency procedure is its name with all of it where it is opened, and with its last day where it is closed; of a quarantine, an OIN with
  what is done with its lane; of what is gone, a source and what its owner signed. An isolation, or what a restart decided, is itself.
- Roles are drawn small: those of four organisations that send most, often their own.
- An erasure is drawn before it is known what will be there: by numbers that choose among what is there then.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st
from msgspec import Raw

from hervat.intake.ceilings import Ceiling
from hervat.intake.switching import GovernedLink, Isolated, LinkMoved, RestartBegun, RestartEnded, SwitchAct
from hervat.procedure import CATEGORIES, EmergencyProcedure
from tests.rooms.messages import DAYS_OF_REPORTS, FEEDS, SKNS, START, message_sets, written_otherwise

Roles = tuple[str, ...]


@dataclass(frozen=True)
class Erasure:
    """All of a person, or else one of the messages that are there, whole (`part` 0) or one of its parts."""

    skn: str | None
    message: int = 0
    part: int = 0


@dataclass(frozen=True)
class Lane:
    """A lane is opened or closed; or what lies in it up to a position is let through, but for some positions."""

    opens: bool | None
    through: int = 99
    but: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Leaving:
    """What the owner of a source signs as erased before it was handed over: numbers, and the id of the message that each had."""

    gone: tuple[tuple[int, str | None], ...]


Act = tuple[str, Ceiling | Lane | Leaving | SwitchAct | Roles | EmergencyProcedure | date | None]
Step = list[bytes] | Act | Erasure

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

_names = st.sampled_from(("childcare-2025", "p", "q"))
_days = st.sampled_from(DAYS_OF_REPORTS).map(date.fromisoformat)


def _procedure(name: str, days: list[date], categories: list[str], ends: bool) -> EmergencyProcedure:
    scope = {"sectors": ("taxi",), "categories": tuple(categories), "receivers": ("x",), "purpose": f"for-{name}"}
    return EmergencyProcedure(name=name, authority="x", ground="x", from_=min(days), until=max(days) if ends else None, **scope)


_scopes = st.lists(st.sampled_from(CATEGORIES), min_size=1, unique=True)
openings = st.builds(_procedure, _names, st.lists(_days, min_size=2, max_size=2), _scopes, st.booleans()).map(lambda one: (one.name, one))
procedure_acts = st.one_of(openings, openings, st.tuples(_names, _days))
_positions = st.one_of(st.just(99), st.integers(1, 14))
_lanes = st.one_of(
    st.just(Lane(True)),
    st.just(Lane(False)),
    st.builds(Lane, st.none(), _positions, st.frozensets(st.integers(1, 14), max_size=3)),
    st.builds(Lane, st.none(), _positions, st.frozensets(st.integers(1, 14), max_size=3)),
)
lane_acts: st.SearchStrategy[Act] = st.tuples(st.sampled_from(sorted(OINS)), _lanes)
_SAID = {"by": "a test", "why": "a search"}
_LINKED = ("skdb", "gps", "gps", "grip", "cjib")
_links = st.lists(
    st.builds(
        lambda number, feed, kinds: GovernedLink(step=f"open-{number}", source=FEEDS[feed], kinds=tuple(kinds)),
        st.integers(1, 3),
        st.sampled_from(_LINKED),
        st.lists(st.sampled_from(("case-registered", "case-dismissed", "judgment-given", "person-registered")), max_size=2, unique=True),
    ),
    max_size=3,
    unique_by=lambda link: link.step,
)
_some_oins = st.lists(st.sampled_from(sorted(OINS)), unique=True).map(tuple)
_runs = st.sampled_from(("r", "r", "s"))
_moved_to = st.sampled_from(("held", "inbound", "replay", "replay", "catching-up", "live", "live"))
switch_acts: st.SearchStrategy[Act] = st.tuples(
    st.just(""),
    st.one_of(
        st.sampled_from((None, *sorted(OINS))).map(lambda oin: Isolated(oin=oin, **_SAID)),
        st.builds(
            lambda run, links, oins: RestartBegun(
                run=run, hash="0" * 64, plan=Raw(b"{}"), exercise=False, links=tuple(links),
                governs=tuple(sorted({*oins, *(link.source.split(":")[3] for link in links)})), **_SAID,
            ),
            _runs,
            _links,
            _some_oins,
        ),
        st.builds(
            lambda run, number, state, ceiling: LinkMoved(
                run=run, step=f"open-{number}", state=state, **_SAID,
                ceiling={"replay": ceiling, "catching-up": ceiling, "live": Ceiling()}.get(state, Ceiling(hold=True)),
            ),
            _runs,
            st.integers(1, 3),
            _moved_to,
            ceilings,
        ),
        st.builds(lambda outcome, oins: RestartEnded(run="r", outcome=outcome, frees=oins, **_SAID),
                  st.sampled_from(("completed", "aborted")), _some_oins),
    ),
)  # fmt: skip


def _leaving(feed: str) -> st.SearchStrategy[tuple[str, Leaving]]:
    """Some of the lowest numbers of a feed, of messages that come all the same or never do, or that others name as the one before them."""
    ids = st.sampled_from((None, f"{feed}-lost", f"{feed}-never", *(f"{feed}-{number}" for number in range(1, 5))))
    numbers = st.dictionaries(st.integers(1, 6), ids, min_size=1, max_size=3)
    return numbers.map(lambda gone: (FEEDS[feed], Leaving(tuple(sorted(gone.items())))))


leaving_acts: st.SearchStrategy[Act] = st.sampled_from(("skdb", "gps", "gps", "grip")).flatmap(_leaving)
acts: st.SearchStrategy[Act] = st.one_of(ceiling_acts, lane_acts, leaving_acts, partner_acts, procedure_acts, switch_acts)
_somewhere = st.integers(0, 11)
erasures = st.one_of(
    st.builds(Erasure, st.sampled_from(SKNS[:2] + SKNS)),
    st.builds(Erasure, st.none(), _somewhere, st.sampled_from((0, 0, 1, 2, 3))),
)


@st.composite
def steps(
    draw: st.DrawFn, most: int = 9, sets: st.SearchStrategy[list[bytes]] | None = None, *, erasing: bool = False
) -> list[Step]:
    """A set (one of `message_sets`, or of `sets`) in any order and any batching, with acts in between and messages sent twice; with
    `erasing`, erasures as well.
    """
    left = draw(st.permutations(draw(message_sets(most) if sets is None else sets)))
    between: st.SearchStrategy[Act | Erasure] = st.one_of(acts, erasures) if erasing else acts
    taken: list[Step] = []
    while left:
        size = draw(st.integers(1, 6))
        batch, left = list(left[:size]), left[size:]
        if not draw(st.integers(0, 4)):
            batch.append(written_otherwise(batch[0]))
        taken.append(batch)
        if not draw(st.integers(0, 1)):
            taken.append(draw(between))
    return taken


def in_pieces(draw: st.DrawFn, between: st.SearchStrategy[Act | Erasure]) -> list[Step]:
    """A set of messages in any order and batching, with up to two acts after each piece and three more at the end."""
    left, taken = draw(st.permutations(draw(message_sets(9)))), list[Step]()
    while left:
        size = draw(st.integers(1, 5))
        taken.append(list(left[:size]))
        left = left[size:]
        taken += draw(st.lists(between, max_size=2))
    return [*taken, *draw(st.lists(between, max_size=3))]
