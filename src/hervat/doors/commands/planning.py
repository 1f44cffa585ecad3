"""The command that plans a restart from the map of a chain."""

from hervat.doors.commands.saying import LANG, Command, argument, lazy

GROUPS: dict[str, str] = {}
COMMANDS: dict[str, Command] = {
    "plan": (
        [
            argument("chain", metavar="CHAIN", help="the map: a TOML file; examples/letter/chain.toml is one"),
            argument("--cut", action="append", default=[], metavar="SYSTEM", help="what is cut off; else what the map's [cut] says"),
            argument("--out", metavar="FILE", help="write the plan there, to run it with hervat restart"),
            argument("--seed", type=int, default=1, help="what the search draws from"),
            argument("--for", dest="days", metavar="DAYS", help="days between the cut and when the plan begins; else by the map, or 1"),
            argument("--begins", metavar="MOMENT", help="when the plan begins; else by the map, or nobody said and only hours count"),
            argument(
                "--pin", action="append", default=[], metavar="STEP=HOUR", help="a step at that hour, or as near after it as can be"
            ),
            argument("--not-before", action="append", default=[], metavar="STEP=HOUR", help="a step not before that hour"),
            argument("--before", action="append", default=[], metavar="FIRST,THEN", help="a step before another, whatever it costs"),
            argument("--draws", type=int, metavar="N", help="draws within what is not known: how sure it is (200; of a large map 0)"),
            LANG,
        ],
        lazy("planning", "plan"),
        "in which order what is cut comes back, with the reason of each step, and what that order rests on",
    ),
}
