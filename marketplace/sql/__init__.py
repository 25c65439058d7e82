"""SQL that migrations run. A shipped file is frozen: change it by adding the next one."""

from pathlib import Path

from django.db.migrations import RunSQL


def run(name: str, *, folder: Path = Path(__file__).parent) -> RunSQL:
    """Return the operation that runs `name`.up.sql, and `name`.down.sql on the way back."""
    return RunSQL(
        sql=(folder / f"{name}.up.sql").read_text(encoding="utf-8"),
        reverse_sql=(folder / f"{name}.down.sql").read_text(encoding="utf-8"),
    )
