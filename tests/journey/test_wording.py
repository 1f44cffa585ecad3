"""The words of the pages: the same in both languages, all there, none left over; and colours that can be read."""

import re
import string
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec.structs import fields

from hervat import outcome
from hervat.batch import BATCH_TAKEN, DELIVERED, RECONNECTED
from hervat.chain.parts import GateName
from hervat.chain.plan import StepAct
from hervat.consumers.backlog import keyed
from hervat.consumers.backlog.readers import Ground
from hervat.consumers.certificates import again
from hervat.consumers.certificates.again import CLOSED_AGAIN, OPENED_AGAIN
from hervat.consumers.certificates.blindness import Why
from hervat.consumers.certificates.steps import Stage, Step
from hervat.consumers.custody import checked as custody
from hervat.consumers.custody.comparing import WHATS, Says
from hervat.consumers.custody.worklist import STATES
from hervat.consumers.disclosure.answer import How
from hervat.consumers.disclosure.comparing import CLOSED, COMPARED
from hervat.consumers.disclosure.given import DISCLOSED, Outcomes
from hervat.consumers.removed import HIDDEN, REMOVED
from hervat.consumers.retention import weighed as retention
from hervat.consumers.retention.acts import FORECAST
from hervat.consumers.retention.acts import SHOWN as SHOWN_AGAIN
from hervat.consumers.ruling import INTERIM_CLOSED, INTERIM_OPENED
from hervat.consumers.screening.assessment import ASSESSED, VERDICTS
from hervat.consumers.screening.daily import CHECKED
from hervat.consumers.screening.signal import SIGNALLED, Word
from hervat.consumers.subject.correcting import ASKED, ENDED
from hervat.consumers.subject.inspected import INSPECTED
from hervat.dispatch.bundle import PACKED, UNPACKED
from hervat.dispatch.ways import WAY_ACTS
from hervat.doors.pages.concerned import HOWS
from hervat.doors.pages.disclosures import known_words
from hervat.doors.pages.phases import SHAPES as OF_STATES
from hervat.doors.pages.restarting import FORMS as RESTART_FORMS
from hervat.doors.pages.stepping import FORMS
from hervat.emergency import ENDINGS
from hervat.intake.folding import CONFLICT, STEERING
from hervat.intake.rotated import ROTATION_ACTS
from hervat.intake.switching import LINK_STATES
from hervat.interim import APART, DOES, EVERY, RISKS
from hervat.kinds import KINDS
from hervat.law.book import RULES
from hervat.law.certificates.facts import OUTCOMES
from hervat.law.certificates.proposal import Proposal
from hervat.law.certificates.purposes import Group
from hervat.law.disclosure import Scope
from hervat.law.rule import Origin
from hervat.law.screening import population
from hervat.law.screening.ranking import Weight
from hervat.law.value import Certainty, Outcome
from hervat.needs import TABLE
from hervat.oversight.entries import CONSIDERED, SORTS, TIMELINE_ACTS
from hervat.procedure import CATEGORIES, SECTORS
from hervat.process import PROCESS
from hervat.quarantining import Flag
from hervat.register.changes import CHANGING
from hervat.register.purpose import REPORT
from hervat.register.record import Case, Charge, ForeignConviction, Judgment, Order
from hervat.restart.acts import RUN_ACTS

PAGES = Path(__file__).parents[2] / "src" / "hervat" / "doors" / "pages"
# What is handed out of a record, and what of it is no line of its own.
SHOWN = (Case, Charge, ForeignConviction, Judgment, Order)
NOT_SHOWN = {"message", "prosecution_number", "judgments", "orders", "process"}
# Tables that are asked by a name that comes from a message, a row or the law.
TERMS = tomllib.loads((PAGES / "texts" / "nl.terms.toml").read_text(encoding="utf-8")).keys()


