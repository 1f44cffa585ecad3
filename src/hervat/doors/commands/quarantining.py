"""The commands of quarantine: what a returning partner sends, until two people let it through."""

from hervat.doors.commands.saying import DECIDED, WEIGHED, Command, argument, lazy

_OIN = argument("oin", metavar="OIN", help="the organisation, by the 20 signs of its OIN")
_OF = argument("--oin", metavar="OIN", help="of this organisation only")
_STOLEN = argument("--stolen-since", metavar="T", help="since when a key of the sender may have been in other hands, for the flags")
_SECOND = argument("--second", required=True, metavar="NAME", help="who decides with them: another person")

GROUPS = {"quarantine": "what a returning partner sends, until two people have let it through"}
COMMANDS: dict[str, Command] = {
    "quarantine list": ([_OF, _STOLEN], lazy("quarantining", "list_quarantine"), "what lies inside, and who signed it"),
    "quarantine show": (
        [argument("position", type=int, metavar="POSITION", help="where the message stands in the journal"), _STOLEN],
        lazy("quarantining", "show_quarantined"),
        "one message that lies inside, with all that it says",
    ),
    "quarantine suspects": (
        [argument("--key", required=True, metavar="ID", help="the name of the key"), _OF],
        lazy("quarantining", "list_suspects"),
        "everything that a key signed, wherever it is and whatever became of it; what was applied first",
    ),
    "quarantine open": ([_OIN, *DECIDED], lazy("quarantining", "open_quarantine"), "quarantine what an organisation sends from now on"),
    "quarantine release": (
        [
            _OIN,
            argument("--through", type=int, required=True, metavar="P", help="what lies inside up to this position of the journal"),
            argument("--but", type=int, action="append", default=[], metavar="P", help="but not what stands here; again for each"),
            *WEIGHED,
            argument("--by", required=True, metavar="NAME", help="who decides"),
            _SECOND,
            argument("--ground", required=True, metavar="TEXT", help="on what ground; name nobody in it"),
        ],
        lazy("quarantining", "release_quarantined"),
        "let through what lies inside, as far as ceilings admit it; what is kept stays inside",
    ),
    "quarantine close": (
        [_OIN, *DECIDED, _SECOND],
        lazy("quarantining", "close_quarantine"),
        "quarantine no more what an organisation sends; what is inside stays inside",
    ),
}
