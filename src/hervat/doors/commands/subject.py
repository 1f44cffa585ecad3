"""The commands for the person concerned."""

from hervat.doors.commands.saying import LANG, SKN, Command, argument, lazy

GROUPS = {"subject": "the person concerned: what is recorded about somebody, for how long, and who was told"}
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
}
