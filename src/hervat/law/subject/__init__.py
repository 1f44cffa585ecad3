"""The rights of the person concerned (Wjsg 18-26, numbers unverified).

    subject.correction(asked_on, on=today)    until when a request to correct must be answered
"""

from hervat.law.subject.correction import correction

__all__ = ["correction"]
