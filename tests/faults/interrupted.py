"""A process that waits for its helper and is interrupted at one line after another of the waiting; each time it must come to an end."""

import sys
from threading import Thread
from types import FrameType
from typing import Any

import msgspec

from hervat.intake.conveyor import Coming, Helper, Work

PATIENCE = 20


class Turning(Work[list[int], list[int]]):
    """Work that takes no time."""

    def done(self, batch: list[int]) -> list[int]:
        return batch[::-1]

    def unpacked(self, packed: bytes) -> list[int]:
        return msgspec.msgpack.decode(packed, type=list[int])


def interrupted_at(coming: Coming[list[int]], line: int) -> bool:
    """Wait, and be interrupted when so many lines have run; False where the waiting has fewer."""
    left = line

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal left
        if event == "line":
            left -= 1
            if left < 0:
                raise KeyboardInterrupt
        return trace

    sys.settrace(trace)
    try:
        coming.done()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(None)
    return False


def main() -> None:
    """Tell at how many lines it was interrupted and came to an end."""
    line = 0
    while True:
        helper = Helper(Turning())
        first, *_ = [helper.send([one, 2]) for one in range(9)]
        interrupted = interrupted_at(first, line)
        closing = Thread(target=helper.close, daemon=True)
        closing.start()
        closing.join(PATIENCE)
        if closing.is_alive():
            sys.exit(f"interrupted at line {line} of the waiting it does not end")
        if not interrupted:
            break
        line += 1
    print(line)


if __name__ == "__main__":
    main()
