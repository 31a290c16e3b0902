"""`copydesk brand`: a brand from its style guide, and how near copy is to it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click
from pydantic import Field, model_validator

from copydesk import documents
from copydesk.brand_voice import Brand, Citation
from copydesk.brand_voice.tone import ToneScore, tone_score
from copydesk.briefs import Line, Noun
from copydesk.cli.example import example
from copydesk.cli.lines import Lines
from copydesk.cli.local import the_settings
from copydesk.cli.output import for_people, json_option, note, print_json, shown, working
from copydesk.variants import Copy

if TYPE_CHECKING:
    from copydesk.brand_voice.guides.lessons import Lesson
    from copydesk.brand_voice.guides.passages import Sentence

document = click.Path(path_type=Path, dir_okay=False)


class ScoredText(Noun):
    """One text of a file with its score, as `copydesk brand score` prints it."""

    id: str
    tone: ToneScore


class TextLine(Noun):
    """One line of a file to score: a text, or copy."""

    id: str | None = None
    text: Line | None = None
    copy_: Copy | None = Field(default=None, alias="copy")

    @model_validator(mode="after")
    def _holds_something(self) -> Self:
        if self.text is None and self.copy_ is None:
            raise ValueError('write {"text": ...} or {"copy": {"subject", "preheader", "body"}}')
        return self

    @property
    def words(self) -> str:
        """Its text; of copy one slot after the other, merge tags as their fallbacks."""
        slots = self.copy_.slots() if self.copy_ else ()
        return self.text or "\n".join(text.render() for _, text in slots)


@click.group()
def brand() -> None:
    """Make a brand file of a style guide, confirm it, and score copy against it."""


@example(
    "copydesk brand import guide.md --samples approved.jsonl --out brand.yaml",
    "copydesk brand import guide.pdf wordlist.docx --name Larkfell > brand.yaml",
)
@brand.command("import")
@click.argument("guides", metavar="FILE...", type=document, nargs=-1, required=True)
@click.option("--samples", type=document, multiple=True, help="Approved copy; may be repeated.")
@click.option("--name", help="The brand's name, where the guide does not say it.")
@click.option("--out", type=document, help="Where to write; standard output when left out.")
@click.option("--rules-only", is_flag=True, help="Ask no model, even where one is configured.")
@click.pass_context
def importing(
    ctx: click.Context,
    guides: tuple[Path, ...],
    *,
    samples: tuple[Path, ...],
    name: str | None,
    out: Path | None,
    rules_only: bool,
) -> None:
    """Turn a style guide into a brand file, every entry with the sentence that it comes from.

    Reads Markdown, text, HTML, PDF and Word; samples may also be JSONL of copy or CSV. A configured
    server's model reads along; what it proposes must stand in the guide. Then go through the
    entries with `copydesk brand confirm`.
    """
    from copydesk.brand_voice.guides.brand_file import as_yaml, build

    sentences = _sentences(guides)
    with working("Reading"):
        lessons = _lessons(ctx.obj, sentences, samples, rules_only=rules_only)
        made = build(lessons, name)
    written = as_yaml(made.brand)
    if out is None:
        click.echo(written, nl=False)
    else:
        out.write_text(written, encoding="utf-8")
    note(f"{len(made.brand.citations)} sentences cited, none confirmed yet")
    for one in made.disputes:
        note(f"{one.file}, {one.place} says otherwise: {one.entry} {one.value} ({one.says})")


@example("copydesk brand confirm brand.yaml", "copydesk brand confirm brand.yaml --all")
@brand.command()
@click.argument("file", type=document)
@click.option("--all", "every", is_flag=True, help="Confirm every entry without asking.")
def confirm(file: Path, *, every: bool) -> None:
    """Go through the entries of a brand file, each beside its sentence, and keep or drop it."""
    from copydesk.brand_voice.guides.brand_file import as_yaml, confirmed, without

    found = documents.load(file, Brand)
    for citation in _unconfirmed(found):
        answer = "y" if every else _ask(citation)
        if answer == "q":
            break
        if answer != "s":
            found = confirmed(found, citation) if answer == "y" else without(found, citation)
        # Written at once: an hour of answers must not hang on the last of them.
        file.write_text(as_yaml(found), encoding="utf-8")
    left = sum(not citation.confirmed for citation in found.citations)
    note(f"{left} sentences are not confirmed yet" if left else "every entry is confirmed")


@example(
    "copydesk brand score --brand brand.yaml draft.md",
    "copydesk brand score --brand brand.yaml drafts.jsonl --json > scores.jsonl",
)
@brand.command("score")
@click.argument("file", type=document)
@click.option("--brand", "brand_file", type=document, required=True, help="Whose voice.")
@click.option("--samples", type=document, multiple=True, help="More approved copy of the brand.")
@json_option
@click.pass_context
def scoring(
    ctx: click.Context, file: Path, *, brand_file: Path, samples: tuple[Path, ...], as_json: bool
) -> None:
    """Say how near copy is to the brand's own, from 0 to 100, and by which features.

    50 is a sentence that could as well be anyone's. FILE is a text, or JSONL with an object
    {"id"?, "copy"} or {"id"?, "text"} a line. With too few samples there is no score, and the
    answer says how many more are needed.
    """
    from copydesk.brand_voice.guides.samples import read_samples
    from copydesk.cli.show.tones import print_tone

    settings = the_settings(ctx.obj)
    given = [str(lesson.value) for path in samples for lesson in read_samples(path)]
    own = (*documents.load(brand_file, Brand).samples, *given)
    people = for_people(as_json=as_json)
    for name, text in _texts(file):
        with working("Measuring"):
            tone = tone_score(text, own, settings.embedding_model)
        if people:
            print_tone(name, tone)
        else:
            print_json(ScoredText(id=name, tone=tone))


def _sentences(guides: Sequence[Path]) -> list[Sentence]:
    from copydesk.brand_voice.guides.reading import read_guide

    return [sentence for path in guides for sentence in read_guide(path)]


def _lessons(
    settings_file: Path,
    sentences: Sequence[Sentence],
    samples: Sequence[Path],
    *,
    rules_only: bool,
) -> list[Lesson]:
    """Return what rules, a configured model and samples teach: the rules have the first word."""
    from copydesk.brand_voice.guides.learning import learn
    from copydesk.brand_voice.guides.samples import read_samples

    lessons = learn(sentences)
    settings = the_settings(settings_file)
    if not rules_only and (settings.openai_api_key or settings.openai_base_url):
        lessons += _proposed(settings_file, sentences)
    return [*lessons, *(lesson for path in samples for lesson in read_samples(path))]


def _proposed(settings_file: Path, sentences: Sequence[Sentence]) -> tuple[Lesson, ...]:
    from copydesk.bootstrap import choice
    from copydesk.generation.build import build_answerer
    from copydesk.generation.style_guides import Proposed, read_with

    answerer = build_answerer(choice(the_settings(settings_file)))

    async def ask() -> Proposed:
        try:
            return await read_with(answerer, sentences)
        finally:
            await answerer.aclose()

    proposed = asyncio.run(ask())
    found, refused = len(proposed.lessons), proposed.refused
    note(
        f"{answerer.name} proposed {found} entries that the guide bears out, {refused} it does not"
    )
    return proposed.lessons


def _unconfirmed(found: Brand) -> list[Citation]:
    """Return the first citation of each entry that nobody confirmed."""
    entries = {(c.entry, c.value): c for c in reversed(found.citations) if not c.confirmed}
    return list(reversed(entries.values()))


def _ask(citation: Citation) -> str:
    click.echo()
    click.secho(shown(f"{citation.entry}: {citation.value}"), bold=True)
    click.echo(shown(f"  {citation.says}"))
    place = f"{citation.file}, {citation.place}"
    click.echo(shown(f"  {place}, under {citation.heading}" if citation.heading else f"  {place}"))
    choices = click.Choice(["y", "n", "s", "q"])
    answer: str = click.prompt("Keep it (y), drop it (n), later (s), stop (q)", type=choices)
    return answer


def _texts(file: Path) -> Iterator[tuple[str, str]]:
    """Yield each text of a file with its name."""
    from copydesk.brand_voice.guides.passages import plain
    from copydesk.brand_voice.guides.reading import read_blocks

    if file.suffix.casefold() != ".jsonl":
        yield file.name, "\n".join(plain(block) for block in read_blocks(file))
        return
    lines = Lines(str(file), TextLine, lenient=True)
    for number, line in lines:
        yield line.id or str(number), line.words
    lines.end()
