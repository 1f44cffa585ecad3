"""The commands of the backlog desk: what lay on paper during a cut becomes messages."""

from hervat.doors.commands.saying import Command, argument, lazy

_SOURCE = argument("--source", required=True, metavar="SOURCE", help="a source of one's own that no system sends")
_BY = argument("--by", required=True, metavar="NAME", help="who does this")
_ON = argument("--on", metavar="DATE", help="the day; without it, today in Amsterdam")
_KEYED = (
    argument("files", metavar="FILE", help="the data of the kind as JSON; - reads standard input"),
    _SOURCE,
    argument("--paper", required=True, metavar="NUMBER", help="the number that stands on the paper; name nobody in it"),
    argument("--kind", required=True, metavar="KIND", help="what is decided on it, as a kind of message"),
    _BY,
)
_COUNTED = (
    argument("--count", required=True, type=int, metavar="N", help="how many lie there"),
    argument("--oldest-on", metavar="DATE", help="the day of the oldest decision among them"),
    argument("--counted-on", metavar="DATE", help="the day on which they were counted; without it, today in Amsterdam"),
)

GROUPS = {"backlog": "what lay on paper during a cut: counted, keyed, worked away"}
COMMANDS: dict[str, Command] = {
    "backlog declare": (
        [
            _SOURCE,
            argument("--kind", action="append", required=True, metavar="KIND", help="what lies there; may be given more than once"),
            argument("--from", dest="from_", required=True, metavar="DATE", help="the first day of its decisions"),
            argument("--until", required=True, metavar="DATE", help="the last day of them"),
            *_COUNTED,
            _BY,
        ],
        lazy("backlog", "declare"),
        "say how much lies on paper: a stock-declared of the source comes into custody",
    ),
    "backlog count": (
        [_SOURCE, argument("--kind", metavar="KIND", help="of which declaration, where the source has several"), *_COUNTED, _BY],
        lazy("backlog", "count"),
        "count again what was declared: the last count stands",
    ),
    "backlog enter": (
        [*_KEYED],
        lazy("backlog", "enter"),
        "key a paper; on custody, sex offences and violence a second reader keys it as well, and only then it becomes a message",
    ),
    "backlog work": ([_ON], lazy("backlog", "work"), "what waits, ordered by harm and by the clock of the law; the weights are invented"),
    "backlog forecast": (
        [
            _SOURCE,
            _ON,
            argument("--people", type=int, default=1, metavar="N", help="how many people key; without it, 1"),
            argument("--rate", metavar="N", help="how many papers somebody enters in a day; without it, as measured"),
            argument("--arriving", metavar="N", help="how many papers come on a working day; without it, as counted"),
        ],
        lazy("backlog", "forecast"),
        "how many person-days it takes, and when it is gone; or that it never is",
    ),
    "backlog sample": (
        [
            _SOURCE,
            argument("--size", type=int, metavar="N", help="draw so many papers anew; without it, the last sample is shown"),
            argument("--seed", type=int, default=1, metavar="N", help="the seed by which they are drawn; without it, 1"),
            argument("--by", metavar="NAME", help="who draws them"),
        ],
        lazy("backlog", "sample"),
        "draw papers that were entered, to be checked against the paper; or show how many of them are wrong",
    ),
    "backlog check": ([*_KEYED], lazy("backlog", "check"), "key a paper of the sample again: somebody who did not read it before"),
}
