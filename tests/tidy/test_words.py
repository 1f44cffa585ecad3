"""What no file of this repository says, whatever its language.

The patterns are written so that this file does not find itself.
"""

import re

import pytest

from tests.tidy.tree import texts

UNSAID = {
    "a registry's host": r"py[p]i\.org|python[h]osted|registry\.[n]pmjs|deb\.[d]ebian\.org|ftp\.[d]ebian\.org",
    "a path of one machine": r"(?<![\w.~$)}])/(work|home|root|Users|farm)/\w",
    "a tool that wrote it": r"\b(coding|software)[ -]agents?\b|\bAI[ -]assist\w*|\blanguage[ ]models?\b|\bLL[M]s?\b"
    r"|\bchat[ ]?bot\b|\bco[-]?pilot\b",
    "a promise": r"\b(TO[D]O|FIX[M]E|X{3}|HAC[K])\b|\bfor[ ]now\b",
    "a number of the tracker": r"\b(issue|ticket)[ ]#?[0-9]+\b",
    "a merge left undone": r"^(<{7}|>{7}|\|{7}) ",
}


@pytest.mark.parametrize("what", UNSAID)
def test_no_file_names(what: str) -> None:
    pattern = re.compile(UNSAID[what], re.MULTILINE | (re.IGNORECASE if what == "a tool that wrote it" else 0))
    found = [
        f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {match.group(0)}"
        for path, text in texts().items()
        for match in pattern.finditer(text)
    ]
    assert found == []
