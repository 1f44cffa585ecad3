"""The commands of a node itself: begun, kept, rehearsed, measured and served."""

from hervat.doors.commands.saying import Command, argument, lazy

RULES = ("decide", "wait", "wait-where-vulnerable")
COMMANDS: dict[str, Command] = {
    "schema": (
        [argument("kind", nargs="?", metavar="KIND", help="a kind of message; without it, all")],
        lazy("asking", "schema"),
        "the JSON Schema of the messages",
    ),
    "init": (
        [
            argument("directory", nargs="?", default=".", metavar="DIR", help="where the node will be; without it, here"),
            argument("--origin", metavar="NAME", help="the name it signs with, such as example.org/node-1; without it, one at random"),
            argument("--oin", metavar="OIN", help="exchange with partners as this organisation: keys for that are made as well"),
            argument("--key-id", metavar="ID", help="under which id partners will know the key of the organisation"),
        ],
        lazy("keeping", "init"),
        "begin a node: a commented node.toml, and keys of its own",
    ),
    "doctor": ([], lazy("doctor", "doctor"), "the health of this node, and what to do about it"),
    "backup": (
        [argument("backup", metavar="TO", help="the file to make; its manifest comes beside it, as TO.json")],
        lazy("keeping", "backup"),
        "put the journal of one moment in a file, while the store is written to; the keys are not in it",
    ),
    "restore": (
        [
            argument("backup", metavar="FROM", help="the file of a backup, with its manifest beside it"),
            argument("--witness", action="append", default=[], metavar="CHECKPOINT", help="a file with a checkpoint kept elsewhere"),
            argument("--verify", action="store_true", help="fold everything once more, and compare what was stored"),
        ],
        lazy("keeping", "restore"),
        "put a backup in a store that is not there yet, and fold it again",
    ),
    "rehearse": (
        [
            argument(
                "scenario",
                choices=("letter", "filter", "purge", "justis", "wrong-name", "interim", "returning-intruder", "wrong-order"),
                help="the cut and the return; signals that a filter withholds; jobs that delete what they should not; a backlog of "
                "certificates; judgments on the wrong person; two interim rules on the same cut; forgeries among what a partner sends when "
                "it comes back; the courts' link opened before OM's, with and without a relay that cannot hold",
            ),
            argument("--seed", type=int, default=2025, help="the world to make"),
            argument(
                "--scale",
                type=float,
                help="1 is national: 70 days, over 200,000 messages (0.05); of purge 13,000,000 rows (0.01); of "
                "justis 5,000 applications a day (0.004); of wrong-name 1,000 pairs of people (0.1); of interim as letter (0.02); of "
                "returning-intruder 1,000 people (0.2); of wrong-order as letter (0.05)",
            ),
            argument("--interim", choices=RULES, help="of interim: the rule that is compared (decide)"),
            argument("--against", choices=RULES, help="of interim: with which (wait)"),
            argument("--directory", metavar="PATH", help="keep the stores here; without it they are thrown away"),
            argument("--on", metavar="URL", help="make the stores in schemas of this database on a server"),
        ],
        lazy("rehearsing", "rehearse"),
        "make a world, let happen to it what happened, bring it back, and compare",
    ),
    "bench": (
        [
            argument(
                "what",
                nargs="?",
                default="receive",
                choices=("receive", "scale", "screening", "certificates", "start", "http", "exchange", "plan"),
                help="what to measure",
            ),
            argument("--scale", type=float, default=0.2, help="size of the world that is measured on"),
            argument("--chains", type=int, metavar="N", help="of plan: the first N of its chains alone, without the large one"),
            argument("--on", metavar="URL", help="measure in schemas of this database on a server; without it, beside --store"),
        ],
        lazy("benching", "bench"),
        "measure, with the baselines in the same run",
    ),
    "serve": (
        [
            argument("--config", metavar="FILE", help="a node.toml: its store, and the partners' door beside the pages"),
            argument("--port", type=int, metavar="PORT", help="on the loopback interface; 8025 where nothing else is said"),
            argument("--read-only", action="store_true", help="the pages show and do nothing: no buttons, no acts"),
        ],
        lazy("serving", "serve"),
        "the pages, and with --config the door for partners, on the loopback interface",
    ),
}
