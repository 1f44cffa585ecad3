"""The commands of the register: what comes in, what is known, what can be proven, and what goes."""

from hervat.doors.commands.saying import DECIDED, KNOWN, LANG, SKN, WHEN, Command, argument, lazy

COMMANDS: dict[str, Command] = {
    "receive": (
        [
            argument("files", nargs="+", metavar="FILE", help="messages, one a line (.jsonl, also gzip); - reads standard input"),
            argument("--receipts", metavar="FILE", help="write the custody receipt of every message to this file, one a line"),
        ],
        lazy("receiving", "receive"),
        "take messages into custody and apply what can be applied",
    ),
    "person": (
        [
            SKN,
            argument("--valid-on", metavar="DATE", help="only what counts in law on that day"),
            argument("--purpose", metavar="PURPOSE", help="for whom it is asked: reports by the police only where this is their purpose"),
            *KNOWN,
        ],
        lazy("asking", "person"),
        "what the register knows of a person, and how far it knows",
    ),
    "held": ([], lazy("asking", "held"), "what is held, why, and what it waits for"),
    "conflicts": (
        [argument("--all", action="store_true", help="also those that their senders have amended since")],
        lazy("asking", "conflicts"),
        "two contents under one id or number: what stands, and what did not come in",
    ),
    "horizon": ([], lazy("asking", "horizon"), "up to where each source is known"),
    "digest": ([], lazy("asking", "digest"), "one hash over all facts shown"),
    "status": (
        [WHEN, LANG],
        lazy("stating", "status"),
        "the state of affairs: feeds, backlog in three layers, horizon",
    ),
    "verify": (
        [
            argument("--witness", metavar="CHECKPOINT", help="a file with a checkpoint kept elsewhere"),
            argument("--tree", action="store_true", help="only what can be told without the node's keys: entries, tree and checkpoint"),
            argument("--public-key", metavar="KEY", help="with --tree: who must have signed, as hervat keys show prints it"),
        ],
        lazy("proving", "verify"),
        "fold the journal again and compare everything with what is stored",
    ),
    "prove": (
        [
            argument("position", type=int, metavar="POSITION"),
            argument("--sealed", action="store_true", help="without the node's keys: nothing in it is opened, no receipt is given"),
        ],
        lazy("proving", "prove"),
        "an inclusion proof of one entry",
    ),
    "checkpoint": (
        [argument("--since", metavar="CHECKPOINT", help="a file with an earlier one: proves that the journal begins with what it saw")],
        lazy("proving", "checkpoint"),
        "the signed checkpoint of the journal",
    ),
    "ceiling": (
        [
            argument("source", metavar="SOURCE", help="the source, as urn:nld:oin:...:systeem:..."),
            argument("--sequence", type=int, metavar="N", help="apply up to and including this number"),
            argument("--time", metavar="T", help="apply what was made at or before this moment"),
            argument("--open", action="store_true", help="apply everything"),
            argument("--hold", action="store_true", help="apply nothing more"),
            *DECIDED,
        ],
        lazy("receiving", "ceiling"),
        "say how far a source may be applied",
    ),
    "erase": (
        [
            argument("--person", metavar="SKN", help="all that is bound to this person"),
            argument("--position", type=int, metavar="P", help="the message at that position of the journal, in all its versions"),
            argument("--part", metavar="PART", help="of that message only this part: charge:1, verdict:1, sentence:1, identity"),
            argument("--pending", action="store_true", help="nothing new: take out of the files what was erased and still lies in them"),
            argument("--ground", metavar="TEXT", help="on what ground; name nobody in it"),
            argument("--by", metavar="NAME", help="who decides"),
        ],
        lazy("erasing", "erase"),
        "take out of the journal what may be kept no longer; all else stays readable and provable",
    ),
}
