"""The commands of the exchange with partners: ways and links, sending, comparing, coming back, and bundles that are carried by hand."""

import os

from hervat.doors.commands.saying import DECIDED, Command, argument, lazy

_CONFIG = argument(
    "--config",
    default=os.environ.get("HERVAT_CONFIG", "node.toml"),
    metavar="FILE",
    help="the node.toml of this node, which says who it is; HERVAT_CONFIG, or node.toml here",
)
_PARTNER = argument("partner", metavar="OIN", help="the partner, by its OIN")
_SOURCE = argument("source", metavar="SOURCE", help="the feed: urn:nld:oin:<OIN>:systeem:<name>")
_TO = argument("--partner", required=True, metavar="OIN", help="the partner, by its OIN")

GROUPS = {
    "way": "which feed goes to or comes from whom, and how far it is",
    "link": "whether the link with a partner carries; cut, nothing is lost and nothing is tried",
    "courier": "bundles: what is to go, encrypted in a file that somebody carries by hand",
}
COMMANDS: dict[str, Command] = {
    "way list": (
        [_CONFIG],
        lazy("exchange.ways", "list_ways"),
        "every way: what is here, what went, what is still to go, and what was refused there",
    ),
    "way open": (
        [
            _SOURCE,
            _TO,
            argument("--how", choices=("push", "fetched", "fetch"), default="push", help="we push it, they fetch it, or we fetch theirs"),
            *DECIDED,
            _CONFIG,
        ],
        lazy("exchange.ways", "open_way"),
        "let a whole feed go to a partner, or come from one",
    ),
    "way close": (
        [_SOURCE, _TO, *DECIDED, _CONFIG],
        lazy("exchange.ways", "close_way"),
        "let it go no more; what went stays where it is",
    ),
    "link cut": (
        [_PARTNER, *DECIDED, _CONFIG],
        lazy("exchange.ways", "cut_link"),
        "nothing goes to or comes from a partner by wire from now on",
    ),
    "link restore": (
        [_PARTNER, *DECIDED, _CONFIG],
        lazy("exchange.ways", "restore_link"),
        "let a link that was cut carry again",
    ),
    "dispatch": (
        [
            argument("--once", action="store_true", help="end when nothing is to go any more, or what is left cannot go now"),
            argument("--seed", type=int, default=0, help="what draws the waits after failures"),
            _CONFIG,
        ],
        lazy("exchange.running", "dispatch"),
        "send what is to go to every partner, fetch what comes, and keep what they sign; until Ctrl-C",
    ),
    "partner check": (
        [
            argument("what", metavar="URL|DIR", help="the address of a partner's door, or a directory with messages as it would send them"),
            _CONFIG,
        ],
        lazy("exchange.checking", "check_partner"),
        "see, rule by rule, whether a partner's door, or its files, are what an exchange relies on",
    ),
    "reconcile": (
        [
            _PARTNER,
            argument("--all", action="store_true", help="name every difference; without it a thousand of each feed, and their count"),
            _CONFIG,
        ],
        lazy("exchange.comparing", "reconcile"),
        "prove that what a partner says it sent is what is here, and that it has what we sent; or name every difference",
    ),
    "reconnect": (
        [
            _PARTNER,
            argument("--stock", action="append", default=[], metavar="SOURCE=N", help="decisions of a feed that are no messages yet"),
            argument("--arriving", action="append", default=[], metavar="SOURCE=N", help="new messages of a feed in a thousand seconds"),
            _CONFIG,
        ],
        lazy("exchange.comparing", "reconnect"),
        "say to a partner that we come back: what it misses, at which pace we may send, and when we will have caught up",
    ),
    "courier keys": (
        [argument("file", metavar="FILE", help="where the age identity goes; a file that is there is never written over")],
        lazy("exchange.courier", "make_keys"),
        "make the age identity with which bundles for this node are opened, and tell its recipient",
    ),
    "courier pack": (
        [
            argument("--to", required=True, metavar="OIN", help="the partner, by its OIN"),
            argument("--out", required=True, metavar="FILE", help="the bundle; a file that is there is never written over"),
            argument("--again", action="store_true", help="also where nothing is new: the bundle with the receipts was lost"),
            _CONFIG,
        ],
        lazy("exchange.courier", "pack_bundle"),
        "put what is to go to a partner, and receipts for what came of it by hand, in one encrypted file",
    ),
    "courier unpack": (
        [argument("bundle", metavar="FILE", help="a bundle that somebody brought"), _CONFIG],
        lazy("exchange.courier", "unpack_bundle"),
        "take custody of what is in a bundle, and keep the receipts in it; whole or not at all",
    ),
}
