"""Whether what a partner signed counts: by whom, with a key that is known, that fits, that was not revoked, and within its dates at the
moment at which it says that it was made.
"""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from hervat.clock import parse_rfc3339, rfc3339
from hervat.dispatch.identity import is_said_by
from hervat.errors import NotSo
from hervat.partner import PartnerKey, Partners

AHEAD = timedelta(hours=1)
"""How far the clock of another may be before ours."""
Code = Literal["form", "addressee", "sender", "key", "key-revoked", "signature", "made-at", "numbers", "root"]


class Unfit(NotSo):
    """Something that a partner signed cannot be taken. `code` says which check failed."""

    def __init__(self, message: str | None = None, code: Code = "form") -> None:
        self.code = code
        super().__init__(message)


def moment_of(text: str, field: str) -> datetime:
    """The moment that stands in a field; raises Unfit where none does."""
    try:
        return parse_rfc3339(text)
    except ValueError as fault:
        raise Unfit(f"`{field}` is {fault}", "made-at") from fault


def ensure_counts(
    partners: Partners, oin: str, key_id: str, word: str, said: Struct, signature: str, made: datetime, *, revoked_too: bool = False
) -> PartnerKey:
    """The key of a partner that signed `said`, behind the word for its sort. Raises Unfit.

    `revoked_too`: what a revoked key signed is let through as well, because it is going to be held and looked at.
    """
    partner = partners.get(oin)
    key = next((key for key in (() if partner is None else partner.keys) if key.id == key_id), None)
    if key is None:
        raise Unfit(f"no key {key_id} of {oin} is known here; hervat partner list shows those that are", "key")
    if not is_said_by(key, word, said, signature):
        raise Unfit(f"the signature of {oin} does not fit: this was changed on its way, or signed with another key", "signature")
    if key.revoked_at is not None and not revoked_too:
        words = f"the key {key.id} of {oin} was revoked at {rfc3339(key.revoked_at)}; batches by it are taken in quarantine alone"
        raise Unfit(words, "key-revoked")
    if made < key.valid_from or (key.valid_until is not None and made >= key.valid_until):
        raise Unfit(f"the key {key.id} of {oin} does not count at {rfc3339(made)}, when this was made", "key")
    return key
