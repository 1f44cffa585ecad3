"""The commands of certificates of conduct, and of the interim rules by which is decided where the register is blind."""

from hervat.doors.commands.saying import DECIDED, KNOWN, Command, argument, lazy

GROUPS = {"interim": "interim rules: how to decide where the register is blind, as an authority says it"}
COMMANDS: dict[str, Command] = {
    "interim list": ([*KNOWN], lazy("ruling", "list_interim"), "the interim rules: who made them, for what, what they say, and until when"),
    "interim open": (
        [
            argument("--name", required=True, metavar="NAME", help="small letters, digits and hyphens; it never comes to mean another"),
            argument("--authority", required=True, metavar="TEXT", help="who makes it"),
            argument("--ground", required=True, metavar="TEXT", help="the decision or letter that it rests on"),
            argument(
                "--purpose",
                action="append",
                required=True,
                metavar="PURPOSE",
                help="such as `profile 60` or `aspect 84`, or every (certificate), immigration or naturalisation; again for each",
            ),
            argument(
                "--risk",
                choices=("every", "vulnerable", "ordinary"),
                default="every",
                help="only where vulnerable people are, or may be, concerned; or only where they are not",
            ),
            argument("--does", required=True, choices=("wait", "decide", "ask"), help="wait; decide on what is known; or ask first"),
            argument("--ask", metavar="TEXT", help="the source to be asked"),
            argument("--from", dest="from_", required=True, metavar="DATE", help="the first day of decision that it is for"),
            argument("--until", metavar="DATE", help="the last day; without it no end is known"),
            *DECIDED,
        ],
        lazy("ruling", "open_interim"),
        "say how to decide where the register is blind",
    ),
    "interim close": (
        [
            argument("name", metavar="NAME", help="the rule"),
            argument("--until", required=True, metavar="DATE", help="the last day of decision that it is for"),
            *DECIDED,
        ],
        lazy("ruling", "close_interim"),
        "give an interim rule its last day",
    ),
}
