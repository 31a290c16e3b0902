"""Counts how other senders write: `python -m training.brand_voice.background`.

The mail is that of the corpus of meanings, written for Copydesk: several thousand sentences of
every trade, honest and not. One in eight is kept apart to calibrate scores on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from copydesk.brand_voice.tone.background import buckets, counted
from copydesk.brand_voice.tone.symbols import PARTS, sentences

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "training/guardrails/corpus"
FILE = ROOT / "src/copydesk/brand_voice/tone/background.npz"
APART = 8
MOST_APART = 800


def main() -> None:
    """Count, and write the file."""
    found = sorted(set(mail()), key=lambda text: hashlib.sha256(text.encode()).hexdigest())
    apart = found[: min(MOST_APART, len(found) // APART)]
    rest = found[len(apart) :]
    counts: dict[str, Any] = {
        part.name: counted(buckets(part.symbols(text)) for text in rest).astype(np.uint32)
        for part in PARTS
    }
    others = np.frombuffer("\n".join(apart).encode(), dtype=np.uint8)
    np.savez_compressed(FILE, others=others, **counts)
    print(f"{len(rest)} sentences counted, {len(apart)} kept apart, {FILE.stat().st_size} bytes")


def mail() -> Iterator[str]:
    """Yield every sentence of the corpus that is long enough to have a tone."""
    for file in sorted(CORPUS.glob("*.yaml")):
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        for text in (*data.get("positive", ()), *data.get("negative", ())):
            yield from sentences(text)


if __name__ == "__main__":
    main()
