"""The version of this code: the newest heading of CHANGELOG.md, so that it is said once."""

import re

from marketplace.project.embedded import ROOT


def version() -> str:
    """Return the newest version, such as 0.1.0."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = re.search(r"^## (\d+\.\d+\.\d+)", text, re.MULTILINE)
    if found is None:
        raise ValueError("CHANGELOG.md has no heading with a version.")
    return found[1]
