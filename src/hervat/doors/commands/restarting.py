"""The commands of a restart: isolate, run a plan through its gates, and exercise it."""

from hervat.doors.commands.saying import DECIDED, LANG, WEIGHED, Command, argument, lazy

_PLAN = argument("plan", metavar="PLAN", help="the plan, as hervat plan --out wrote it")
_STEP = argument("step", metavar="STEP", help="the step of the plan, by its id")
_REPORT = argument("--rehearsed", metavar="FILE", help="the report of an exercise of this very plan, signed by this node")
_BY = argument("--by", required=True, metavar="NAME", help="who decides")
_SECOND = argument("--second", metavar="NAME", help="who decides with them, where anybody does")
_SIGNING = (
    argument("--oin", metavar="OIN", help="the organisation that signs"),
    argument("--key-id", metavar="ID", help="the name of its key, as partners know it"),
    argument("--key", metavar="FILE", help="its private key, in PEM"),
)

GROUPS = {"restart": "a plan run through its gates: each link opens as far as they say, and no further"}
COMMANDS: dict[str, Command] = {
    "isolate": (
        [
            argument("partner", metavar="OIN|all", help="the organisation, by its OIN, or all of them"),
            *DECIDED,
            _SECOND,
            *_SIGNING,
        ],
        lazy("restarting", "isolate"),
        "admit nothing more of an organisation, of whatever source or way; custody goes on",
    ),
    "restart begin": (
        [_PLAN, *DECIDED, argument("--second", metavar="NAME", help="who decides with them: to begin takes two people"), _REPORT],
        lazy("restarting", "begin"),
        "begin a run of a plan: what it names is closed until its gates open it",
    ),
    "restart show": ([LANG], lazy("restarting", "show_run"), "the run: steps, gates with their evidence or what is missing, what waits"),
    "restart check": (
        [argument("--statement", metavar="FILE", help="what a partner signed that it sent of a feed, to reconcile with"), _REPORT],
        lazy("restarting", "check"),
        "look at every gate, and move what may be moved or must be closed; 1 where a gate was lost",
    ),
    "restart done": (
        [
            _STEP,
            _BY,
            argument("--evidence", required=True, metavar="TEXT", help="what there is to show for it; name nobody in it"),
            argument("--second", metavar="NAME", help="who lets a link go on with them that was held or isolated"),
            *WEIGHED,
        ],
        lazy("restarting", "done"),
        "say that a step was done by hand, or let a link go on that was held",
    ),
    "restart approve": (
        [
            _STEP,
            argument("--role", metavar="ROLE", help="in which role, as the plan names it"),
            *_SIGNING,
            argument("--out", metavar="FILE", help="write what is signed there, and hand in nothing"),
            argument("--of-run", metavar="NAME", help="with --out, for a node elsewhere: its run, as restart show tells it"),
            argument("--hash", metavar="HASH", help="and the hash of the plan"),
            argument("--node", metavar="NAME", help="and the name of that node"),
            argument("--stop", type=int, metavar="POSITION", help="and where the step was last held or isolated in that run, if it was"),
            argument("--approval", metavar="FILE", help="hand in what was signed and written before"),
            argument("--by", metavar="NAME", help="who hands it in; asked but with --out"),
            argument("--why", metavar="TEXT", help="on what ground; asked but with --out"),
            _SECOND,
            *WEIGHED,
        ],
        lazy("restarting", "approve"),
        "sign that an organisation approves a step, or hand in what it signed",
    ),
    "restart waive": (
        [
            _STEP,
            argument("gate", metavar="GATE", help="the gate that is let be"),
            _BY,
            argument("--of", required=True, metavar="OIN", help="their organisation"),
            argument("--second", required=True, metavar="NAME", help="who decides with them"),
            argument("--second-of", required=True, metavar="OIN", help="the organisation of the second, another one"),
            argument("--why", required=True, metavar="TEXT", help="on what ground"),
            argument("--until", required=True, metavar="T", help="until which moment it counts"),
            *WEIGHED,
        ],
        lazy("restarting", "waive"),
        "let a gate be until a moment: two people of two organisations, and it stays to be seen",
    ),
    "restart hold": (
        [_STEP, *DECIDED, _SECOND],
        lazy("restarting", "hold"),
        "hold a link, or say that a step is done no more; what waits for it is closed as well",
    ),
    "restart abort": ([*DECIDED, _SECOND], lazy("restarting", "abort"), "end the run; what is not live stays closed"),
    "restart exercise": (
        [
            _PLAN,
            argument("--seed", type=int, default=1, metavar="N", help="what the faults are drawn from"),
            argument("--fault", action="append", default=[], metavar="NAME", help="inject this one, and no other; again for each"),
            argument("--out", metavar="FILE", help="write the signed report there, for restart begin --rehearsed"),
        ],
        lazy("restarting", "exercise"),
        "go through a plan with partners that do not exist, on a store of its own; 1 where it did not come through",
    ),
    "restart report": (
        [argument("--verify", metavar="FILE", help="tell whether this node signed the report of an exercise in this file")],
        lazy("restarting", "report"),
        "the run as it stands, with the checkpoint of the journal that it follows from",
    ),
}
