"""Who may receive what (Wjsg 8, 10-12; Bjsg 11-31).

    disclosure.grounds(request, on=today)     whether a request rests on a ground, and whether that opens the full set or the limited one

No answer discloses anything: a person decides, and every disclosure is recorded with its receipt, which names article, requester, purpose,
mandate, consent and the horizon (Wjsg 3(5): the receiver must be able to judge how complete it is).
"""

from hervat.law.disclosure.facts import Request
from hervat.law.disclosure.grounds import Permission, Scope, grounds
from hervat.law.value import NONE

__all__ = ["NONE", "Permission", "Request", "Scope", "grounds"]
