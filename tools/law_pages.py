"""Write the pages of docs/law from the rules: `make law`.

.venv/bin/python tools/law_pages.py docs/law
"""

import sys
from pathlib import Path

from hervat.doors.lawbook import pages


def main(folder: Path) -> None:
    """Write every page, and remove those of rules that are no more."""
    written = pages()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.md"):
        if old.name not in written:
            old.unlink()
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
