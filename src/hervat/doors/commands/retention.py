"""The commands of retention: what may be kept no longer."""

from hervat.doors.commands.saying import LANG, Command, argument, lazy

_ON = argument("--on", metavar="DATE", help="the day of the decision; without it, today in Amsterdam")
_WHO = (
    argument("--by", metavar="NAME", help="who decides"),
    argument("--ground", metavar="TEXT", help="on what ground; name nobody in it"),
)

GROUPS = {"retention": "what may be kept no longer: when it comes due, and how it goes"}
COMMANDS: dict[str, Command] = {
    "retention forecast": (
        [
            _ON,
            argument("--years", type=int, default=10, metavar="N", help="how many years to look ahead; without it, 10"),
            argument("--record", action="store_true", help="put it in the journal, for a run on a later day to be laid beside"),
            *_WHO,
            LANG,
        ],
        lazy("retention", "forecast"),
        "how many charges come due in each year, by rule, and of how many it cannot be said",
    ),
    "retention run": (
        [
            _ON,
            argument("--dry-run", action="store_true", help="hide and remove nothing; tell what would be, and what stands against it"),
            *_WHO,
            LANG,
        ],
        lazy("retention", "run"),
        "hide what is due, and remove what was hidden for long enough; the breaker stops it where anything does not agree",
    ),
}
