"""Who may receive what (Wjsg 8, 10-12; Bjsg 11-31).

    disclosure.wording(given, on=today)             what the words of a request are among those of the grounds
    disclosure.grounds(request, on=today)           whether a request rests on a ground, and which set that opens: full or limited
    disclosure.applied(given_on, ages, sentences, on=today)    under which law somebody was convicted
    disclosure.adult(conviction, on=today)          whether a conviction is in the limited set: of an adult,
    disclosure.youth(conviction, on=today)          under the law for youth,
    disclosure.legal_person(conviction, on=today)   of a legal person

No answer discloses anything: a person decides, and every disclosure is recorded with its receipt, which names article, requester, purpose,
mandate, consent and the horizon (Wjsg 3(5): the receiver must be able to judge how complete it is).
"""

from hervat.law.disclosure.adult import adult
from hervat.law.disclosure.applied import applied
from hervat.law.disclosure.conviction import ADULT, YOUTH, Conviction
from hervat.law.disclosure.facts import Request
from hervat.law.disclosure.grounds import Permission, Scope, grounds
from hervat.law.disclosure.legal_person import legal_person
from hervat.law.disclosure.window import Window
from hervat.law.disclosure.wording import Wording, given_in, wording
from hervat.law.disclosure.youth import youth
from hervat.law.value import NONE

__all__ = [
    "ADULT",
    "NONE",
    "YOUTH",
    "Conviction",
    "Permission",
    "Request",
    "Scope",
    "Window",
    "Wording",
    "adult",
    "applied",
    "given_in",
    "grounds",
    "legal_person",
    "wording",
    "youth",
]
