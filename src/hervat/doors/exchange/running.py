"""The command `dispatch`."""

import signal
import sys
from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from hervat.clock import SystemClock
from hervat.doors import words
from hervat.doors.exchange.ourselves import ourselves
from hervat.doors.exchange.sending import Dispatch
from hervat.doors.streams import say, show


def dispatch(arguments: Namespace) -> int:
    """Send and fetch; with `--once` 1 where something is left that could not go."""
    sending = Dispatch(ourselves(arguments), SystemClock(), arguments.seed)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sending.run(once=arguments.once)
    except KeyboardInterrupt:
        say("stopping after the batches that are under way", sys.stderr)
        sending.stop()
        sending.run(once=True)
    told = sending.told()
    for partner, why in sending.hindered.items():
        say(f"hervat: {partner}: {why}", sys.stderr)
    show(words.as_document(told) if arguments.json else words.lines(_lines(told)))
    return 1 if arguments.once and (sending.hindered or any(one["left"] or one["last"] for one in told)) else 0


def _lines(told: list[dict[str, Any]]) -> Iterator[str]:
    if not told:
        yield "no way goes by wire from here; hervat way open opens one, and hervat partner set --address says where the partner's door is"
    for one in told:
        moved = f"fetched {one['received']}" if one["how"] == "fetch" else f"sent {one['sent']}, {one['left']} left"
        yield f"{one['partner']} {words.short(one['source'])}: {moved}, in {one['batches']} batches; failed {one['failures']} times"
        if one["last"] is not None:
            yield f"  now: {one['last']}"