def texts(language: str) -> dict[str, Any]:
    return tomllib.loads("\n".join((PAGES / "texts" / f"{language}{part}.toml").read_text(encoding="utf-8") for part in ("", ".terms")))


def places(text: str | dict[str, str]) -> set[str]:
    """What is filled in, whichever form is chosen; `n` need not stand in the form for one."""
    forms = [text] if isinstance(text, str) else [text["one"], text["other"]]
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name} - {"n"}


def test_both_languages_say_the_same_things() -> None:
    dutch, english = texts("nl"), texts("en")
    assert {table: sorted(words) for table, words in dutch.items()} == {table: sorted(words) for table, words in english.items()}
    for table, words in dutch.items():
        for key, text in words.items():
            assert (table, key, type(text)) == (table, key, type(english[table][key]))
            assert (table, key, places(text) - {"all"}) == (table, key, places(english[table][key]) - {"all"})


def test_every_term_of_the_register_has_words() -> None:
    words = texts("nl")
    assert words["kinds"].keys() == KINDS.keys()
    disclosing = {DISCLOSED, COMPARED, CLOSED, INSPECTED, ASKED, ENDED}
    deciding = {*(sort.__struct_config__.tag for sort in get_args(Step)), OPENED_AGAIN, CLOSED_AGAIN, INTERIM_OPENED, INTERIM_CLOSED}
    keeping = {FORECAST, HIDDEN, REMOVED, SHOWN_AGAIN}
    screening = {CHECKED, SIGNALLED, ASSESSED, custody.CHECKED}
    keying = {keyed.KEYED, keyed.COUNTED, keyed.SAMPLED, keyed.CHECKED}
    exchanging = {*WAY_ACTS, BATCH_TAKEN, DELIVERED, PACKED, UNPACKED, RECONNECTED}
    recording = {*TIMELINE_ACTS, CONSIDERED, *RUN_ACTS}
    told = {*recording, *screening, *disclosing, *deciding, *keeping, *keying, *exchanging}
    assert words["deeds"].keys() == {*STEERING, *ROTATION_ACTS, CONFLICT, *told}
    assert (words["papers"].keys(), words["twice"].keys()) == (set(get_args(keyed.State)), set(get_args(Ground)))
    assert (words["custody_states"].keys(), words["custody_found"].keys()) == (set(STATES), set(custody.FOUND))
    assert (words["custody_says"].keys(), words["custody_whats"].keys()) == (set(get_args(Says)), set(WHATS))
    assert words["incident_sorts"].keys() == set(SORTS.values())
    assert words["process"].keys() == {*PROCESS, "due", "no_due"}
    assert words["verdicts"].keys() == set(VERDICTS)
    assert (words["hows"].keys(), words["permitted"].keys()) == (set(get_args(Outcomes)), set(get_args(How)))
    assert (words["scopes"].keys(), words["windows"].keys(), words["holds"].keys()) == (set(Scope), set(Outcome), set(Outcome))
    assert words["rules"].keys() == set(retention.RULES)
    assert words["corrections"].keys() == set(HOWS)
    assert (words["receivers"].keys(), words["aims"].keys()) == tuple(map(set, known_words()))
    assert words["populations"].keys() == set(population.Case)
    assert words["weights"].keys() == set(Weight)
    assert (words["certainties"].keys(), words["answers"].keys()) == (set(Certainty), set(Outcome))
    assert words["families"].keys() == {name.partition(".")[0] for name in RULES}
    assert words["origins"].keys() == set(Origin) - {Origin.MESSAGE}
    assert (words["sectors"].keys(), words["categories"].keys()) == (set(SECTORS), set(CATEGORIES))
    assert (words["proposals"].keys(), words["stages"].keys()) == (set(Proposal), set(get_args(Stage)))
    assert (words["interim_does"].keys(), words["risks"].keys()) == (set(DOES), set(RISKS))
    assert (words["holds"].keys(), words["counting"].keys()) == (set(Outcome), {*Outcome, "older"})
    assert (words["groups"].keys(), words["ends"].keys()) == (set(Group), set(OUTCOMES))
    assert (words["gates"].keys(), words["restart_acts"].keys()) == (set(get_args(GateName)), set(get_args(StepAct)))
    assert words["restart_states"].keys() == OF_STATES.keys() == {*LINK_STATES, "waiting", "ready", "done"}
    assert words["restart_forms"].keys() == words["restart_press"].keys() == {*RESTART_FORMS, "let-on"}
    assert words["restart_go"].keys() == {*words["restart_forms"], "hand-in"}
    assert words["restart_sure"].keys() == {do for do, names in RESTART_FORMS.items() if "sure" in names}
    assert words["signatures"].keys() == set(get_args(Flag))
    assert words["blindness"].keys() == set(get_args(Why))
    assert words["steps"].keys() == words["recordings"].keys() == FORMS.keys()
    assert (words["again_verdicts"].keys(), words["answered"].keys()) == (set(again.VERDICTS), set(get_args(How)))
    assert words["fields"].keys() >= {field.encode_name for kind in SHOWN for field in fields(kind)} - {*NOT_SHOWN, "skn"}
    assert words["purposes"].keys() == {"profile", "aspect", EVERY, *APART}
    assert words["endings"].keys() == {*ENDINGS, *get_args(Word)}
    assert words["fields"].keys() >= {field.encode_name for kind in (*CHANGING, KINDS[REPORT]) for field in fields(kind)} - {"skn"}
    assert words["sentences"].keys() == set(get_args(outcome.SentenceKind))
    assert set(get_args(outcome.VerdictName)) < words["outcomes"].keys()
    sorts = {key.partition(":")[0] for rule in TABLE.values() for key in rule.gives + rule.needs}
    assert sorts | {"ceiling", "quarantine"} == words["keys"].keys()
    found = (PAGES.parents[1] / "register" / "contradictions.py").read_text(encoding="utf-8")
    assert set(re.findall(r'_found\("([a-z-]+)"', found)) == words["contradictions"].keys()


