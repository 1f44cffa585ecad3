"""The errors of this house, drawn once. Whatever a command raises ends in the exit status of its branch.

    HervatError                      exit status
    ├── NotSo                        1  the answer is no: a check that fails, a person nobody knows
    ├── Usage                        2  wrong use: an unknown option, a file that is not there
    └── TechnicalFault               3  neither the question nor the answer is at fault
        ├── StoreBusy                   a second writer, told who holds the store
        ├── StoreFault                  the store cannot be opened, read or written
        ├── KeysFault                   the node's keys are absent, unreadable or do not fit this store
        └── BrokenInvariant             what must always hold does not; the step stops

- What becomes of a message (applied, held, refused, duplicate, conflict) is a value, never an error.
- The docstring of an error is its message when nothing more exact is given.
- A message says what is wrong, where, and what to do.
"""

from typing import ClassVar


class HervatError(Exception):
    """Something went wrong in hervat."""

    exit_status: ClassVar[int] = 3

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or " ".join((type(self).__doc__ or type(self).__name__).split()))


class NotSo(HervatError):
    """The answer is no."""

    exit_status = 1


class Usage(HervatError):
    """This is not how the command is used; `hervat --help` tells how."""

    exit_status = 2


class TechnicalFault(HervatError):
    """A technical fault stopped this step; what had a receipt before it is still in the journal."""


class StoreBusy(TechnicalFault):
    """Another process is writing to this store; wait until it has ended and run the command again."""

    def __init__(self, store: str | None = None, holder: str | None = None, besides: str = "") -> None:
        """`store`: its address; `holder`: who writes to it, in words ("process 4711 on north, hervat receive"); `besides`: a sentence."""
        self.store, self.holder = store, holder
        if store is None and holder is None:
            super().__init__()
            return
        super().__init__(
            f"{store or 'this store'} is being written by {holder or 'another process'}; "
            f"wait until it has ended and run the command again.{besides and ' '}{besides}"
        )


class StoreFault(TechnicalFault):
    """The store cannot be opened, read or written; see that its path exists, is writable and has room."""


class KeysFault(TechnicalFault):
    """The keys of this node are absent, unreadable or do not fit this store; put the right key folder back."""


class BrokenInvariant(TechnicalFault):
    """What must always hold does not hold; nothing of this step was kept. Run `hervat verify` and report it."""


def ensure(condition: object, message: str) -> None:
    """Stop the step unless `condition` holds. Unlike `assert` it is never optimised away.

    Raises BrokenInvariant, with `message` saying what does not hold and where.
    """
    if not condition:
        raise BrokenInvariant(message)
