"""The commands of the law: its rules, and what they say of a person."""

from hervat.doors.commands.saying import APPLICATION, KNOWN, LANG, SKN, Command, argument, lazy

_ASSESSED = (argument("--on", metavar="DATE", help="the day of the decision; without it, today"), *KNOWN, LANG)

GROUPS = {
    "assess": "what the law says of a person for a decision; a person decides",
    "law": "the rules: their texts, values and reasons",
}
COMMANDS: dict[str, Command] = {
    "assess immigration": (
        [
            SKN,
            argument("--ground", required=True, metavar="GROUND", help="of residence: regular, asylum, eu-citizen or long-term-resident"),
            argument("--decision", required=True, metavar="KIND", help="first-admission, renewal or withdrawal"),
            argument("--since", metavar="DATE", help="the first day of lawful residence without interruption"),
            *_ASSESSED,
        ],
        lazy("public_order", "immigration"),
        "whether custody reaches the norm of the sliding scale (Vb 3.86), step by step, with the receipt",
    ),
    "assess naturalisation": (
        [SKN, argument("--applied", required=True, metavar="DATE", help="the day of the application"), *_ASSESSED],
        lazy("public_order", "naturalisation"),
        "whether public order stands in the way of naturalisation (RWN 9), step by step, with the receipt",
    ),
    "assess certificate": (
        [
            *APPLICATION,
            *_ASSESSED,
        ],
        lazy("certificates", "assess"),
        "what is proposed on an application for a certificate of conduct: grant, assess, or cannot say; step by step, with the receipts",
    ),
    "law list": ([], lazy("lawbook", "list_rules"), "every rule, with its article"),
    "law show": (
        [
            argument("rule", metavar="RULE", help="the rule, such as screening.concerns"),
            argument("--on", metavar="DATE", help="only what holds for a decision on that day"),
        ],
        lazy("lawbook", "show_rule"),
        "a rule: its text and interval, its values with certainty and source, what it asks, and its explanation",
    ),
    "law gaps": ([], lazy("lawbook", "list_gaps"), "what the rules ask and no message can tell yet"),
    "law replay": (
        [
            argument("receipt", metavar="RECEIPT", help="a file with the receipt of a decision"),
            argument("--facts", action="store_true", help="say which of its facts can be read no more in this node's journal"),
        ],
        lazy("lawbook", "replay_receipt"),
        "compute a receipt again, and say whether it is the same",
    ),
}
