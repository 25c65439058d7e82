"""The bids' SQL, run by its migrations. A shipped file is frozen: add the next one."""

from functools import partial
from pathlib import Path

from marketplace import sql

run = partial(sql.run, folder=Path(__file__).parent)
