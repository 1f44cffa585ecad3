"""The acts of a rotation of the node's keys: who decided it, and that it was brought to its end.

- `keys-rotated`: from its own position on another key signs. Its succession says so, signed by the keys themselves.
- `sealed-anew`: no box is left that the old wrap key opens. The engine's files hold such boxes until they were scrubbed up to this act.
"""

from base64 import b64encode

import msgspec
from msgspec import Struct

from hervat.errors import KeysFault, StoreFault
from hervat.intake.residue import ERASED
from hervat.journal.acts import acts_at
from hervat.journal.keys import NodeKeys
from hervat.journal.store import Store
from hervat.journal.succession import Succession

KEYS_ROTATED, SEALED_ANEW = "keys-rotated", "sealed-anew"
ROTATION_ACTS = (KEYS_ROTATED, SEALED_ANEW)
SCRUBBED_AFTER = (ERASED, SEALED_ANEW)
"""The acts after which something may still lie in the files that is in the store no more."""


class KeysRotated(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=KEYS_ROTATED):
    """Who let other keys take over, and why; `wrap` is the name of the new wrap key."""

    succession: Succession
    wrap: str
    by: str
    why: str


class SealedAnew(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="act", tag=SEALED_ANEW):
    """The rotation decided at the position `rotated` is done: every box is sealed under the wrap key `wrap`."""

    rotated: int
    wrap: str


RotationAct = KeysRotated | SealedAnew
_read = msgspec.json.Decoder(KeysRotated).decode


def kind_of(act: RotationAct) -> str:
    """The kind under which an act stands in the journal."""
    return KEYS_ROTATED if isinstance(act, KeysRotated) else SEALED_ANEW


def rotations(acts: Store, journal: Store, keys: NodeKeys) -> list[KeysRotated]:
    """Every rotation, in order: their positions are known to `acts`, their entries lie in `journal`."""
    positions = acts.acts(KEYS_ROTATED, journal.head().size)
    return [act for _, act in acts_at(journal, keys, positions, _read, "rotation of keys")]


def in_force(store: Store, keys: NodeKeys) -> NodeKeys:
    """The keys as they sign in a store: one whose taking over was committed, and not written in the keys file any more, has taken over.

    Raises KeysFault where the store ends before a key took over that signs by the keys file.
    """
    ensure_not_from_later(keys, store.head().size)
    pending = keys.pending
    if pending is None:
        return keys
    taken = (act.succession for act in rotations(store, store, keys))
    found = next((one for one in taken if one.public_key == b64encode(pending.public_key).decode()), None)
    return keys if found is None else keys.taken_over(found)


def ensure_not_from_later(keys: NodeKeys, size: int) -> None:
    """Raises KeysFault where a journal of a size ends before a key took over that signs by the keys file."""
    since = max(signer.since or 0 for signer in keys.signers)
    if since > size:
        raise KeysFault(
            f"the keys of {keys.origin} were rotated at position {since}, and this journal ends at {size}: it is from before; use the copy "
            "of the keys that was made before the rotation, or a later backup of the store (or, on a standby, wait until it has caught up)"
        )


def ensure_agreed(acts: Store, journal: Store, keys: NodeKeys) -> None:
    """The keys file and the journal say the same of who signs from where on. Raises StoreFault."""
    told = [(act.succession.since, act.succession.public_key) for act in rotations(acts, journal, keys)]
    kept = [(signer.since, b64encode(signer.public_key).decode()) for signer in keys.signers[1:] if signer.since is not None]
    if told != kept:
        first = min({*told} ^ {*kept})[0]
        raise StoreFault(f"entry {first}: of which key signs from there on the journal says something else than the keys file")
