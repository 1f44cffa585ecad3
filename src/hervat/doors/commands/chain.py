"""The commands on the map of a chain: what a cut does, whether a map is sound, and maps that others keep."""

from hervat.doors.commands.saying import LANG, Command, argument, lazy

GROUPS = {"chain": "the map of a chain: is it sound, and one from what others keep"}
COMMANDS: dict[str, Command] = {
    "impact": (
        [
            argument("chain", metavar="CHAIN", help="the map: a TOML file; examples/letter/chain.toml is one"),
            argument("--cut", action="append", default=[], metavar="SYSTEM", help="what is cut off; else what the map's [cut] says"),
            argument("--for", dest="days", metavar="DAYS", help="days before the work of coming back begins; else what the map says, or 1"),
            argument("--draws", type=int, default=200, metavar="N", help="draws of the estimates: how sure the harm is; 0 draws none"),
            argument("--seed", type=int, default=1, metavar="N", help="what the draws are drawn from"),
            LANG,
        ],
        lazy("impact", "impact"),
        "what a cut does: what stops when, what waits, what procedures carry, the harm, and where the chain is weak",
    ),
    "chain check": (
        [argument("chain", metavar="CHAIN", help="the map: a TOML file")],
        lazy("mapping", "check_chain"),
        "whether a map is sound, or what is wrong with it",
    ),
    "chain import": (
        [
            argument("files", nargs="+", metavar="FILE", help="a model in the ArchiMate exchange format (.xml), or tables (.csv)"),
            argument("--out", metavar="CHAIN", help="write the map there; without it, it is printed"),
            argument("--name", metavar="TEXT", help="what the map is called; else what the model is called, or the file"),
        ],
        lazy("mapping", "import_chain"),
        "make a map of what others keep; what does not fit is named, and every figure that is missing",
    ),
}
