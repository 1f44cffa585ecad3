"""The commands of retention: what may be kept no longer."""

from hervat.doors.commands.saying import LANG, Command, argument, lazy

_ON = argument("--on", metavar="DATE", help="the day of the decision; without it, today in Amsterdam")

GROUPS = {"retention": "what may be kept no longer: when it comes due, and how it goes"}
COMMANDS: dict[str, Command] = {
    "retention forecast": (
        [_ON, argument("--years", type=int, default=10, metavar="N", help="how many years to look ahead; without it, 10"), LANG],
        lazy("retention", "forecast"),
        "how many charges come due in each year, by rule, and of how many it cannot be said",
    ),
}
