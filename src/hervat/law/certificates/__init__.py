"""Certificates of conduct (VOG): what is proposed on an application, and until when it must be decided.

    assess(application, entries, blind, on=today)   grant, assess or cannot-say, by the answers of four rules:
        certificate.lookback    from which day on an offence of each group can count
        certificate.offence     of which group an offence is
        certificate.objective   whether one entry counts for the purpose
        certificate.proposal    the whole
    term(application, on=today)                     until when it must be decided
    is_working_day(day, on=today)                   whether a day is a working day, by the holidays of `term`
    risk(application, on=today)                     whether vulnerable people are concerned

A field that is None is not told; `NONE` says that there is none. The software proposes and never refuses; a person decides.
"""

from hervat.law.certificates.facts import Application, Entry
from hervat.law.certificates.lookback import lookback
from hervat.law.certificates.objective import objective
from hervat.law.certificates.offences import offence_group
from hervat.law.certificates.proposal import Assessment, Proposal, assess, weigh
from hervat.law.certificates.purposes import Purpose, purpose
from hervat.law.certificates.risk import risk
from hervat.law.certificates.term import free_days, is_working_day, term

__all__ = [
    "Application",
    "Assessment",
    "Entry",
    "Proposal",
    "Purpose",
    "assess",
    "free_days",
    "is_working_day",
    "lookback",
    "objective",
    "offence_group",
    "purpose",
    "risk",
    "term",
    "weigh",
]
