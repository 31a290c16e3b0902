"""What brand import and brand score are worth: `python benchmarks/brand_voice.py BENCH_FOLDER`.

Imports the style guides in the folder and looks up every cited sentence in its file. Calibrates the
tone on half of the descriptions of a catalogue, by draws, and tells the other half from sentences
of marketing mail and advertisements of the same number of words. With `--embedding-model NAME`
embeddings take part. `--curve` shows how many sentences are needed.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from copydesk.brand_voice import Brand
from copydesk.brand_voice.guides.brand_file import as_yaml, build
from copydesk.brand_voice.guides.learning import learn
from copydesk.brand_voice.guides.reading import read_guide
from copydesk.brand_voice.tone import tone as tones
from copydesk.brand_voice.tone.fitting import told_apart
from copydesk.brand_voice.tone.meaning import Embedder, SentenceTransformersEmbedder, Vectors
from copydesk.brand_voice.tone.symbols import sentences, tokens
from copydesk.documents import parse

NEAR = (0, 1, -1, 2, -2)
"""A sentence is matched with one of as many words, or of one or two more or fewer."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--embedding-model")
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--curve", action="store_true")
    asked = parser.parse_args()
    for guide in sorted((asked.bench / "style_guides").iterdir()):
        import_guide(guide)
    embedder = Remembering(asked.embedding_model) if asked.embedding_model else None
    texts = Texts(asked.bench)
    for draw in range(asked.draws):
        score_half(texts, draw, embedder)
    if asked.curve:
        curve(texts)


def import_guide(folder: Path) -> None:
    """Import a guide, and look up each citation in the file that it names."""
    files = sorted(file for file in folder.iterdir() if file.is_file())
    began = time.perf_counter()
    made = build(learn([sentence for file in files for sentence in read_guide(file)]))
    took = time.perf_counter() - began
    assert parse(as_yaml(made.brand), Brand) == made.brand
    entries = Counter(citation.entry for citation in made.brand.citations)
    held = {file.name: plain(file.read_text(encoding="utf-8")) for file in files}
    astray = [c for c in made.brand.citations if not stands(c.says, held[c.file])]
    known = {(citation.entry, citation.value) for citation in made.brand.citations}
    uncited = [entry for entry in entries_of(made.brand) if entry not in known]
    print(
        f"{folder.name}: {sum(entries.values())} citations in {took:.2f} s, {len(astray)} not in "
        f"their file, {len(uncited)} entries without one, {len(made.disputes)} disputes"
    )
    print("   " + ", ".join(f"{name} {count}" for name, count in entries.most_common()))


def entries_of(brand: Brand) -> list[tuple[str, str]]:
    """Return every entry of the brand with its value, as citations name them."""
    found: list[tuple[str, str]] = []
    for name, value in brand.model_dump(mode="json", exclude_unset=True).items():
        if name == "citations":
            continue
        if isinstance(value, list):
            found += [(name, one["do"] if isinstance(one, dict) else one) for one in value]
        elif name == "mechanics":
            found += [(f"mechanics.{field}", shown(one)) for field, one in value.items()]
        elif isinstance(value, dict):
            found += [(name, term) for term in value]
        else:
            found.append((name, shown(value)))
    return found


def shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def stands(says: str, text: str) -> bool:
    """Return whether each part of a citation stands in the text, markup aside."""
    return all(part in text for part in map(plain, re.split(r"(?<=:) ", says)))


def plain(text: str) -> str:
    """Return letters and digits alone; links lose their addresses."""
    return re.sub(r"[\W_]+", "", re.sub(r"\]\([^)]*\)", "]", text))


class Texts:
    """The catalogue's descriptions, and other senders' sentences by their number of words."""

    def __init__(self, bench: Path) -> None:
        self.own = list(dict.fromkeys(column(bench / "catalogue.csv", "description")))
        self.mail = split(column(bench / "real_emails.csv", "email_body"))
        self.ads = split(column(bench / "real_ads.csv", "text"))


def column(file: Path, name: str) -> list[str]:
    with file.open(encoding="utf-8", newline="") as lines:
        found = [row[name] for row in csv.DictReader(lines)]
    # Some are saved in another code page, where these are its quotation marks and dash.
    fixed = str.maketrans({"\x92": "'", "\x93": '"', "\x94": '"', "\x96": "-"})
    return [text.translate(fixed) for text in found if text.strip()]


def split(texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(sentence for text in texts for sentence in sentences(text)))


def halves(texts: Texts, draw: int) -> tuple[list[str], list[str]]:
    """Return half of the descriptions, and the sentences of the others that it does not hold."""
    own = list(texts.own)
    random.Random(draw).shuffle(own)
    first, second = own[: len(own) // 2], own[len(own) // 2 :]
    known = set(split(first))
    return first, [sentence for sentence in split(second) if sentence not in known]


def matched(own: Sequence[str], others: Sequence[str], draw: int) -> tuple[list[str], list[str]]:
    """Return pairs of sentences of the same number of words, as many as there are."""
    rng = random.Random(draw)
    by_length: dict[int, list[str]] = defaultdict(list)
    for sentence in rng.sample(others, len(others)):
        by_length[len(tokens(sentence))].append(sentence)
    pairs = []
    for sentence in rng.sample(own, len(own)):
        length = len(tokens(sentence))
        near = next((length + step for step in NEAR if by_length[length + step]), None)
        if near is not None:
            pairs.append((sentence, by_length[near].pop()))
    return [mine for mine, _ in pairs], [theirs for _, theirs in pairs]


def score_half(texts: Texts, draw: int, embedder: Embedder | None) -> None:
    first, rest = halves(texts, draw)
    began = time.perf_counter()
    tone = tones.Tone.of(first, embedder)
    took = time.perf_counter() - began
    assert not isinstance(tone, str), tone
    results = [
        f"{name} {area(tone, *matched(rest, others, draw)):.3f}"
        for name, others in (
            ("mail", texts.mail),
            ("ads", texts.ads),
            ("both", texts.mail + texts.ads),
        )
    ]
    print(
        f"draw {draw}: AUC against {', '.join(results)}; own, held out {tone.told_apart:.3f}; "
        f"usual {tone.usual}; calibrated in {took:.2f} s",
        flush=True,
    )


def area(tone: tones.Tone, own: Sequence[str], others: Sequence[str]) -> float:
    return told_apart(tone.scores(own), tone.scores(others))


def curve(texts: Texts) -> None:
    """Show what fewer samples are worth: least and mean area under the curve of ten draws."""
    for few in (5, 10, 20, 30, 40, 60, 100, 200, 400):
        areas, claims = [], []
        for draw in range(10):
            first, rest = halves(texts, draw)
            found = {s: at for at, text in enumerate(first) for s in sentences(text)}
            own, sample_of = tuple(found)[:few], np.array(list(found.values())[:few])
            tone = tones.calibrated(own, sample_of)
            areas.append(area(tone, *matched(rest, texts.mail + texts.ads, draw)))
            claims.append(tone.told_apart)
        print(
            f"{few:4} sentences: AUC {np.mean(areas):.3f}, least {min(areas):.3f}; "
            f"it says of itself {np.mean(claims):.3f}"
        )


class Remembering:
    """An embedder that embeds each sentence once, for programs that ask again and again."""

    def __init__(self, name: str) -> None:
        self._embedder = SentenceTransformersEmbedder(name)
        self._known: dict[str, Vectors] = {}

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return a row for each text."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known |= zip(new, self._embedder.vectors(new), strict=True)
        return np.array([self._known[text] for text in texts])


if __name__ == "__main__":
    main()
