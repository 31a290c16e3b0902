"""Cells that no spreadsheet runs, and that can be read back to the letter.

OWASP, "CSV Injection": a cell that begins with one of BEGINS is run as a formula, so a `'` is put
before it. https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the full-width forms of the first, which some spreadsheets take as well."""
GUARD = "'"


def guarded(cell: str) -> str:
    """Return the cell with a guard before what a spreadsheet would run.

    A cell that begins with the guard itself gets another one, so that `plain` always finds the
    way back.
    """
    return GUARD + cell if cell.startswith((*BEGINS, GUARD)) else cell


def plain(cell: str) -> str:
    """Return what `guarded` was given."""
    return cell.removeprefix(GUARD)
