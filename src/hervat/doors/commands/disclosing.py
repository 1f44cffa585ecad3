"""The commands of disclosure: what the law allows to be told to whom, and what was told."""

from hervat.doors.commands.saying import KNOWN, LANG, Command, argument, lazy

_ASKED = (
    argument("request", metavar="REQUEST", help="the request, by its own id or by that of its message"),
    argument("--source", metavar="SOURCE", help="who sent it, where several have that id"),
    argument("--role", metavar="ROLE", help="who asks, in a word of the grounds (IND, court, prison-director), where no list has it"),
    argument("--purpose", metavar="PURPOSE", help="what for, in a word of the grounds (aliens-law), where no list has it"),
    argument("--mandate-of", metavar="ROLE", help="for whom it asks, where the request says that there is a mandate"),
    argument("--mandate-from", metavar="DATE", help="the first day of the mandate"),
    argument("--mandate-until", metavar="DATE", help="the day on which the mandate ends, or none"),
    argument("--consent", choices=("yes", "no"), help="whether the person concerned signed a consent, where the request does not say"),
    argument("--on", metavar="DATE", help="the day of the answer; without it, today"),
    LANG,
)

GROUPS: dict[str, str] = {}
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
}
