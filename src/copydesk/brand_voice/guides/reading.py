"""Reading a style guide or samples, whatever format they are in."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from copydesk import documents
from copydesk.brand_voice.guides import from_docx, from_html, from_markdown, from_pdf
from copydesk.brand_voice.guides.passages import Block, Sentence, sentences
from copydesk.errors import InputError, Problem

_TEXTS: dict[str, Callable[[str], list[Block]]] = {
    ".md": from_markdown.blocks, ".markdown": from_markdown.blocks, ".txt": from_markdown.blocks,
    ".html": from_html.blocks, ".htm": from_html.blocks,
}  # fmt: skip
_BINARIES: dict[str, Callable[[bytes], list[Block]]] = {
    ".pdf": from_pdf.blocks, ".docx": from_docx.blocks,
}  # fmt: skip
_PACKAGES = {".md": "markdown_it", ".markdown": "markdown_it", ".txt": "markdown_it",
             ".html": "lxml", ".htm": "lxml", ".pdf": "pypdf", ".docx": "docx"}  # fmt: skip
BYTES_AT_MOST = 50_000_000
"""A guide with pictures may be large; what is larger than this is some other file."""


def read_blocks(path: Path) -> list[Block]:
    """Return the blocks of a Markdown, text, HTML, PDF or Word file.

    Raises:
        InputError: the file cannot be read, is of another kind, holds no text, or the package
            that reads its kind is not installed.
    """
    suffix = path.suffix.casefold()
    if suffix not in _PACKAGES:
        known = ", ".join(sorted(_PACKAGES))
        raise _refused(path, f"save it as one of {known}")
    if find_spec(_PACKAGES[suffix]) is None:
        raise _refused(path, f"to read {suffix} files: pip install 'copydesk[brand]'")
    if suffix in _TEXTS:
        found = _TEXTS[suffix](documents.read(path))
    else:
        found = _binary(path, _BINARIES[suffix])
    if not any(block.text.strip() for block in found):
        raise _refused(path, "it holds no text: a scan must go through text recognition first")
    return found


def read_guide(path: Path) -> list[Sentence]:
    """Return the sentences of a guide. Raises InputError as `read_blocks` does."""
    return sentences(read_blocks(path), path.name)


def _binary(path: Path, read: Callable[[bytes], list[Block]]) -> list[Block]:
    try:
        if path.stat().st_size > BYTES_AT_MOST:
            raise _refused(path, f"split it: it is larger than {BYTES_AT_MOST:,} bytes")
        data = path.read_bytes()
    except OSError as error:
        raise _refused(path, f"{error.strerror}: name a file that exists") from error
    try:
        return read(data)
    except InputError:
        raise
    except Exception as error:  # parsers raise their own trees, and plain ones for broken files
        raise _refused(path, f"save it again: it cannot be read ({error})") from error


def _refused(path: Path, remedy: str) -> InputError:
    return InputError([Problem("", "", remedy, str(path))])