def test_no_word_is_left_over() -> None:
    written = "\n".join(path.read_text(encoding="utf-8") for path in sorted(PAGES.rglob("*")) if path.suffix in (".py", ".j2"))
    asked = set(re.findall(r"'([a-z_]+\.[a-z_0-9]+)'|\"([a-z_]+\.[a-z_0-9]+)\"", written))
    known = {one or other for one, other in asked}
    prefixes = tuple(re.findall(r"['\"]([a-z_]+\.)(?:['\"] ~|\{)", written))
    unused = [
        f"{table}.{key}"
        for table, words in texts("nl").items()
        if table not in TERMS
        for key in words
        if f"{table}.{key}" not in known and not f"{table}.{key}".startswith(prefixes)
    ]
    assert unused == []


GROUNDS = ("ground", "ground-raised", "ground-grave")
READ = [("text", 4.5), ("text-muted", 4.5), ("text-grave", 4.5), ("link", 4.5)]
SHAPES = ("line-field", "focus", "action", "layer-stock", "layer-in-transit", "layer-held", "received", "applied")
SEEN = [(name, 3.0) for name in SHAPES]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_can_be_read(scheme: str) -> None:
    light, dark = (PAGES / "static" / "theme.css").read_text(encoding="utf-8").split("@media")
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light))
    if scheme == "dark":
        colours |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", dark))

    def contrast(one: str, other: str) -> float:
        low, high = sorted((luminance(colours[one]), luminance(colours[other])))
        return (high + 0.05) / (low + 0.05)

    grounds = [(name, ground, least) for name, least in (*READ, *SEEN) for ground in GROUNDS]
    faint = [(one, other) for one, other, least in (*grounds, ("action-text", "action", 4.5)) if contrast(one, other) < least]
    assert faint == []
