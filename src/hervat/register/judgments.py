"""Judgments: given, appealed, final, annulled, carried out.

- Of several judgments with one number the last counts that is not hidden; the others are contradictions.
- Nothing becomes final because time passed: only by the final with the highest sequence.
- An appeal lodged after that date and not withdrawn suspends it. A withdrawal that names no party is of every appeal
  against that judgment lodged until its date.
- A judgment that is shown never names one that is hidden.
"""

from collections.abc import Iterable
from datetime import date

from msgspec.structs import asdict

from hervat import kinds, outcome
from hervat.register.hiding import Hidden
from hervat.register.record import Appeal, Enforcement, Judgment, Remittal, Sentence
from hervat.register.told import Said, Told, date_of, grouped, last_by

Given = Said[kinds.JudgmentGiven]


class Judgments:
    """The judgments of a set of messages; none that is hidden."""

    def __init__(self, told: Told, hidden: Hidden) -> None:
        """`told`: every one that is not hidden. `given`, `annulled`, `final_on`: by the number of the judgment, the first those shown."""
        self.told = [said for said in told.of(kinds.JudgmentGiven) if not hidden.all(said.data.pn, charges_of(said))]
        self.given = last_by(self.told, lambda said: said.data.judgment)
        self.annulled = last_by(told.of(kinds.JudgmentAnnulled), lambda said: said.data.judgment)
        self._hidden = hidden
        self._by_case = grouped(self.given.values(), lambda said: said.data.pn)
        self._appeals = _appeals(told)
        self.final_on = _finals(told, self._appeals)
        self._execution = Execution(told, self.given)

    def of(self, pn: str) -> tuple[Judgment, ...]:
        """The judgments of a case, in the canonical order."""
        return tuple(self._shown(said) for said in sorted(self._by_case.get(pn, ()), key=lambda said: said.rank))

    def _shown(self, said: Given) -> Judgment:
        data = said.data
        return Judgment(
            judgment=data.judgment,
            court=data.court,
            instance=data.instance,
            given_on=data.given_on,
            ecli=data.ecli,
            on_appeal_of=data.on_appeal_of if data.on_appeal_of in self.given else None,
            appeal_number=data.appeal_number,
            verdicts=tuple(one for one in data.verdicts if (data.pn, one.charge) not in self._hidden.charges),
            sentences=tuple(self._execution.of(data.judgment, sentence) for sentence in data.sentences),
            appeals=self._appeals.get(data.judgment, ()),
            final_on=self.final_on.get(data.judgment),
            annulled_on=date_of(self.annulled.get(data.judgment)),
            message=said.named,
        )


def charges_of(said: Given) -> tuple[int, ...]:
    """The charges a judgment gives a verdict on."""
    return tuple(verdict.charge for verdict in said.data.verdicts)


def _appeals(told: Told) -> dict[str, tuple[Appeal, ...]]:
    lodged = grouped(told.of(kinds.AppealLodged), lambda said: said.data.judgment)
    withdrawn = grouped(told.of(kinds.AppealWithdrawn), lambda said: said.data.judgment)
    return {number: tuple(_appeal(said.data, withdrawn.get(number, ())) for said in against) for number, against in lodged.items()}


def _appeal(lodged: kinds.AppealLodged, withdrawals: Iterable[Said[kinds.AppealWithdrawn]]) -> Appeal:
    reaching = (said.on for said in withdrawals if lodged.lodged_on <= said.on and said.data.by in (None, lodged.by))
    return Appeal(remedy=lodged.remedy, by=lodged.by, lodged_on=lodged.lodged_on, withdrawn_on=next(reaching, None))


def _finals(told: Told, appeals: dict[str, tuple[Appeal, ...]]) -> dict[str, date]:
    finals = sorted(told.of(kinds.JudgmentFinal), key=lambda said: (said.sequence, said.source))
    return {
        number: final_on
        for number, final_on in {said.data.judgment: said.on for said in finals}.items()
        if not any(appeal.withdrawn_on is None and appeal.lodged_on > final_on for appeal in appeals.get(number, ()))
    }


class Execution:
    """What became of each sentence, by the number of its judgment and its own."""

    def __init__(self, told: Told, given: dict[str, Given]) -> None:
        self._given = given
        self._started = last_by(told.of(kinds.SentenceStarted), lambda said: (said.data.judgment, said.data.sentence))
        self._ended = last_by(told.of(kinds.SentenceEnded), lambda said: (said.data.judgment, said.data.sentence))
        self._enforced = grouped(told.of(kinds.ConditionalSentenceEnforced), lambda said: (said.data.judgment, said.data.sentence))
        remissions = ((said.data, one) for said in told.of(kinds.PardonGranted) for one in said.data.remits)
        self._remitted = grouped(remissions, lambda pair: (pair[0].judgment, pair[1].sentence))

    def of(self, judgment: str, sentence: outcome.Sentence) -> Sentence:
        """A sentence of a judgment, with its execution."""
        key = (judgment, sentence.sentence)
        return Sentence(
            **asdict(sentence),
            started_on=date_of(self._started.get(key)),
            ended_on=date_of(self._ended.get(key)),
            enforced=tuple(self._enforcement(said.data) for said in self._enforced.get(key, ())),
            remitted=tuple(_remittal(pardon, one) for pardon, one in self._remitted.get(key, ())),
        )

    def _enforcement(self, data: kinds.ConditionalSentenceEnforced) -> Enforcement:
        enforced_by = data.enforced_by if data.enforced_by in self._given else None
        return Enforcement(enforced_by=enforced_by, days=data.days, decided_on=data.decided_on)


def _remittal(pardon: kinds.PardonGranted, remission: outcome.Remission) -> Remittal:
    measure = asdict(remission)
    del measure["sentence"]
    return Remittal(**measure, decree=pardon.decree, decided_on=pardon.decided_on)
