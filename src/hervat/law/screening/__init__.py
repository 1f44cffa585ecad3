"""Continuous screening: what may follow from a change in the documentation of somebody who works in childcare or drives a taxi.

    screening.concerns(enrolment, change, on=today)   whether the change concerns the enrolment, and who may be told
    screening.severity(offence, enrolment, on=today)  which change comes first
    screening.emergency(report, procedure, use, on=today)   whether an emergency report may be shown or used

A field that is None is not told, and a rule that asks for it answers cannot-say; `NONE` says that there is none, such as an end.
"""

from hervat.law.screening.emergencies import emergency
from hervat.law.screening.facts import Change, Enrolment, Offence, Procedure, Report, Use
from hervat.law.screening.population import concerns
from hervat.law.screening.ranking import severity
from hervat.law.value import NONE

__all__ = ["NONE", "Change", "Enrolment", "Offence", "Procedure", "Report", "Use", "concerns", "emergency", "severity"]
