"""What IND asks the register about public order: the sliding scale for residence, and naturalisation.

    immigration.sliding_scale(residence, known, on=today)      whether custody reaches the norm for the length of residence (Vb 3.86)
    immigration.naturalisation(application, known, on=today)   whether public order stands in the way (RWN 9)

Neither decides: where a norm is reached, an individual weighing follows. First admission, asylum, EU citizens and long-term residents have
tests of their own that are not here: for them the sliding scale answers `no rule here`, with the test that would be asked.
"""

from hervat.law.immigration.facts import Application, Charge, Decision, Known, Offence, Residence, Sentence
from hervat.law.immigration.naturalisation import naturalisation
from hervat.law.immigration.sliding_scale import sliding_scale
from hervat.law.value import NONE

__all__ = [
    "NONE",
    "Application",
    "Charge",
    "Decision",
    "Known",
    "Offence",
    "Residence",
    "Sentence",
    "naturalisation",
    "sliding_scale",
]
