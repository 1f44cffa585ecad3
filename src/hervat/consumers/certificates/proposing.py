"""What is proposed on an application: what the law says of what was looked up, and what it would say of what is known where it is blind.

- The software proposes to grant, that a person assesses, or that it cannot be said; it never refuses (Wjsg 7e).
- Where blindness alone keeps a proposal from being said, the interim rule that is open for it decides what is proposed, and the proposal
  carries it. Nowhere else is a rule looked at.
"""

from msgspec import Struct

from hervat.consumers.certificates.looked import Looked
from hervat.interim import InterimRule, InterimRules, Question
from hervat.law.certificates import Assessment, Proposal, assess, risk, term, weigh
from hervat.law.certificates.risk import may_concern_vulnerable
from hervat.law.dated import Span
from hervat.law.holidays import Deadline
from hervat.law.rule import Result


class Proposed(Struct, frozen=True, kw_only=True):
    """A proposal with all that it rests on. `on_known`: what it would be if nothing were missing, where blindness alone keeps it from being
    said; None elsewhere. `rule`: the interim rule under which it falls then.
    """

    looked: Looked
    whole: Assessment
    on_known: Assessment | None
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
    def is_blind(self) -> bool:
        """Whether something may be missing that could make it another proposal."""
        return self.on_known is not None

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
    horizon, spans = looked.law_horizon, looked.blindness.spans
    weighing = weigh(application, looked.entries, on=looked.on, horizon=horizon)
    whole = weighing.proposed(spans)
    concerned = risk(application, on=looked.on, horizon=horizon)
    on_known, rule = None, None
    if spans and whole.proposal is Proposal.CANNOT_SAY:
        known = weighing.proposed(())
        if known.proposal is not Proposal.CANNOT_SAY:
            question = Question(looked.requested.asked_for, may_concern_vulnerable(concerned))
            on_known, rule = known, rules.on(question, looked.on)
    deadline = term(application, on=looked.on, horizon=horizon)
    return Proposed(looked=looked, whole=whole, on_known=on_known, risk=concerned, rule=rule, term=deadline)


def on_what_is_known(looked: Looked) -> Assessment:
    """What would be proposed if nothing were missing."""
    return assess(looked.application(), looked.entries, (), on=looked.on, horizon=looked.law_horizon)
