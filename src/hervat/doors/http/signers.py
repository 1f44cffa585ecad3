"""Who signed a request: a partner, by one of its keys in force at this moment.

- A signature counts from `skew` before it was made until `skew` after it expires, and lasts `LIFETIME` at most: clocks differ.
- Who signed is asked again when the writer takes what came: nothing of a key stands in the journal behind the act that revoked it.
- Whether the link with them carries is asked again then as well: nothing is taken behind the act that cut it.
- A nonce comes once. It is remembered until its signature can no longer count.
- What is told to whom: who does not hold a key of a partner is told that the signature does not fit, and never whether the partner or
  the key exists. Who does is told what is wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hervat.clock import Clock
from hervat.dispatch.identity import is_signed
from hervat.dispatch.ways import Ways
from hervat.doors.http.nonces import Nonces
from hervat.doors.http.problems import Declined, sentence
from hervat.doors.http.signature import ALGORITHMS, ALWAYS, WITH_CONTENT, Request, Signature, Unsigned, read_signature
from hervat.partner import PartnerKey, Partners

LIFETIME = 300
"""Seconds that may lie between `created` and `expires`."""
_LATER = "3600"
"""Seconds after which one whose link is cut may look again: only people restore it."""
_WRONG = ("signature-wrong", "The signature does not fit the request, or not a key of its signer that is known.")
_REVOKED = ("key-revoked", "The key was revoked; sign with another one.")


def _wanted(content: bool) -> dict[str, str]:
    """What a 401 says of the signature that would do (RFC 9421, 5.1)."""
    names = " ".join(f'"{name}"' for name in (WITH_CONTENT if content else ALWAYS))
    return {"WWW-Authenticate": 'Signature realm="hervat"', "Accept-Signature": f"sig=({names});created;expires;nonce;keyid"}


@dataclass(frozen=True, slots=True)
class Signer:
    """The partner that signed, and with which key."""

    oin: str
    key: PartnerKey


class Signers:
    """Tells who signed; `partners` gives those in force."""

    def __init__(self, partners: Callable[[], Partners], nonces: Nonces, clock: Clock, skew: int) -> None:
        self._partners = partners
        self._nonces = nonces
        self._clock = clock
        self._skew = skew

    def of(self, request: Request, *, content: bool) -> Signer:
        """The signer of a request; raises Declined with 401 where there is none that counts, 429 where it has no room for a nonce."""
        now = self._clock.now()
        try:
            signature = read_signature(request, content=content)
        except Unsigned as fault:
            raise _unsigned("signature-needed", sentence(fault), content) from fault
        oin, _, key_id = signature.keyid.partition("/")
        partner = self._partners().get(oin)
        key = next((key for key in (() if partner is None else partner.keys) if key.id == key_id), None)
        if key is None or not is_signed(key, signature.signature, signature.base) or signature.alg not in (None, ALGORITHMS[key.algorithm]):
            raise _unsigned(*_WRONG, content)
        reason = _not_in_force(key, now) or self._out_of_time(signature, now.timestamp())
        if reason is not None:
            raise _unsigned(*reason, content)
        fresh = self._nonces.remember(oin, signature.nonce, signature.expires + self._skew, now.timestamp())
        if fresh is None:
            words = "More of your requests came within one window than can be told apart; send more messages in each."
            raise Declined(429, "too-many-requests", words, headers={"Retry-After": str(LIFETIME)})
        if not fresh:
            raise _unsigned("replayed", "This request came before; sign it anew, with another nonce.", content)
        return Signer(oin, key)

    def _out_of_time(self, signature: Signature, now: float) -> tuple[str, str] | None:
        if not 0 < signature.expires - signature.created <= LIFETIME:
            return "lifetime", f"A signature expires after it was created, and within {LIFETIME} seconds of that."
        if signature.created > now + self._skew:
            return "not-yet", f"The signature was created more than {self._skew} seconds from now; set your clock."
        if signature.expires + self._skew <= now:
            return "expired", "The signature has expired; sign the request anew."
        return None


def taken_back(partners: Partners, signer: Signer) -> Declined | None:
    """Why what was signed counts no more, where its key was revoked or its partner removed since; None where it does."""
    partner = partners.get(signer.oin)
    keys = () if partner is None else partner.keys
    key = next((key for key in keys if (key.id, key.public) == (signer.key.id, signer.key.public)), None)
    if key is not None and key.revoked_at is None:
        return None
    return _unsigned(*(_WRONG if key is None else _REVOKED), True)


def cut_off(ways: Ways, signer: Signer) -> Declined | None:
    """Why nothing is taken from a signer, where the link with it is cut; None where it carries."""
    if ways.cut_since(signer.oin) is None:
        return None
    words = "The link with you is cut on this side; nothing was taken, and nothing is lost by waiting. Its keeper restores it."
    return Declined(503, "link-cut", words, headers={"Retry-After": _LATER})


def _not_in_force(key: PartnerKey, now: datetime) -> tuple[str, str] | None:
    # Whatever the clock says: the act is in the journal, and a clock that was set back must not give the key its force again.
    if key.revoked_at is not None:
        return _REVOKED
    if key.valid_from > now or (key.valid_until is not None and key.valid_until <= now):
        return "key-not-in-force", "The key does not count at this moment; sign with one that does."
    return None


def _unsigned(code: str, detail: str, content: bool) -> Declined:
    return Declined(401, code, detail, headers=_wanted(content))
