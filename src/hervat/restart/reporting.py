"""Reports of exercises: signed by the node for which they were made, and by no other counted."""

import base64
import binascii

import msgspec
import rfc8785

from hervat.dispatch.identity import base_of
from hervat.dispatch.signed import Unfit
from hervat.journal.checkpoint import is_signed
from hervat.journal.keys import NodeKeys
from hervat.restart.acts import EXERCISE_REPORT, ExerciseReport


def signed(report: ExerciseReport, keys: NodeKeys, at: int) -> ExerciseReport:
    """A report with the signature of the node, by the key that signs at a position."""
    signature = keys.sign(base_of(EXERCISE_REPORT, report), at)
    return msgspec.structs.replace(report, signature=base64.b64encode(signature).decode())


def ensure_own(report: ExerciseReport, keys: NodeKeys, plan: str | None = None) -> None:
    """Raises Unfit unless a key of this node signed a report, and where a plan is given by its hash, of that plan."""
    if report.node != keys.origin:
        raise Unfit(f"the report is of {report.node}, and this is {keys.origin}; run the exercise with the keys of this node", "addressee")
    try:
        signature = binascii.a2b_base64(report.signature, strict_mode=True)
    except ValueError as fault:
        raise Unfit(f"the signature of the report is not written in base64: {fault}", "signature") from fault
    try:
        base = base_of(EXERCISE_REPORT, report)
    except rfc8785.CanonicalizationError as fault:
        raise Unfit(f"the report has a number that nobody can sign: {fault}", "form") from fault
    if not any(is_signed(signer.public_key, signature, base) for signer in keys.signers):
        words = "no key of this node signed the report: it was changed, or another node made it"
        raise Unfit(f"{words}; hervat restart exercise PLAN --out FILE makes one here", "signature")
    if plan is not None and report.plan != plan:
        words = f"the report is of another plan ({report.plan[:12]}) than this one ({plan[:12]})"
        raise Unfit(f"{words}: any edit makes a plan unrehearsed; hervat restart exercise PLAN --out FILE exercises this one", "form")
