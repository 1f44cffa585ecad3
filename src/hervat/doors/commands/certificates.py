"""The commands of certificates of conduct, and of the interim rules by which is decided where the register is blind."""

from hervat.doors.commands.saying import APPLICATION, DECIDED, KNOWN, LANG, Command, argument, lazy

_ON = argument("--on", metavar="DATE", help="the day of the step; without it, today in Amsterdam")
_STEP = (*APPLICATION, _ON)
_BY = argument("--by", required=True, metavar="NAME", help="who does")
_GROUND = argument("--ground", required=True, metavar="TEXT", help="on what ground; name nobody in it")

GROUPS = {
    "certificate": "certificates of conduct: the procedure on an application, step by step; people decide",
    "interim": "interim rules: how to decide where the register is blind, as an authority says it",
}
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
    "certificate work": (
        [
            argument("--on", metavar="DATE", help="as it is on that day; without it, today in Amsterdam"),
            argument("--limit", type=int, default=20, metavar="N", help="so many of them; without it, 20"),
            argument("--skip", type=int, default=0, metavar="N", help="leave so many out, from the top"),
            LANG,
        ],
        lazy("certifying", "certificate_work"),
        "the applications on which nobody has decided, those whose term ends first at the top, each with what is proposed",
    ),
    "certificate forecast": (
        [
            argument("--on", metavar="DATE", help="as it is at the end of that day; without it, now"),
            argument("--over", type=int, default=20, metavar="N", help="the pace of so many working days before it; without it, 20"),
            argument("--arriving", type=int, metavar="N", help="so many come in on a working day, whatever was measured"),
            argument("--deciding", type=int, metavar="N", help="so many are decided on a working day, whatever was measured"),
            LANG,
        ],
        lazy("forecasting", "forecast_certificates"),
        "when the backlog of applications is gone, or how many more must be decided on a working day before it begins to go",
    ),
    "certificate show": (
        [*_STEP, LANG],
        lazy("certifying", "show_certificate"),
        "where the procedure on an application stands, its steps, and what is proposed now; of several under the number, each",
    ),
    "certificate propose": ([*_STEP], lazy("certifying", "propose"), "put on record what is proposed on an application, and on what"),
    "certificate consult": (
        [
            *_STEP,
            argument("--other-source", required=True, metavar="TEXT", help="who was, or was not, consulted"),
            argument("--said", metavar="WORD", help="what it said, in a word; without it, it was not consulted"),
            _BY,
        ],
        lazy("certifying", "consult"),
        "put on record what another source said, or that it was not consulted",
    ),
    "certificate intend": ([*_STEP, _BY, _GROUND], lazy("certifying", "intend"), "put on record that somebody intends to refuse"),
    "certificate hear": (
        [*_STEP, argument("--none-by", metavar="DATE", help="no view was given by this day; without it, one was heard"), _BY],
        lazy("certifying", "hear"),
        "put on record that the view of the applicant was heard, or that none was given",
    ),
    "certificate decide": (
        [*_STEP, argument("--outcome", required=True, choices=("granted", "refused"), help="what is decided"), _BY, _GROUND],
        lazy("certifying", "decide_certificate"),
        "grant or refuse; a person decides, never the software",
    ),
    "certificate object": ([*_STEP, _BY], lazy("certifying", "object_to"), "put on record that the applicant objects to a refusal"),
    "certificate suspend": ([*_STEP, _BY, _GROUND], lazy("certifying", "suspend"), "let the term of an application stand still"),
    "certificate resume": ([*_STEP, _BY], lazy("certifying", "resume"), "let the term of an application go on"),
    "certificate run": (
        [argument("--on", metavar="DATE", help="the day of the step; without it, today in Amsterdam")],
        lazy("reopening", "run_again"),
        "tell the decisions that would be proposed otherwise with what came since the last time",
    ),
    "certificate again": (
        [LANG],
        lazy("reopening", "list_again"),
        "the decisions that were opened again, worst first, each with what counted then and what counts now",
    ),
    "certificate close": (
        [
            *APPLICATION,
            argument(
                "--verdict",
                required=True,
                choices=("no-consequence", "new-certificate-demanded", "decided-again"),
                help="what is decided on it",
            ),
            _BY,
            _GROUND,
        ],
        lazy("reopening", "close_again"),
        "close a decision that was opened again; a person does, on a ground",
    ),
}
