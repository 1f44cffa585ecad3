"""The command line: parse, call, render.

Exit status: 0 done, 1 the answer is no, 2 wrong use, 3 a technical fault. With `--json` exactly one JSON document goes to standard
output, also when something is wrong; words and progress go to standard error. Modules are loaded by the command that needs them, so
that every command starts at once.
"""

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from hervat.cycles import look_seldom
from hervat.doors.streams import let_go, open_streams, say
from hervat.errors import HervatError, TechnicalFault, Usage

DEFAULT_STORE = "sqlite:///hervat.db"
INTERRUPTED = 130
_FILES = {"files", "receipt", "receipts", "witness", "directory", "store", "key", "backup", "config", "copy", "against", "passphrase_file"}


class Parser(argparse.ArgumentParser):
    """An argument parser whose refusals are ours to print, and that takes no option for another one that begins like it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_abbrev=False)

    def error(self, message: str) -> None:  # type: ignore[override]
        raise Usage(f"{message}; see {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    look_seldom()
    open_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A file's name may be no text, and a terminal may know few letters; neither is a reason to say nothing. JSON is UTF-8.
        sys.stdout.reconfigure(encoding="utf-8" if as_json else None, errors="backslashreplace")
    try:
        parsed = parser().parse_args(given)
        _ensure_text(parsed)
        status: int = parsed.run(parsed)
        sys.stdout.flush()
        return status
    except HervatError as error:
        return _tell(str(error), error.exit_status, as_json)
    except KeyboardInterrupt:
        return _tell("stopped; whatever was acknowledged is on disk, run the same command again to go on", INTERRUPTED, as_json)
    except BrokenPipeError:
        let_go(sys.stdout)
        let_go(sys.stderr)
        return 0
    except OSError as fault:
        where = "" if fault.filename is None else f"{fault.filename}: "
        let_go(sys.stdout)
        return _tell(f"{where}{fault.strerror}; see to that and run the same command again", TechnicalFault.exit_status, as_json)


def _tell(what: str, status: int, as_json: bool) -> int:
    from hervat.doors.words import as_document, plain

    say(plain(f"hervat: {what}"), sys.stderr)
    if as_json:
        say(as_document({"error": what.encode(errors="backslashreplace").decode(), "status": status}), sys.stdout)
    return status


def _ensure_text(parsed: argparse.Namespace) -> None:
    """Raises Usage for an argument that is no text and should be; the names of files may be any bytes."""
    for name, value in vars(parsed).items():
        if isinstance(value, str) and name not in _FILES and not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError as fault:
                raise Usage(f"{name} is no text in UTF-8: {value!a}; see how the terminal or the script that gives it is set") from fault


def parser() -> Parser:
    """The whole command line."""
    top = Parser(prog="hervat", description="The register of a criminal justice chain, and the restart of what feeds it.")
    commands = {"": top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)}
    for name, (arguments, run, words) in COMMANDS.items():
        group, _, last = name.rpartition(" ")
        if group not in commands:
            family = commands[""].add_parser(group, help=GROUPS[group], description=GROUPS[group])
            commands[group] = family.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=Parser)
        command = commands[group].add_parser(last, help=words, description=words)
        for flags, options in arguments:
            command.add_argument(*flags, **options)
        command.add_argument("--store", default=os.environ.get("HERVAT_STORE", DEFAULT_STORE), metavar="URL", help="which store")
        command.add_argument("--json", action="store_true", help="one JSON document on standard output")
        command.set_defaults(run=run)
    return top


def _lazy(module: str, name: str) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        from importlib import import_module

        status: int = getattr(import_module(f"hervat.doors.{module}"), name)(arguments)
        return status

    return run


def argument(*flags: str, **options: Any) -> tuple[tuple[str, ...], dict[str, Any]]:
    """One argument of a command."""
    return flags, options


_SKN = argument("skn", metavar="SKN", help="the person's number in the chain")
_WHEN = argument("--on", metavar="DATE", help="as it was at the end of that day, in Amsterdam")
_OIN = argument("oin", metavar="OIN", help="the organisation, by the 20 signs of its OIN")
_KNOWN = (
    argument("--known-at", metavar="TIME", help="as known at that moment"),
    argument("--position", type=int, metavar="P", help="as known at that position of the journal"),
)
_CANARY = argument(
    "--canary",
    action="append",
    default=[],
    metavar="HOLDER",
    help="a holder whose enrolled persons do not exist; nothing of them is delivered",
)
_SIGNAL = (
    argument("enrolment", type=int, metavar="ENROLMENT", help="the position of the message that gave the enrolment"),
    argument("message", type=int, metavar="MESSAGE", help="the position of the message that changed the documentation"),
)
_VERDICTS = ("new-certificate-demanded", "no-consequence", "passed-on", "nobody-may-be-told")
_DECIDED = (
    argument("--by", required=True, metavar="NAME", help="who decides"),
    argument("--why", required=True, metavar="TEXT", help="on what ground"),
)

_ASSESSED = (
    argument("--on", metavar="DATE", help="the day of the decision; without it, today"),
    *_KNOWN,
    argument("--lang", choices=("nl", "en"), default="en", help="the language of the words"),
)
_PASSPHRASE_FILE = argument("--passphrase-file", metavar="FILE", help="a file whose first line is the passphrase")

# What the commands of two words have in common, by the first of the two.
GROUPS = {
    "assess": "what the law says of a person for a decision; a person decides",
    "law": "the rules: their texts, values and reasons",
    "partner": "who may send what: the organisations, their roles and their keys",
    "keys": "the keys of this node: what seals its journal, finds things in it and signs for it",
    "procedure": "emergency procedures: what the police may report straight to the register, who says so, and what came of it",
    "screening": "who is screened, what changed about them, and what was told of it",
}

# Every command: its arguments, where it lives, and what it does in one line.
COMMANDS: dict[str, tuple[list[tuple[tuple[str, ...], dict[str, Any]]], Callable[[argparse.Namespace], int], str]] = {
    "receive": (
        [
            argument("files", nargs="+", metavar="FILE", help="messages, one a line (.jsonl, also gzip); - reads standard input"),
            argument("--receipts", metavar="FILE", help="write the custody receipt of every message to this file, one a line"),
        ],
        _lazy("receiving", "receive"),
        "take messages into custody and apply what can be applied",
    ),
    "person": (
        [
            _SKN,
            argument("--valid-on", metavar="DATE", help="only what counts in law on that day"),
            argument("--purpose", metavar="PURPOSE", help="for whom it is asked: reports by the police only where this is their purpose"),
            *_KNOWN,
        ],
        _lazy("asking", "person"),
        "what the register knows of a person, and how far it knows",
    ),
    "held": ([], _lazy("asking", "held"), "what is held, why, and what it waits for"),
    "conflicts": (
        [argument("--all", action="store_true", help="also those that their senders have amended since")],
        _lazy("asking", "conflicts"),
        "two contents under one id or number: what stands, and what did not come in",
    ),
    "horizon": ([], _lazy("asking", "horizon"), "up to where each source is known"),
    "digest": ([], _lazy("asking", "digest"), "one hash over all facts shown"),
    "status": (
        [_WHEN, argument("--lang", choices=("nl", "en"), default="en", help="the language of the words")],
        _lazy("asking", "status"),
        "the state of affairs: feeds, backlog in three layers, horizon",
    ),
    "verify": (
        [
            argument("--witness", metavar="CHECKPOINT", help="a file with a checkpoint kept elsewhere"),
            argument("--tree", action="store_true", help="only what can be told without the node's keys: entries, tree and checkpoint"),
            argument("--public-key", metavar="KEY", help="with --tree: who must have signed, as hervat keys show prints it"),
        ],
        _lazy("proving", "verify"),
        "fold the journal again and compare everything with what is stored",
    ),
    "prove": (
        [
            argument("position", type=int, metavar="POSITION"),
            argument("--sealed", action="store_true", help="without the node's keys: nothing in it is opened, no receipt is given"),
        ],
        _lazy("proving", "prove"),
        "an inclusion proof of one entry",
    ),
    "checkpoint": (
        [argument("--since", metavar="CHECKPOINT", help="a file with an earlier one: proves that the journal begins with what it saw")],
        _lazy("proving", "checkpoint"),
        "the signed checkpoint of the journal",
    ),
    "ceiling": (
        [
            argument("source", metavar="SOURCE", help="the source, as urn:nld:oin:...:systeem:..."),
            argument("--sequence", type=int, metavar="N", help="apply up to and including this number"),
            argument("--time", metavar="T", help="apply what was made at or before this moment"),
            argument("--open", action="store_true", help="apply everything"),
            argument("--hold", action="store_true", help="apply nothing more"),
            *_DECIDED,
        ],
        _lazy("receiving", "ceiling"),
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
        _lazy("erasing", "erase"),
        "take out of the journal what may be kept no longer; all else stays readable and provable",
    ),
    "partner list": ([*_KNOWN], _lazy("partnering", "list_partners"), "the organisations, with their roles and keys, and since when"),
    "partner set": (
        [
            _OIN,
            argument("--name", metavar="NAME", help="what it is called"),
            argument("--role", action="append", default=[], metavar="ROLE", help="a role; these, and no others, are its roles from now on"),
            argument("--no-roles", action="store_true", help="it is known and may send nothing"),
            argument("--key", metavar="FILE", help="a public key in PEM that is added (Ed25519, or ECDSA on P-256)"),
            argument("--key-id", metavar="ID", help="the name of that key in signed requests"),
            argument("--key-from", metavar="T", help="from when on that key counts; without it, from now"),
            argument("--key-until", metavar="T", help="until when that key counts; without it, until it is revoked"),
            argument("--revoke-key", action="append", default=[], metavar="ID", help="this key counts no more from now on; --why says why"),
            *_DECIDED,
        ],
        _lazy("partnering", "set_partner"),
        "say what is known of an organisation from now on; what is not given stays as it is",
    ),
    "partner remove": ([_OIN, *_DECIDED], _lazy("partnering", "remove_partner"), "know an organisation no more from now on"),
    "keys show": ([], _lazy("keyring", "show_keys"), "the public part of the keys: who signs, since when; never a secret"),
    "keys backup": (
        [
            argument("copy", metavar="TO", help="the file to make; keep it where no backup of the store is kept"),
            argument("--passphrase", action="store_true", help="seal it under a passphrase: from HERVAT_PASSPHRASE, or asked for"),
            _PASSPHRASE_FILE,
        ],
        _lazy("keyring", "back_up_keys"),
        "put a copy of the keys apart; without the keys nothing in the store can be read",
    ),
    "keys restore": (
        [
            argument("copy", metavar="FROM", help="a copy that hervat keys backup made, or a keys file"),
            argument("--against", metavar="BACKUP", help="try them on this backup of the store, where the store is gone as well"),
            _PASSPHRASE_FILE,
        ],
        _lazy("keyring", "restore_keys"),
        "put a copy in the place of keys that are gone, once it is seen that they are this store's",
    ),
    "keys rotate": (
        [
            argument("--stolen", action="store_true", help="the old keys are in other hands: the old one vouches for nothing any more"),
            *_DECIDED,
        ],
        _lazy("keyring", "rotate_keys"),
        "let other keys seal and sign from now on, and seal anew what is there; killed, the same again goes on",
    ),
    "procedure list": (
        [*_KNOWN],
        _lazy("proceeding", "list_procedures"),
        "the emergency procedures: their scope, how much came under each, what was refused, and how the reports ended",
    ),
    "procedure open": (
        [
            argument("--name", required=True, metavar="NAME", help="small letters, digits and hyphens; it never comes to mean another"),
            argument("--authority", required=True, metavar="TEXT", help="who opens it"),
            argument("--ground", required=True, metavar="TEXT", help="the decision or letter that it rests on"),
            argument("--sector", action="append", required=True, metavar="SECTOR", help="childcare or taxi; again for each"),
            argument("--category", action="append", required=True, metavar="CATEGORY", help="serious-violence or sexual; again for each"),
            argument("--receiver", action="append", required=True, metavar="TEXT", help="who receives what comes of it; again for each"),
            argument("--purpose", required=True, metavar="PURPOSE", help="the one purpose for which reports are shown"),
            argument("--from", dest="from_", required=True, metavar="DATE", help="the first day that a report may be of"),
            argument("--until", metavar="DATE", help="the last day; without it no end is known"),
            *_DECIDED,
        ],
        _lazy("proceeding", "open_procedure"),
        "open a way for the police to report straight to the register",
    ),
    "procedure close": (
        [
            argument("name", metavar="NAME", help="the procedure"),
            argument("--until", required=True, metavar="DATE", help="the last day that a report may be of"),
            *_DECIDED,
        ],
        _lazy("proceeding", "close_procedure"),
        "give an emergency procedure its last day",
    ),
    "screening run": (
        [argument("--on", metavar="DATE", help="the day of the step; without it, today in Amsterdam"), _CANARY],
        _lazy("screening", "run_step"),
        "tell what changed about whoever is screened since the last time",
    ),
    "screening check": (
        [_CANARY],
        _lazy("screening", "check"),
        "work out a second time what must have been told, and name the first difference",
    ),
    "screening work": (
        [argument("--lang", choices=("nl", "en"), default="en", help="the language of the words")],
        _lazy("assessing", "work"),
        "the signals on which somebody has to decide, worst first, with what may lawfully follow",
    ),
    "screening decide": (
        [
            *_SIGNAL,
            argument("--verdict", required=True, choices=_VERDICTS, help="what is decided"),
            argument("--by", required=True, metavar="NAME", help="who decides"),
            argument("--ground", required=True, metavar="TEXT", help="on what ground; name nobody in it"),
            argument("--version", type=int, metavar="POSITION", help="the version that was looked at, where another would not do"),
        ],
        _lazy("assessing", "decide"),
        "decide on a signal; a person decides, never the software",
    ),
    "screening receipt": ([*_SIGNAL], _lazy("assessing", "receipt"), "what the law says of a signal, as a receipt for hervat law replay"),
    "screening told": ([*_KNOWN], _lazy("screening", "told"), "what the receiver knew, at a moment or now"),
    "assess immigration": (
        [
            _SKN,
            argument("--ground", required=True, metavar="GROUND", help="of residence: regular, asylum, eu-citizen or long-term-resident"),
            argument("--decision", required=True, metavar="KIND", help="first-admission, renewal or withdrawal"),
            argument("--since", metavar="DATE", help="the first day of lawful residence without interruption"),
            *_ASSESSED,
        ],
        _lazy("public_order", "immigration"),
        "whether custody reaches the norm of the sliding scale (Vb 3.86), step by step, with the receipt",
    ),
    "assess naturalisation": (
        [_SKN, argument("--applied", required=True, metavar="DATE", help="the day of the application"), *_ASSESSED],
        _lazy("public_order", "naturalisation"),
        "whether public order stands in the way of naturalisation (RWN 9), step by step, with the receipt",
    ),
    "law list": ([], _lazy("lawbook", "list_rules"), "every rule, with its article"),
    "law show": (
        [
            argument("rule", metavar="RULE", help="the rule, such as screening.concerns"),
            argument("--on", metavar="DATE", help="only what holds for a decision on that day"),
        ],
        _lazy("lawbook", "show_rule"),
        "a rule: its text and interval, its values with certainty and source, what it asks, and its explanation",
    ),
    "law gaps": ([], _lazy("lawbook", "list_gaps"), "what the rules ask and no message can tell yet"),
    "law replay": (
        [argument("receipt", metavar="RECEIPT", help="a file with the receipt of a decision")],
        _lazy("lawbook", "replay_receipt"),
        "compute a receipt again, and say whether it is the same",
    ),
    "schema": (
        [argument("kind", nargs="?", metavar="KIND", help="a kind of message; without it, all")],
        _lazy("asking", "schema"),
        "the JSON Schema of the messages",
    ),
    "init": (
        [
            argument("directory", nargs="?", default=".", metavar="DIR", help="where the node will be; without it, here"),
            argument("--origin", metavar="NAME", help="the name it signs with, such as example.org/node-1; without it, one at random"),
        ],
        _lazy("keeping", "init"),
        "begin a node: a commented node.toml, and keys of its own",
    ),
    "doctor": ([], _lazy("doctor", "doctor"), "the health of this node, and what to do about it"),
    "backup": (
        [argument("backup", metavar="TO", help="the file to make; its manifest comes beside it, as TO.json")],
        _lazy("keeping", "backup"),
        "put the journal of one moment in a file, while the store is written to; the keys are not in it",
    ),
    "restore": (
        [
            argument("backup", metavar="FROM", help="the file of a backup, with its manifest beside it"),
            argument("--witness", action="append", default=[], metavar="CHECKPOINT", help="a file with a checkpoint kept elsewhere"),
            argument("--verify", action="store_true", help="fold everything once more, and compare what was stored"),
        ],
        _lazy("keeping", "restore"),
        "put a backup in a store that is not there yet, and fold it again",
    ),
    "rehearse": (
        [
            argument("scenario", choices=("letter", "filter"), help="the cut and the return, or signals that a filter withholds"),
            argument("--seed", type=int, default=2025, help="the world to make"),
            argument("--scale", type=float, default=0.05, help="1 is national: 70 days, over 200,000 messages"),
            argument("--directory", metavar="PATH", help="keep the stores here; without it they are thrown away"),
            argument("--on", metavar="URL", help="make the stores in schemas of this database on a server"),
        ],
        _lazy("rehearsing", "rehearse"),
        "make a world, let happen to it what happened, bring it back, and compare",
    ),
    "bench": (
        [
            argument(
                "what", nargs="?", default="receive", choices=("receive", "scale", "screening", "start", "http"), help="what to measure"
            ),
            argument("--scale", type=float, default=0.2, help="size of the world that is measured on"),
        ],
        _lazy("benching", "bench"),
        "measure, with the baselines in the same run",
    ),
    "serve": (
        [
            argument("--config", metavar="FILE", help="a node.toml: its store, and the partners' door beside the pages"),
            argument("--port", type=int, metavar="PORT", help="on the loopback interface; 8025 where nothing else is said"),
            argument("--read-only", action="store_true", help="the pages show and do nothing: no buttons, no acts"),
        ],
        _lazy("serving", "serve"),
        "the pages, and with --config the door for partners, on the loopback interface",
    ),
}
