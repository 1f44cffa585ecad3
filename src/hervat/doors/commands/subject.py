"""The commands for the person concerned."""

from hervat.doors.commands.saying import LANG, SKN, Command, argument, lazy

_TODAY = argument("--on", metavar="DATE", help="the day; without it, today in Amsterdam")

GROUPS = {
    "subject": "the person concerned: what is recorded about somebody, for how long, and who was told",
    "subject correction": "requests to correct: taken in, answered in time, and ended by what corrected it or with a reason",
}
COMMANDS: dict[str, Command] = {
    "subject report": (
        [
            SKN,
            argument("--on", metavar="DATE", help="the day of the inspection; without it, today"),
            argument("--by", metavar="NAME", help="who shows it"),
            LANG,
        ],
        lazy("subject", "report"),
        "what is recorded about a person, for how long each entry is kept, and who was told what and why; it is an act",
    ),
    "subject correction ask": (
        [
            argument("message", type=int, metavar="POSITION", help="the message that is said to be wrong, by its position"),
            argument("--charge", type=int, metavar="N", help="the charge in it, where it is about one"),
            argument("--wrong", required=True, metavar="TEXT", help="what is said to be wrong; name nobody in it"),
            argument("--by", required=True, metavar="NAME", help="who takes it in"),
            _TODAY,
        ],
        lazy("correcting", "ask"),
        "take in that the person concerned asks for a correction; an answer is due within four weeks (unverified)",
    ),
    "subject correction end": (
        [
            argument("asked", type=int, metavar="REQUEST", help="the request to correct, by the position of its act"),
            argument("--corrected", type=int, metavar="POSITION", help="the message that corrected it, by its position"),
            argument("--refused", action="store_true", help="it is not corrected"),
            argument("--by", required=True, metavar="NAME", help="who answers"),
            argument("--ground", required=True, metavar="TEXT", help="on what ground; name nobody in it"),
            _TODAY,
        ],
        lazy("correcting", "end"),
        "answer a request to correct: by the message that did so, or with the reason why not",
    ),
    "subject correction work": (
        [_TODAY, LANG],
        lazy("correcting", "unanswered"),
        "the requests to correct that are not answered, by the last day on which an answer is in time",
    ),
}
