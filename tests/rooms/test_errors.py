"""The tree of errors: what each says, and the exit status it ends in."""

import pytest

from hervat import errors
from hervat.errors import BrokenInvariant, HervatError, StoreBusy, TechnicalFault, ensure


def tree(error: type[HervatError]) -> list[type[HervatError]]:
    return [error, *(below for child in error.__subclasses__() for below in tree(child))]


def test_the_drawing_names_every_error_with_its_exit_status() -> None:
    drawing = [line for line in (errors.__doc__ or "").splitlines() if "──" in line]
    drawn, status = {}, 0
    for line in drawing:
        name, *rest = line.replace("│", " ").split("── ")[1].split()
        status = int(rest[0]) if rest[0].isdigit() else status
        drawn[name] = status
    ours = [error for error in tree(HervatError)[1:] if error.__module__ == errors.__name__]
    assert drawn == {error.__name__: error.exit_status for error in ours}


@pytest.mark.parametrize("error", tree(HervatError))
def test_an_error_without_a_message_says_what_its_docstring_says(error: type[HervatError]) -> None:
    assert str(error()) == " ".join((error.__doc__ or "").split())
    assert str(error("the file b.jsonl is not there")).startswith("the file b.jsonl is not there")


def test_a_second_writer_is_told_who_holds_the_store() -> None:
    busy = StoreBusy("sqlite:///hervat.db", "process 4711")
    assert "sqlite:///hervat.db is being written by process 4711" in str(busy)


def test_what_must_hold_stops_the_step_when_it_does_not() -> None:
    ensure(1 == 1, "one is one")
    with pytest.raises(BrokenInvariant, match="received is not applied plus held plus refused"):
        ensure([], "received is not applied plus held plus refused")
    assert issubclass(BrokenInvariant, TechnicalFault)
