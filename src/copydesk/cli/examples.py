"""The examples that come with Copydesk: invented brands with briefs and audiences."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import copydesk
from copydesk import documents
from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.errors import InputError
from copydesk.variants import Copy

WEEK = timedelta(weeks=1)


class Example(NamedTuple):
    """One brand, a brief of its, and two audiences, one of which asks for care."""

    folder: Path
    campaign: str
    brief: Brief
    brand: Brand
    audience: Audience
    sensitive: Audience
    careless: Copy
    """Copy as it should not be sent, to show what the checks find in it."""


def folder_of_examples() -> Path:
    """Return the folder, in the installed package or in the repository."""
    installed = Path(str(resources.files(copydesk))) / "examples"
    return installed if installed.is_dir() else Path(copydesk.__file__).parents[2] / "examples"


def names() -> list[str]:
    """Return the names of the examples, by which `copydesk demo` knows them."""
    return sorted(file.parent.name for file in folder_of_examples().glob("*/brand.yaml"))


def load(name: str, now: datetime) -> Example:
    """Read an example, its dates moved by whole weeks so that it is sent within a week from `now`.

    Raises:
        InputError: there is no example by this name.
    """
    folder = folder_of_examples() / name
    if name not in names():
        raise InputError(f"there is no example {name}: choose one of {', '.join(names())}")
    campaign, brief = _brief(folder)
    audiences = _audiences(folder)
    return Example(
        folder=folder,
        campaign=campaign,
        brief=to_this_week(brief, now),
        brand=documents.load(folder / "brand.yaml", Brand),
        audience=next(a for a in audiences if not a.sensitive),
        sensitive=next(a for a in audiences if a.sensitive),
        careless=documents.load(folder / "careless.yaml", Copy),
    )


def to_this_week(brief: Brief, now: datetime) -> Brief:
    """Return the brief for the first sending after `now` on the same weekday and time of day."""
    weeks = (now - brief.send_at) // WEEK + 1
    return brief.moved_to(brief.send_at + weeks * WEEK)


def _brief(folder: Path) -> tuple[str, Brief]:
    """Return the brief that has an offer, the first where none has, with its file's name."""
    files = sorted(folder.glob("briefs/*.yaml"))
    briefs = {file.stem: documents.load(file, Brief) for file in files}
    with_offer = (name for name, brief in briefs.items() if brief.offer)
    name = next(with_offer, files[0].stem)
    return name, briefs[name]


def _audiences(folder: Path) -> list[Audience]:
    return [documents.load(file, Audience) for file in sorted(folder.glob("audiences/*.yaml"))]
