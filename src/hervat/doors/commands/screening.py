"""The commands of continuous screening."""

from hervat.doors.commands.saying import KNOWN, LANG, Command, argument, lazy

_CANARY = argument(
    "--canary",
    action="append",
    default=[],
    metavar="HOLDER",
    help="a holder whose enrolled persons do not exist; nothing of them is delivered",
)
_SIGNAL = (
    argument("enrolment", type=int, metavar="ENROLMENT", help="the position of the message that gave the enrolment"),
    argument("message", type=int, metavar="MESSAGE", help="the position of the message that changed the documentation"),
)
_VERDICTS = ("new-certificate-demanded", "no-consequence", "passed-on", "nobody-may-be-told")

GROUPS = {"screening": "who is screened, what changed about them, and what was told of it"}
COMMANDS: dict[str, Command] = {
    "screening run": (
        [argument("--on", metavar="DATE", help="the day of the step; without it, today in Amsterdam"), _CANARY],
        lazy("screening", "run_step"),
        "tell what changed about whoever is screened since the last time",
    ),
    "screening check": (
        [_CANARY],
        lazy("screening", "check"),
        "work out a second time what must have been told, and name the first difference",
    ),
    "screening day": (
        [argument("--on", metavar="DATE", help="the day; without it, today in Amsterdam"), _CANARY],
        lazy("screening", "take_day"),
        "what a node that serves does every day: a step, the check after it, and an act that tells what it found",
    ),
    "screening work": (
        [LANG],
        lazy("assessing", "work"),
        "the signals on which somebody has to decide, worst first, with what may lawfully follow",
    ),
    "screening decide": (
        [
            *_SIGNAL,
            argument("--verdict", required=True, choices=_VERDICTS, help="what is decided"),
            argument("--by", required=True, metavar="NAME", help="who decides"),
            argument("--ground", required=True, metavar="TEXT", help="on what ground; name nobody in it"),
            argument("--version", type=int, metavar="POSITION", help="the version that was looked at, where another would not do"),
        ],
        lazy("assessing", "decide"),
        "decide on a signal; a person decides, never the software",
    ),
    "screening doubts": (
        [],
        lazy("screening", "show_doubts"),
        "enrolments at which somebody should look: what is said of one does not go together",
    ),
    "screening receipt": ([*_SIGNAL], lazy("assessing", "receipt"), "what the law says of a signal, as a receipt for hervat law replay"),
    "screening told": ([*KNOWN], lazy("screening", "told"), "what the receiver knew, at a moment or now"),
}
