"""`copydesk example`: an example as a request for the API, or as files to start from."""

from __future__ import annotations

from pathlib import Path

import click
import yaml

from copydesk.bootstrap import utc_now
from copydesk.briefs import Noun
from copydesk.cli import examples
from copydesk.cli.example import example
from copydesk.cli.output import note, print_json
from copydesk.errors import InputError
from copydesk.generations import GenerationRequest


@example(
    "copydesk example outdoor > request.json",
    "copydesk example bank --to my-bank",
)
@click.command("example")
@click.argument("name", default="outdoor")
@click.option("--sensitive", is_flag=True, help="For the audience that asks for care.")
@click.option("--campaign", help="Campaign that the copy is for.")
@click.option(
    "-n",
    "count",
    type=click.IntRange(1, 20),
    default=3,
    show_default=True,
    help="How many variants.",
)
@click.option("--to", type=click.Path(path_type=Path), help="Write YAML files into this folder.")
def sample(
    name: str, *, sensitive: bool, campaign: str | None, count: int, to: Path | None
) -> None:
    """Print an example as the body of POST /v1/generations, its dates moved to this week.

    NAME is outdoor, bank or pharmacy. With --to, brief, brand and audience are written as files
    instead, to start your own from.
    """
    read = examples.load(name, utc_now())
    audience = read.sensitive if sensitive else read.audience
    request = GenerationRequest(
        brief=read.brief, brand=read.brand, audience=audience, n=count, campaign=campaign
    )
    if to is None:
        print_json(request)
    else:
        _write(to, {"brief": request.brief, "brand": request.brand, "audience": audience})


def _write(folder: Path, nouns: dict[str, Noun]) -> None:
    files = {folder / f"{name}.yaml": noun for name, noun in nouns.items()}
    for file in files:
        if file.exists():
            raise InputError(f"{file}: this file is there already: name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    for file, noun in files.items():
        data = noun.model_dump(mode="json", exclude_defaults=True)
        text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
        file.write_text(text, encoding="utf-8")
        note(f"Wrote {file}.")
