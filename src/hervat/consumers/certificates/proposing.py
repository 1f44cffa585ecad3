"""What is proposed on an application: what the law says of what was looked up, and what it would say of what is known where it is blind.

- The software proposes to grant, that a person assesses, or that it cannot be said; it never refuses (Wjsg 7e).
- Where blindness alone keeps a proposal from being said, the interim rule that is open for it decides what is proposed, and the proposal
  carries it. Where something else does so as well, nothing is proposed; the rule then says whether anybody may decide.
- Where nothing is blind no rule is looked at.
"""

from msgspec import Struct

from hervat.consumers.certificates.looked import Looked
from hervat.interim import InterimRule, InterimRules, Question
from hervat.law.certificates import Assessment, Proposal, assess, risk, term, weigh
from hervat.law.certificates.periods import overlap
from hervat.law.certificates.purposes import Group
from hervat.law.certificates.risk import may_concern_vulnerable
from hervat.law.dated import Span
from hervat.law.holidays import Deadline
from hervat.law.rule import Result


class Proposed(Struct, frozen=True, kw_only=True):
    """A proposal with all that it rests on. `on_known`: what it would be if nothing were missing, where blindness alone keeps it from being
    said; None elsewhere. `is_blind`: whether something may be missing that could make it another proposal. `rule`: the interim rule under
    which it falls, where it is blind.
    """

    looked: Looked
    whole: Assessment
    on_known: Assessment | None
    is_blind: bool
    risk: Result[None]
    rule: InterimRule | None
    term: Result[Deadline]

    @property
    def proposal(self) -> Proposal:
        """What is proposed."""
        if self.on_known is not None and self.rule is not None and self.rule.does == "decide":
            return self.on_known.proposal
        return self.whole.proposal

    @property
    def working(self) -> Assessment:
        """The assessment that shows the working: of what is known, where the register is blind."""
        return self.on_known or self.whole


def proposed(
    looked: Looked, rules: InterimRules, *, refusal_intended: bool = False, stood_still: tuple[Span, ...] = ()
) -> Proposed:
    """What is proposed on an application as it was looked up, with the interim rules that are known; `refusal_intended` and `stood_still`
    say of its procedure what its term hangs on.
    """
    application = looked.application(refusal_intended=refusal_intended, stood_still=stood_still)
    horizon = looked.law_horizon
    weighing = weigh(application, looked.entries, on=looked.on, horizon=horizon)
    whole = weighing.proposed(looked.blindness.spans)
    concerned = risk(application, on=looked.on, horizon=horizon)
    on_known, rule, is_blind = None, None, _is_blind(looked, whole)
    if is_blind:
        rule = rules.on(Question(looked.requested.asked_for, may_concern_vulnerable(concerned)), looked.on)
        if whole.proposal is Proposal.CANNOT_SAY:
            known = weighing.proposed(())
            on_known = None if known.proposal is Proposal.CANNOT_SAY else known
    deadline = term(application, on=looked.on, horizon=horizon)
    return Proposed(looked=looked, whole=whole, on_known=on_known, is_blind=is_blind, risk=concerned, rule=rule, term=deadline)


def _is_blind(looked: Looked, whole: Assessment) -> bool:
    """Whether support was lost, or something may be missing of a day in a window; in any window that may be, where none can be said."""
    windows, spans = whole.lookback.value, looked.blindness.spans
    if looked.horizon["support_lost"] or windows is None:
        return looked.horizon["support_lost"] or bool(spans)
    return any(overlap(span, window) for span in spans for window in windows.of(Group.UNKNOWN))


def on_what_is_known(looked: Looked) -> Assessment:
    """What would be proposed if nothing were missing."""
    return assess(looked.application(), looked.entries, (), on=looked.on, horizon=looked.law_horizon)
