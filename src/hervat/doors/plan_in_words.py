"""A plan of a restart in words: when what is whole again, what each step waits for, the harm, and how sure the order is."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final, NamedTuple

from hervat.chain.compared import compared
from hervat.chain.doubt import DRAWS, FACTORS, Doubt, Reach
from hervat.chain.overrides import HOUR_0, Overrides
from hervat.chain.parts import ChainMap
from hervat.chain.planning import Phase, Planned, price_of
from hervat.doors import words
from hervat.doors.impact_in_words import invented_weights

_FEW: Final = 12
_DAY: Final = 24.0
_ROUNDED: Final = 0.01
_SAID: Final[dict[str, dict[str, Any]]] = {
    "en": {
        "title": "{}: plan {}, {} steps in {} phases. Hours are hours after the work of coming back begins, {}.",
        "at": "on {}",
        "hour_0": "whenever that is: nobody said it",
        "invented": "{} of {} weights of harm and {} of {} durations are invented; so is every figure that rests on them.",
        "harm": "Harm since the cut {:.0f}: {:.0f} before that work begins, {:.0f} while all comes back even if every "
        "crew had hands enough, "
        "{:.0f} because they have not.",
        "optimal": "No plan of this map does less: optimal.",
        "bound": "No plan of this map does less than {:.0f}; whether one does less than this one is not known.",
        "harm_held": "Harm since the cut {:.0f}: {:.0f} before that work begins, {:.0f} while all comes back even if every "
        "crew had hands enough, {:.0f} for the crews and for what was said against the plan.",
        "optimal_held": "No plan that is held to what was said does less.",
        "bound_held": "No plan that is held to what was said does less than {:.0f}; whether one does less than this one is not known.",
        "rules": "By the rules in use: {}.",
        "phase": "Phase {}, hours {:.0f} to {:.0f}{}",
        "until": ", until {}",
        "whole": "  whole at hour {:.0f}: {} ({}); harm since the work began: {:.0f}",
        "none": "  no process is whole at its end",
        "live": "  links that go live: {}",
        "columns": ("phase", "step", "crew", "from", "to", "slack", "harm a day late", "waited last for"),
        "slack": "slack: so many hours later it could start and nobody would notice. harm a day late: what a day of "
        "delay of this step alone "
        "costs. waited last for: the step without which it could not start earlier, and why: an edge of the map, or "
        "its crew was about that.",
        "price": "What was said against the plan costs {:.0f} of harm: {:.0f} without it.",
        "alone": "  {} alone: {:.0f}",
        "later": "{} is to start at hour {:g} and cannot: it starts at hour {:g}{}.",
        "binding": ", when {} is done ({})",
        "beside": "Beside the order that was published, from which nothing was planned: {} pairs in the same order, {} in another, "
        "{} at one moment.",
        "pair": "  published {} before {}; here {}",
        "more_pairs": "  and {} more pairs {}; --json has all of them",
        "ways": ("the other way round", "at one moment", "in the same order"),
        "absent": "  published, and no step here: {}",
        "not_asked": "How sure the order is was not looked at, as --draws 0 says; --draws {} does.",
        "large": "How sure the order is was not looked at: the plan has {} steps, and each draw plans them anew. "
        "--draws {} does it all the "
        "same, and says how far it is.",
        "never": "In {} draws within what is not known (durations within their estimates, weights half as much less "
        "or more) the order of "
        "phases never flips.",
        "choice": "A choice for people: {} before {} flips in {} of {} draws within what is not known.",
        "more_choices": "  and {} more pairs; --json has all of them",
        "firm": "Of the factors tried, none flips the order of phases by one weight or duration alone: up to {:g} times as much, down to "
        "1/{:g}, each with a short search.",
        "reach": "How far one figure alone may move before the order of phases flips (others: {:g} times and more):",
        "weight": "weight",
        "duration": "duration",
        "up": "{} of {}: {}, {}{}",
        "more": "stays up to {:g} times as much",
        "more_1": "flips at {:g} times as much",
        "less": "stays down to 1/{:g}",
        "less_1": "flips at 1/{:g}",
        "within": ": a choice for people, within what is not known",
    },
    "nl": {
        "title": "{}: plan {}, {} stappen in {} fasen. Uren zijn uren nadat het herstel begint, {}.",
        "at": "op {}",
        "hour_0": "wanneer dat ook is: niemand heeft het gezegd",
        "invented": "{} van {} gewichten van schade en {} van {} duren zijn verzonnen; dus ook elk cijfer dat daarop rust.",
        "harm": "Schade sinds de afsluiting {:.0f}: {:.0f} voordat het herstel begint, {:.0f} tijdens het herstel ook "
        "als elke ploeg handen "
        "genoeg had, {:.0f} omdat dat niet zo is.",
        "optimal": "Geen plan van deze kaart doet minder: optimaal.",
        "bound": "Geen plan van deze kaart doet minder dan {:.0f}; of er een is dat minder doet dan dit, is niet bekend.",
        "harm_held": "Schade sinds de afsluiting {:.0f}: {:.0f} voordat het herstel begint, {:.0f} tijdens het herstel ook "
        "als elke ploeg handen genoeg had, {:.0f} door de ploegen en door wat tegen het plan is ingebracht.",
        "optimal_held": "Geen plan dat zich houdt aan wat is ingebracht doet minder.",
        "bound_held": "Geen plan dat zich houdt aan wat is ingebracht doet minder dan {:.0f}; of er een is dat minder doet dan dit, is "
        "niet bekend.",
        "rules": "Volgens de regels die gebruikelijk zijn: {}.",
        "phase": "Fase {}, uur {:.0f} tot {:.0f}{}",
        "until": ", tot {}",
        "whole": "  heel op uur {:.0f}: {} ({}); schade sinds het herstel begon: {:.0f}",
        "none": "  aan het einde is geen proces heel",
        "live": "  aansluitingen die live gaan: {}",
        "columns": ("fase", "stap", "ploeg", "van", "tot", "speling", "schade per dag later", "wachtte het laatst op"),
        "slack": "speling: zoveel uur later kon de stap beginnen zonder dat iemand het merkt. schade per dag later: "
        "wat een dag uitstel van deze "
        "stap alleen kost. wachtte het laatst op: de stap waardoor hij niet eerder kon, en waarom: een verband van de "
        "kaart, of de ploeg was "
        "daarmee bezig (crew).",
        "price": "Wat tegen het plan is ingebracht kost {:.0f} aan schade: {:.0f} zonder.",
        "alone": "  {} alleen: {:.0f}",
        "later": "{} moet op uur {:g} beginnen en dat kan niet: de stap begint op uur {:g}{}.",
        "binding": ", als {} klaar is ({})",
        "beside": "Naast de volgorde die is gepubliceerd, waaruit niets is gepland: {} paren in dezelfde volgorde, {} in een andere, "
        "{} op hetzelfde moment.",
        "pair": "  gepubliceerd {} voor {}; hier {}",
        "more_pairs": "  en nog {} paren {}; --json heeft ze alle",
        "ways": ("andersom", "op hetzelfde moment", "in dezelfde volgorde"),
        "absent": "  gepubliceerd, en hier geen stap: {}",
        "not_asked": "Hoe zeker de volgorde is, is niet bekeken, zoals --draws 0 zegt; --draws {} doet het.",
        "large": "Hoe zeker de volgorde is, is niet bekeken: het plan heeft {} stappen, en elke trekking plant ze "
        "opnieuw. --draws {} doet het "
        "toch, en zegt hoe ver het is.",
        "never": "In {} trekkingen binnen wat niet bekend is (duren binnen hun ramingen, gewichten de helft minder of "
        "meer) keert de volgorde "
        "van fasen nooit om.",
        "choice": "Een keuze voor mensen: {} voor {} keert om in {} van {} trekkingen binnen wat niet bekend is.",
        "more_choices": "  en nog {} paren; --json heeft ze alle",
        "firm": "Van wat is geprobeerd keert geen gewicht en geen duur alleen de volgorde van fasen om: tot {:g} keer zoveel en "
        "tot 1/{:g}, elk met kort zoeken.",
        "reach": "Hoe ver één cijfer alleen kan verschuiven voordat de volgorde van fasen omkeert (de andere: {:g} keer en meer):",
        "weight": "gewicht",
        "duration": "duur",
        "up": "{} van {}: {}, {}{}",
        "more": "blijft tot {:g} keer zoveel",
        "more_1": "keert om bij {:g} keer zoveel",
        "less": "blijft tot 1/{:g}",
        "less_1": "keert om bij 1/{:g}",
        "within": ": een keuze voor mensen, binnen wat niet bekend is",
    },
}


class Answer(NamedTuple):
    """A plan with all that is told beside it: the plan `bare` of what was said against it, what each of that costs alone, and doubt.

    `large` says that doubt was left out because the map is large, and not because somebody said so.
    """

    chain: ChainMap
    found: Planned
    bare: Planned | None
    prices: dict[str, float]
    doubt: Doubt | None
    overrides: Overrides
    large: bool


def in_words(answer: Answer, language: str) -> Iterator[str]:
    """A plan, line by line, in a language."""
    said, found, chain = _SAID[language], answer.found, answer.chain
    begins = said["hour_0"] if found.plan.begins == HOUR_0 else said["at"].format(found.plan.begins.isoformat())
    yield said["title"].format(chain.name, found.plan.hash[:12], len(found.plan.steps), len(found.phases), begins)
    timed = (*chain.system, *chain.check, *chain.stream)
    yield said["invented"].format(*invented_weights(chain), sum(one.basis == "invented" for one in timed), len(timed))
    yield from _harm(answer, said)
    yield ""
    for phase in found.phases:
        yield from _phase(answer, phase, said)
    yield from ("", *_steps(found, said).splitlines(), said["slack"], "")
    yield from _overridden(answer, said)
    yield from _published(answer, said)
    yield from _doubt(answer, said)


def _harm(answer: Answer, said: dict[str, Any]) -> Iterator[str]:
    found, parts, held = answer.found, answer.found.of_which, "" if answer.bare is None else "_held"
    yield said[f"harm{held}"].format(found.harm, parts.before, parts.coming_back, parts.crews)
    yield said[f"optimal{held}"] if found.optimal else said[f"bound{held}"].format(found.bound)
    yield said["rules"].format(", ".join(f"{name} {harm:.0f}" for name, harm in found.baselines.items()))


def _phase(answer: Answer, phase: Phase, said: dict[str, Any]) -> Iterator[str]:
    begins, names = answer.found.plan.begins, {one.id: one.name for one in answer.chain.process}
    day = "" if begins == HOUR_0 else said["until"].format((begins + timedelta(hours=phase.ends)).date().isoformat())
    yield said["phase"].format(phase.number, phase.begins, phase.ends, day)
    for one in answer.found.served:
        if one.process in phase.whole:
            yield said["whole"].format(one.whole, one.process, names[one.process], one.harm)
    if not phase.whole:
        yield said["none"]
    if phase.live:
        yield said["live"].format(", ".join(phase.live))


def _steps(found: Planned, said: dict[str, Any]) -> str:
    whys = {why.step: why for why in found.why}
    rows = []
    for step in found.plan.steps:
        why = whys[step.id]
        after = "" if why.binding is None else f"{why.binding} ({why.by})"
        slack = "" if why.slack_hours is None else f"{why.slack_hours:.0f}"
        rows.append((step.phase, step.id, step.crew, f"{step.start:.0f}", f"{step.end:.0f}", slack, f"{why.harm_a_day:.1f}", after))
    return words.table(said["columns"], rows)


def _overridden(answer: Answer, said: dict[str, Any]) -> Iterator[str]:
    """What was said against the plan: what that costs, all of it and each alone, and where it could not be."""
    if answer.bare is not None:
        yield said["price"].format(price_of(answer.found, answer.bare), min(answer.found.harm, answer.bare.harm))
        if len(answer.prices) > 1:
            yield from (said["alone"].format(one, price) for one, price in answer.prices.items())
    whys = {why.step: why for why in answer.found.why}
    for step, asked, start in pinned_later(answer):
        why = whys[step]
        yield said["later"].format(step, asked, start, "" if why.binding is None else said["binding"].format(why.binding, why.by))


def pinned_later(answer: Answer) -> list[tuple[str, float, float]]:
    """Steps that start later than the hour they were pinned to, with both hours; none starts earlier."""
    starts = {step.id: step.start for step in answer.found.plan.steps}
    return [(step, asked, starts[step]) for step, asked in answer.overrides.pins.items() if starts[step] > asked + _ROUNDED]


def _published(answer: Answer, said: dict[str, Any]) -> Iterator[str]:
    beside = compared(answer.chain, answer.found.plan)
    if not (beside.same or beside.other or beside.together):
        return
    yield said["beside"].format(len(beside.same), len(beside.other), len(beside.together))
    for pairs, here in zip((beside.other, beside.together, beside.same), said["ways"], strict=True):
        yield from (said["pair"].format(pair.first, pair.then, here) for pair in pairs[:_FEW])
        if len(pairs) > _FEW:
            yield said["more_pairs"].format(len(pairs) - _FEW, here)
    if beside.absent:
        yield said["absent"].format(", ".join(beside.absent))


def _doubt(answer: Answer, said: dict[str, Any]) -> Iterator[str]:
    doubt = answer.doubt
    if doubt is None:
        yield said["large"].format(len(answer.found.plan.steps), DRAWS) if answer.large else said["not_asked"].format(DRAWS)
        return
    if not doubt.choices:
        yield said["never"].format(doubt.draws)
    yield from (said["choice"].format(one.first, one.then, one.flips, one.draws) for one in doubt.choices[:_FEW])
    if len(doubt.choices) > _FEW:
        yield said["more_choices"].format(len(doubt.choices) - _FEW)
    short = [one for one in doubt.reach if min(one.more, one.less) < FACTORS[-1]]
    if not short:
        yield said["firm"].format(FACTORS[-1], FACTORS[-1])
        return
    yield said["reach"].format(FACTORS[-1])
    yield from ("  " + _reach(one, said) for one in short)


def _reach(one: Reach, said: dict[str, Any]) -> str:
    more = said["more"].format(one.more) if one.more > 1 else said["more_1"].format(FACTORS[0])
    less = said["less"].format(one.less) if one.less > 1 else said["less_1"].format(FACTORS[0])
    return str(said["up"].format(said[one.what], one.of, more, less, said["within"] if one.within else ""))
