"""The commands of custody."""

from hervat.doors.commands.saying import LANG, SIGNED, Command, argument, lazy

GROUPS = {"custody": "who comes due for release or prolongation, worked by hand where messages are silent, and laid beside them later"}
COMMANDS: dict[str, Command] = {
    "custody due": (
        [
            argument("--on", metavar="DATE", help="the day; without it, today in Amsterdam"),
            argument("--within", type=int, metavar="DAYS", help="how many days ahead; without it, two weeks (an unverified value)"),
            LANG,
        ],
        lazy("custody", "due"),
        "who comes due for release or prolongation, by the clock of each, with how far is known and what is held about them",
    ),
    "custody check": (
        [
            argument("message", type=int, metavar="POSITION", help="a message of the custody, by its position"),
            argument("--released-on", metavar="DATE", help="found: released on that day"),
            argument("--prolonged-until", metavar="DATE", help="found: a title until that day"),
            argument("--held", metavar="TITLE", help="found: still held, on that title"),
            argument("--source", required=True, metavar="TEXT", help="what was consulted; name nobody in it"),
            argument("--on", metavar="DATE", help="the day of the check; without it, today"),
            *SIGNED,
        ],
        lazy("custody", "check"),
        "put down what was found by hand about a custody; the last check stands, and no fact changes by it",
    ),
    "custody differences": (
        [
            argument("--since", required=True, metavar="DATE", help="releases from that day on"),
            argument("--until", metavar="DATE", help="until that day; without it, today"),
            LANG,
        ],
        lazy("custody", "differences"),
        "what was found by hand beside what messages say by now; who was held too long or released too early, in days",
    ),
}
