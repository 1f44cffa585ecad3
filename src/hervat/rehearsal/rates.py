"""How much there is of everything, each number with where it comes from.

- `published`: in a public source. `memory`: believed, not looked up. `invented`: chosen for this world; claims nothing.
- Volumes are national and a year unless their name says otherwise; a world of scale 1 lasts 70 days of it.
- The certificates are the one volume that is told and not sent: some 245,000 applications in 70 days would drown the
  rest, so `CERTIFICATES_SENT` are written as messages and `CERTIFICATES_TOLD` is only reported.
"""

from typing import NamedTuple


class Rate(NamedTuple):
    """A number and its provenance: "published <year>", "memory" or "invented"."""

    value: float
    provenance: str


PENALTY_ORDERS = Rate(100_600, "published 2024")
DISMISSALS = Rate(57_700, "published 2021")
COURT_DECISIONS = Rate(100_000, "memory")
IDENTITY_SETS = Rate(62_000, "published")
CERTIFICATES_TOLD = Rate(245_000, "published: 5,000 a working day, 49 working days")

LIVES_IN_70_DAYS = Rate(42_000, "invented: carries the outcomes above at some 1.4 cases a person")
FIRST_SEEN_LATE = Rate(0.84, "invented: makes the identity sets of 70 days come near the published volume")
DISMISSED_ORDINARILY = Rate(0.85, "invented: the share of the dismissals that the hard stories leave")
IN_CUSTODY = Rate(0.08, "invented: of the cases that are dismissed or judged")
NO_TITLE_TOLD = Rate(0.03, "invented: of those in custody, of whom the prison does not say when release is due")
PROLONGED = Rate(0.5, "invented: of the titles that run out")
RELEASED_BLIND = Rate(0.25, "invented: of the prolongations on paper in the blind window, of which the prison hears too late")
KEPT_BLIND = Rate(0.2, "invented: of those whose last title runs out in the blind window, whom the prison keeps to be sure")
HEARING_SCHEDULED = Rate(0.25, "invented: of the cases that are judged")
FILE_RELEASED = Rate(0.15, "invented: of the cases that are dismissed or judged")
ADVICE_ASKED = Rate(0.1, "invented: of the cases that are judged")
ADVICE_DELIVERED = Rate(0.9, "invented: of those asked for")
VICTIM_INFORMED = Rate(0.15, "invented: of the cases that are judged")
SUPERVISED = Rate(0.3, "invented: of the final judgments with a sentence to serve")
CHECKED_WRONGLY = Rate(0.1, "invented: of the days found by hand, which are a day off")
STILL_OPEN = Rate(0.08, "invented")
CERTIFICATES_SENT = Rate(4_000, "invented: what fits beside the rest")
KNOWN_APPLY = Rate(0.15, "invented: of those with a number here, who ask for a certificate; far above their share")
KNOWN_APPLICANTS = Rate(0.1, "invented: of those who ask for a certificate, whom the register knows; only the bench has them")
DISCLOSURES = Rate(1_500, "invented")
EXTRACTS = Rate(0.05, "invented: of the hearings, those for which the probation service asks for an extract")
FOREIGN_CONVICTIONS = Rate(1_200, "invented")
EMERGENCY_REPORTS = Rate(250, "invented")
SCREENED = Rate(300_000, "memory: 250,000 to 350,000")
STANDING = Rate(5_000, "invented: of those screened who are unknown here, what fits beside the rest; --screened gives more")
ENROLMENTS = Rate(2_400, "invented: the changes of 70 days among those screened")
SCREENED_LIFE_EVERY = Rate(40, "invented: one life in so many is enrolled in a screening, near their share in the people")
HARD_STORY_SCREENED = Rate(0.5, "invented: far above their share, so that each hard story is also one of screening")
IN_CHILDCARE = Rate(0.75, "invented")
ENROLLED_BEFORE = Rate(0.6, "invented: of those screened, who were so long before the cut")
TWO_JOBS = Rate(0.08, "invented")
ENROLMENT_RETRACTED = Rate(0.02, "invented")
ENROLMENT_CORRECTED = Rate(0.03, "invented")

ORDER_FINAL = Rate(0.60, "invented")
ORDER_EXECUTED = Rate(0.75, "invented: of those final")
ORDER_OPPOSED = Rate(0.05, "invented")
DISMISSED_CONDITIONALLY = Rate(0.08, "invented")
DISMISSED_WRONGLY_SUSPECTED = Rate(0.03, "invented: code 01")
DISMISSED_AFTER_SUMMONS = Rate(0.05, "invented")
ACQUITTED = Rate(0.09, "memory")
APPEALED = Rate(0.10, "invented")
JUDGMENT_FINAL = Rate(0.80, "invented: of those not appealed, where 14 days are over")
SENTENCE_STARTED = Rate(0.60, "invented: of those final with a sentence to serve")
SENTENCE_ENDED = Rate(0.40, "invented: of those started")
IDENTITY_ADDED = Rate(0.05, "invented")
DIED = Rate(0.004, "invented")

HARD_STORIES_EVERY = Rate(600, "invented: each hard story is told once in so many lives")
SUBJECT_GIVEN = Rate(0.95, "invented")
PREVIOUS_GIVEN = Rate(0.30, "invented: of messages that have one")
SALTED = Rate(0.05, "invented")
PLAINLY_WRITTEN = Rate(0.02, "invented: messages not written in canonical form")
CLOCK_BEHIND = Rate(0.01, "invented: messages whose clock ran up to ten minutes behind")
URGENT_DESK = Rate(0.06, "invented: court decisions entered next day by the courts' own desk")

OUT_OF_ORDER = Rate(0.15, "the bench of this project")
DUPLICATES = Rate(0.01, "the bench of this project")


class Volume(NamedTuple):
    """A volume that is told, the kind that carries it, and what it comes to at national scale in 70 days."""

    kind: str
    told: Rate
    in_70_days: float


def _yearly(kind: str, told: Rate) -> Volume:
    return Volume(kind, told, told.value * 70 / 365)


VOLUMES = (
    _yearly("penalty-order-issued", PENALTY_ORDERS),
    _yearly("case-dismissed", DISMISSALS),
    _yearly("judgment-given", COURT_DECISIONS),
    _yearly("person-registered", IDENTITY_SETS),
    Volume("certificate-requested", CERTIFICATES_TOLD, CERTIFICATES_TOLD.value),
)
