"""The commands of the record of an incident."""

from hervat.doors.commands.saying import KNOWN, LANG, Argument, Command, argument, lazy

GROUPS = {"timeline": "what happened when, who knew it since when, and what was decided: on record while it happens"}
_BY = argument("--by", required=True, metavar="NAME", help="who puts it on record")
_ENTRY: list[Argument] = [
    argument("--kind", required=True, metavar="WORD", help="signal, fact, risk, measure, emergency-procedure, or a word for one of them"),
    argument("--actor", required=True, metavar="NAME", help="who did it or to whom it happened: an organisation or a function, no person"),
    argument("--what", required=True, metavar="TEXT", help="what happened; name nobody in it"),
    argument(
        "--when",
        required=True,
        metavar="TIME",
        help="2025-07-17T22:45, '2025-07-16 evening', a day, a month, a year, A/B for an interval; ~ behind it: approximate; or undated",
    ),
    argument("--known", action="append", default=[], metavar="'WHO since WHEN'", help="who knew it since when; may be given again"),
    argument("--certainty", metavar="TEXT", help="how certain that is, in the source's words"),
    argument("--source", metavar="TEXT", help="where it stands"),
    argument("--same-act", type=int, metavar="POSITION", help="an entry about another moment of the same act, such as its decision"),
]
COMMANDS: dict[str, Command] = {
    "timeline show": (
        [
            *KNOWN,
            argument("--known-by", metavar="NAME", help="what that party is said to have known then"),
            LANG,
        ],
        lazy("recording", "show_timeline"),
        "what was on record, by when it happened, with the decisions that the journal holds; corrected entries stay readable",
    ),
    "timeline add": ([*_ENTRY, _BY], lazy("recording", "add"), "put an entry on record"),
    "timeline correct": (
        [
            argument("entry", type=int, metavar="POSITION", help="the entry that is corrected"),
            *_ENTRY,
            _BY,
            argument("--why", required=True, metavar="TEXT", help="why it is corrected"),
        ],
        lazy("recording", "correct"),
        "put an entry in the place of another, which stays and is shown as corrected",
    ),
    "timeline import": (
        [
            argument(
                "file",
                metavar="FILE",
                help="CSV: date, actor, event, kind; perhaps certainty, source, known; id, same_act, corrects, why",
            ),
            argument(
                "--same-act",
                action="append",
                default=[],
                metavar="LINE=LINE",
                help="two lines of the file are two moments of one act, such as its decision; may be given again",
            ),
            _BY,
        ],
        lazy("recording", "take_in"),
        "put all entries of a file on record, whole or not at all; those that are there already are not taken twice",
    ),
    "timeline consider": (
        [
            argument("decision", type=int, metavar="POSITION", help="the act that was decided on, by its position"),
            argument("--known", required=True, metavar="TEXT", help="what was known"),
            argument("--option", action="append", default=[], metavar="TEXT", help="an option that was there; may be given more than once"),
            argument("--accepts", action="append", default=[], metavar="TEXT", help="a risk that was accepted; may be given again"),
            _BY,
        ],
        lazy("recording", "consider"),
        "put on record what was known and weighed in a decision, beside its act",
    ),
}
