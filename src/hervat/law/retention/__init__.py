"""How long an entry is kept (Wjsg 4 and 6, Bjsg 7), where an entry is one charge with how it ended.

    retention.dismissal(ending, on=today)                       first: whether a dismissal leaves no entry to keep
    retention.misdrijf(offence, ending, person, known, on=today)      the term of a misdrijf
    retention.overtreding(offence, ending, person, known, on=today)   the term of an overtreding

The answer of a term is yes where it is over, no where it runs still, and cannot-say where that turns on what is not told. That it is
over is said only where the register is complete up to the day on which it ended (`Known`): what comes late may lengthen a term that seemed
over, and what was destroyed does not come back. That it runs still is said without: late news of a death shortens it, and nothing is lost.
"""

from hervat.law.retention.dismissal import dismissal
from hervat.law.retention.facts import Ending, Known, Later, Person
from hervat.law.retention.misdrijf import misdrijf
from hervat.law.retention.overtreding import overtreding
from hervat.law.retention.term import Ends, Term
from hervat.law.screening.facts import Offence
from hervat.law.value import NONE

__all__ = ["NONE", "Ending", "Ends", "Known", "Later", "Offence", "Person", "Term", "dismissal", "misdrijf", "overtreding"]
