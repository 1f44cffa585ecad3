"""The commands of disclosure: what the law allows to be told to whom, and what was told."""

from hervat.doors.commands.saying import KNOWN, LANG, Command, argument, lazy

_REQUEST = (
    argument("request", metavar="REQUEST", help="the request, by its own id or by that of its message"),
    argument("--source", metavar="SOURCE", help="who sent it, where several have that id"),
)
_TODAY = argument("--on", metavar="DATE", help="the day; without it, today in Amsterdam")
_ASKED = (
    *_REQUEST,
    argument("--role", metavar="ROLE", help="who asks, in a word of the grounds (IND, court, prison-director), where no list has it"),
    argument("--purpose", metavar="PURPOSE", help="what for, in a word of the grounds (aliens-law), where no list has it"),
    argument("--mandate-of", metavar="ROLE", help="for whom it asks, where the request says that there is a mandate"),
    argument("--mandate-from", metavar="DATE", help="the first day of the mandate"),
    argument("--mandate-until", metavar="DATE", help="the day on which the mandate ends, or none"),
    argument("--consent", choices=("yes", "no"), help="whether the person concerned signed a consent, where the request does not say"),
    argument("--on", metavar="DATE", help="the day of the answer; without it, today"),
    LANG,
)

GROUPS = {"disclosure": "what was handed out and reads differently by now: found, told once, closed by somebody"}
COMMANDS: dict[str, Command] = {
    "disclose": (
        [*_ASKED, argument("--by", required=True, metavar="NAME", help="who answers")],
        lazy("disclosure", "disclose"),
        "answer a request for judicial data with what the law allows, as an act; the horizon comes first",
    ),
    "assess disclosure": (
        [*_ASKED, *KNOWN],
        lazy("disclosure", "look"),
        "what the answer to a request would be, now or at a moment; nothing is handed out and nothing recorded",
    ),
    "disclosure again": (
        [_TODAY],
        lazy("redisclosing", "again"),
        "find what was handed out, on incomplete knowledge or before a correction, and reads differently by now; tell it once",
    ),
    "disclosure work": (
        [_TODAY, LANG],
        lazy("redisclosing", "open_differences"),
        "the differences that nobody has closed, the nearest hearing first, with both versions and whom it may be told",
    ),
    "disclosure close": (
        [
            *_REQUEST,
            argument("--by", required=True, metavar="NAME", help="who closes it"),
            argument("--ground", required=True, metavar="TEXT", help="on what ground; name nobody in it"),
        ],
        lazy("redisclosing", "close"),
        "close the difference in a request; a person does, never the software",
    ),
}
