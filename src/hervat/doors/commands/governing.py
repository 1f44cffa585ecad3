"""The commands of whoever governs a node: partners, keys and emergency procedures."""

from hervat.doors.commands.saying import DECIDED, KNOWN, Command, argument, lazy

_OIN = argument("oin", metavar="OIN", help="the organisation, by the 20 signs of its OIN")
_PASSPHRASE_FILE = argument("--passphrase-file", metavar="FILE", help="a file whose first line is the passphrase")

GROUPS = {
    "partner": "who may send what: the organisations, their roles and their keys",
    "keys": "the keys of this node: what seals its journal, finds things in it and signs for it",
    "procedure": "emergency procedures: what the police may report straight to the register, who says so, and what came of it",
}
COMMANDS: dict[str, Command] = {
    "partner list": ([*KNOWN], lazy("partnering", "list_partners"), "the organisations, with their roles and keys, and since when"),
    "partner set": (
        [
            _OIN,
            argument("--name", metavar="NAME", help="what it is called"),
            argument("--role", action="append", default=[], metavar="ROLE", help="a role; these, and no others, are its roles from now on"),
            argument("--no-roles", action="store_true", help="it is known and may send nothing"),
            argument("--key", metavar="FILE", help="a public key in PEM that is added (Ed25519, or ECDSA on P-256)"),
            argument("--key-id", metavar="ID", help="the name of that key in signed requests"),
            argument("--key-from", metavar="T", help="from when on that key counts; without it, from now"),
            argument("--key-until", metavar="T", help="until when that key counts; without it, until it is revoked"),
            argument("--address", metavar="URL", help="where its door is; empty where it has none any more"),
            argument("--recipient", metavar="AGE", help="its age recipient, for what is carried to it by hand; empty where it has none"),
            argument("--revoke-key", action="append", default=[], metavar="ID", help="this key counts no more from now on; --why says why"),
            *DECIDED,
        ],
        lazy("partnering", "set_partner"),
        "say what is known of an organisation from now on; what is not given stays as it is",
    ),
    "partner remove": ([_OIN, *DECIDED], lazy("partnering", "remove_partner"), "know an organisation no more from now on"),
    "keys show": ([], lazy("keyring", "show_keys"), "the public part of the keys: who signs, since when; never a secret"),
    "keys backup": (
        [
            argument("copy", metavar="TO", help="the file to make; keep it where no backup of the store is kept"),
            argument("--passphrase", action="store_true", help="seal it under a passphrase: from HERVAT_PASSPHRASE, or asked for"),
            _PASSPHRASE_FILE,
        ],
        lazy("keyring", "back_up_keys"),
        "put a copy of the keys apart; without the keys nothing in the store can be read",
    ),
    "keys restore": (
        [
            argument("copy", metavar="FROM", help="a copy that hervat keys backup made, or a keys file"),
            argument("--against", metavar="BACKUP", help="try them on this backup of the store, where the store is gone as well"),
            _PASSPHRASE_FILE,
        ],
        lazy("keyring", "restore_keys"),
        "put a copy in the place of keys that are gone, once it is seen that they are this store's",
    ),
    "keys rotate": (
        [
            argument("--stolen", action="store_true", help="the old keys are in other hands: the old one vouches for nothing any more"),
            *DECIDED,
        ],
        lazy("keyring", "rotate_keys"),
        "let other keys seal and sign from now on, and seal anew what is there; killed, the same again goes on",
    ),
    "procedure list": (
        [*KNOWN],
        lazy("proceeding", "list_procedures"),
        "the emergency procedures: their scope, how much came under each, what was refused, and how the reports ended",
    ),
    "procedure open": (
        [
            argument("--name", required=True, metavar="NAME", help="small letters, digits and hyphens; it never comes to mean another"),
            argument("--authority", required=True, metavar="TEXT", help="who opens it"),
            argument("--ground", required=True, metavar="TEXT", help="the decision or letter that it rests on"),
            argument("--sector", action="append", required=True, metavar="SECTOR", help="childcare or taxi; again for each"),
            argument("--category", action="append", required=True, metavar="CATEGORY", help="serious-violence or sexual; again for each"),
            argument("--receiver", action="append", required=True, metavar="TEXT", help="who receives what comes of it; again for each"),
            argument("--purpose", required=True, metavar="PURPOSE", help="the one purpose for which reports are shown"),
            argument("--from", dest="from_", required=True, metavar="DATE", help="the first day that a report may be of"),
            argument("--until", metavar="DATE", help="the last day; without it no end is known"),
            *DECIDED,
        ],
        lazy("proceeding", "open_procedure"),
        "open a way for the police to report straight to the register",
    ),
    "procedure close": (
        [
            argument("name", metavar="NAME", help="the procedure"),
            argument("--until", required=True, metavar="DATE", help="the last day that a report may be of"),
            *DECIDED,
        ],
        lazy("proceeding", "close_procedure"),
        "give an emergency procedure its last day",
    ),
}
