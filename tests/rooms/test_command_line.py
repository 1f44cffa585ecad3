"""The command line as it is told for what was given: the same as the whole of it, whatever that is."""

from contextlib import redirect_stdout
from io import StringIO
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hervat.doors.cli import Parser, parser
from hervat.doors.commands import COMMANDS, GROUPS
from hervat.errors import Usage

WHOLE = parser()
WORDS = sorted({word for name in (*COMMANDS, *GROUPS) for word in name.split()})
GIVEN = ["--help", "--json", "--", "-h", "--by", "a", "--why", "--on", "2025-09-01", "--store", "x", "sho", "1"]
lines = st.builds(
    lambda name, more: [*name.split(), *more],
    st.one_of(st.just(""), st.sampled_from(sorted(COMMANDS)), st.sampled_from(sorted(GROUPS)), st.sampled_from(WORDS)),
    st.lists(st.one_of(st.sampled_from(GIVEN), st.sampled_from(WORDS)), max_size=5),
)


def answer(asked: Parser, line: list[str]) -> Any:
    """What is parsed, what help says, or with what words it is refused."""
    with redirect_stdout(StringIO()) as printed:
        try:
            return vars(asked.parse_args(line))
        except Usage as refused:
            return str(refused)
        except SystemExit:
            return printed.getvalue()


@given(line=lines)
def test_it_answers_as_the_whole_command_line_does(line: list[str]) -> None:
    assert answer(parser(line), line) == answer(WHOLE, line)


def test_every_command_and_every_group_says_the_same_of_itself() -> None:
    for name in ("", *COMMANDS, *GROUPS):
        line = [*name.split(), "--help"]
        assert answer(parser(line), line) == answer(WHOLE, line)
