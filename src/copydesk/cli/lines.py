"""Files of one JSON object a line: a bad line is reported with its number, the rest goes on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Generic, NamedTuple, TypeVar

import click
from pydantic import create_model

from copydesk import documents
from copydesk.briefs import Noun
from copydesk.cli.output import note
from copydesk.errors import InputError, Problem

N = TypeVar("N", bound=Noun)

STANDARD_INPUT = "standard input"


class Read(NamedTuple, Generic[N]):
    """One line that fits, with its number in the file."""

    number: int
    noun: N


class Raw(NamedTuple):
    """One line as it stands in the file, with its number."""

    number: int
    bytes: bytes


class Unfit(NamedTuple):
    """Why a line does not fit, with file and number."""

    why: str


class Lines(Generic[N]):
    """The lines of a file, each as a noun. What did not fit is printed and counted in `bad`."""

    def __init__(self, file: str, shape: type[N], *, lenient: bool) -> None:
        self.source = STANDARD_INPUT if file == "-" else file
        self.bad = 0
        self._file = file
        self._shape = _passing_over(shape) if lenient else shape

    def __iter__(self) -> Iterator[Read[N]]:
        for line in self.raw():
            read = self.read(line)
            if isinstance(read, Unfit):
                self.refuse(read)
            elif read is not None:
                yield read

    def raw(self) -> Iterator[Raw]:
        """Yield the lines as they stand in the file, which is held open meanwhile."""
        with self._open() as handle:
            for number, line in enumerate(handle, start=1):
                yield Raw(number, line)

    def read(self, line: Raw) -> Read[N] | Unfit | None:
        """Return a line as a noun, or why it is none; None for an empty one."""
        try:
            text = line.bytes.decode("utf-8-sig" if line.number == 1 else "utf-8")
            if text.isspace() or not text:
                return None
            parse = documents.parse_json_line
            return Read(line.number, parse(text.strip(), self._shape, self.source, line.number))
        except UnicodeDecodeError as error:
            remedy = f"write UTF-8 ({error.reason})"
            return Unfit(str(Problem("", "", remedy, self.source, line.number)))
        except InputError as error:
            return Unfit(error.message)

    def refuse(self, unfit: Unfit) -> None:
        """Print why a line does not fit, and count it."""
        note(unfit.why)
        self.bad += 1

    def end(self) -> None:
        """Raise InputError when lines did not fit: the command then exits with a status of 2."""
        if self.bad:
            lines = "1 line was" if self.bad == 1 else f"{self.bad} lines were"
            raise InputError(f"{self.source}: {lines} left out, as said above")

    def _open(self) -> BinaryIO:
        if self._file == "-":
            return sys.stdin.buffer
        try:
            return Path(self._file).open("rb")
        except OSError as error:
            reason = error.strerror or "it cannot be read"
            raise InputError(
                [Problem("", "", f"{reason}: name a file that exists", self._file)]
            ) from error


def _passing_over(shape: type[N]) -> type[N]:
    """Return the shape that passes over fields it does not know, on the line itself only."""
    return create_model(shape.__name__, __base__=shape, __cls_kwargs__={"extra": "ignore"})


file_argument = click.argument("file", metavar="FILE.jsonl")
lenient_option = click.option(
    "--lenient", is_flag=True, help="Pass over fields of a line that are not known, as labels."
)
