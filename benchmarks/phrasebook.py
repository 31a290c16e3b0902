"""Measures the phrase book on a product catalogue: `python benchmarks/phrasebook.py CATALOGUE.csv`.

CATALOGUE.csv has the columns sku, name, category, color, selling_price, original_price, currency,
description, average_rating and reviews_count. Briefs are made of its rows across kinds, sectors,
offers, formality and locales, as facts and offers of each; then every draft is measured, and, with
--check, put through the guardrails. With --show N, N requests are printed to be read.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, get_args

from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief, Kind, Sector
from copydesk.evaluation.variety import self_similarity
from copydesk.generation import Draft, DraftRequest
from copydesk.generation.phrasebook import PhrasebookModel, limits
from copydesk.guardrails import Checked, Severity, Submission, Verdict
from copydesk.guardrails.build import build_checker
from copydesk.prompts import Prompt
from copydesk.ranking.duplicates import near_duplicates

SEND_AT = datetime(2026, 3, 7, 9, tzinfo=UTC)
LOCALES = (("en-US", "US"), ("en-GB", "UK"), ("en-IE", "EU"), ("de-DE", "EU"))
SECTORS = ("apparel", "apparel", "apparel", *get_args(Sector))
VOICES = ((), ("warm", "plain"), ("dry humour",), ("expert", "exact"), ("playful",), ("courteous",))
WORDS = re.compile(r"[\w'%€£$.,]*\w")
TRIAL = "14 days, then €9.99 a month until cancelled. Cancel online under Account."
LOCAL: dict[str, dict[str, Any]] = {
    "de": {
        "cta": "Jetzt ansehen",
        "facts": {
            "rating": "Mit 4,6 von 5 bewertet, aus 212 Bewertungen",
            "color": "In mehreren Farben erhältlich",
            "returns": "Rückgabe innerhalb von 30 Tagen nach Lieferung",
        },
        "conditions": {
            "percent_off": "Auf reguläre Ware. Eine Einlösung pro Bestellung.",
            "amount_off": "Eine Einlösung pro Konto.",
            "free_gift": "Trinkflasche gratis dazu ab einem Bestellwert von 80 €.",
            "free_shipping": "Versandkostenfrei ab einem Bestellwert von 60 €.",
            "bogo": "Beim Kauf von zwei Stück kostet das zweite 50 % weniger.",
            "trial": "14 Tage testen, danach 9,99 € im Monat bis zur Kündigung. Kündbar im Konto.",
            "bonus": "5 € Gutschrift auf das Konto nach einer Bestellung.",
        },
    },
    "es": {
        "cta": "Descúbrelo ahora",
        "facts": {
            "rating": "Valorado con 4,6 de 5 en 212 opiniones",
            "color": "Disponible en varios colores",
            "returns": "Devolución en los 30 días siguientes a la entrega",
        },
        "conditions": {
            "percent_off": "En artículos sin rebajar. Un solo uso por pedido.",
            "amount_off": "Un solo uso por cuenta.",
            "free_gift": "Botella de regalo en pedidos de 80 € o más.",
            "free_shipping": "Envío gratis en pedidos de 60 € o más.",
            "bogo": "Al comprar dos unidades, la segunda lleva un 50 % de descuento.",
            "trial": "14 días de prueba y después 9,99 € al mes hasta que se cancele en la cuenta.",
            "bonus": "5 € de saldo en la cuenta después de un pedido.",
        },
    },
    "fr": {
        "cta": "Voir l'article",
        "facts": {
            "rating": "Noté 4,6 sur 5, d'après 212 avis",
            "color": "Existe en plusieurs coloris",
            "returns": "Retours possibles dans les 30 jours suivant la livraison",
        },
        "conditions": {
            "percent_off": "Sur les articles non soldés. Une utilisation par commande.",
            "amount_off": "Une utilisation par compte.",
            "free_gift": "Une gourde offerte à partir de 80 € d'achat.",
            "free_shipping": "Livraison offerte à partir de 60 € d'achat.",
            "bogo": "Pour deux articles achetés, 50 % de remise sur le deuxième.",
            "trial": "14 jours d'essai, puis 9,99 € par mois jusqu'à résiliation en ligne.",
            "bonus": "5 € crédités sur le compte après une commande.",
        },
    },
}
AUDIENCE = Audience(id="catalogue", description="People who asked for news")


@dataclass
class Tally:
    """What was found wrong, and the texts to measure."""

    requests: int = 0
    drafts: int = 0
    failures: list[str] = field(default_factory=list)
    lengths: Counter[str] = field(default_factory=Counter)
    repeats: int = 0
    short: int = 0
    findings: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    verdicts: Counter[str] = field(default_factory=Counter)
    texts: list[str] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    alike: list[float] = field(default_factory=list)
    shared: list[float] = field(default_factory=list)
    seconds: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures the phrase book on a catalogue.")
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--drafts", type=int, default=5, help="drafts of each request")
    parser.add_argument("--show", type=int, default=0, help="requests to print")
    parser.add_argument("--kind", choices=[kind.value for kind in Kind])
    parser.add_argument("--sector", choices=get_args(Sector), help="one sector for all")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--locale", help="one locale for all, as de-DE")
    parser.add_argument("--check", action="store_true", help="put each draft through the checker")
    given = parser.parse_args()
    kinds = [Kind(given.kind)] if given.kind else list(Kind)
    tally = Tally()
    checker = build_checker() if given.check else None
    for number, (brief, brand) in enumerate(islice(asked(given, kinds), given.requests)):
        drafts = written(brief, brand, given.drafts, number, tally)
        measure(drafts, given.drafts, tally)
        if checker:
            for draft in drafts:
                checked = checker.check(Submission(draft.copy_, brief, brand, AUDIENCE))
                note_findings(checked, draft, tally)
        if number < given.show:
            show(brief, brand, drafts)
    report(tally)


def asked(given: argparse.Namespace, kinds: Sequence[Kind]) -> Iterator[tuple[Brief, Brand]]:
    """Yield briefs and brands without end, every kind in turn."""
    with given.catalogue.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    rng = random.Random(given.seed)
    sectors = [given.sector] if given.sector else SECTORS
    while True:
        for kind in kinds:
            brief = a_brief(rng.choice(rows), kind, sectors, rng)
            yield in_locale(brief, given.locale) if given.locale else brief, a_brand(rng)


def a_brief(
    row: dict[str, str], kind: Kind, sectors: Sequence[Sector], rng: random.Random
) -> Brief:
    locale, jurisdiction = rng.choice(LOCALES)
    currency = {"US": "USD", "UK": "GBP", "EU": "EUR"}[jurisdiction]
    price = float(row["selling_price"])
    offer = an_offer(row, price, rng)
    linked = rng.random() < 0.9
    return Brief.model_validate(
        {
            "goal": "Show one product of the catalogue",
            "kind": kind,
            "sector": rng.choice(sectors),
            "jurisdictions": [jurisdiction],
            "locale": locale,
            "send_at": SEND_AT,
            "product": {"name": row["name"], "price": price, "currency": currency},
            "offer": offer,
            "facts": rng.sample(list(facts(row)), k=rng.randint(0, 3)),
            "links": [f"https://shop.example/{row['sku'].lower()}"] if linked else [],
            "cta": f"See the {row['category'].lower()}" if linked else None,
        }
    )


def in_locale(brief: Brief, locale: str) -> Brief:
    """Return the brief for another locale, with what LOCAL has for it in the language's words."""
    local = LOCAL.get(locale.partition("-")[0])
    if local is None:
        return brief.model_copy(update={"locale": locale})
    offer = brief.offer
    if offer and offer.conditions:
        offer = offer.model_copy(update={"conditions": local["conditions"].get(offer.kind.value)})
    facts = tuple(
        fact.model_copy(update={"text": local["facts"].get(fact.id, fact.text)})
        for fact in brief.facts
    )
    cta = local["cta"] if brief.cta else None
    return brief.model_copy(update={"locale": locale, "offer": offer, "facts": facts, "cta": cta})


def facts(row: dict[str, str]) -> Iterator[dict[str, str]]:
    """Yield at least three facts of a row."""
    rating, reviews = row["average_rating"], row["reviews_count"]
    yield {"id": "rating", "text": f"Rated {rating} out of 5 in {reviews} reviews"}
    yield {"id": "color", "text": f"Comes in {row['color'].lower()}"}
    yield {"id": "returns", "text": "Returns within 30 days of delivery"}
    said = [text.strip() for text in re.split(r"(?<=[.!?])\s+", row["description"])]
    for number, text in enumerate(text for text in said if 20 < len(text) < 110):
        yield {"id": f"said-{number}", "text": text}


def an_offer(row: dict[str, str], price: float, rng: random.Random) -> dict[str, Any] | None:
    """Return one of many offers, with and without code, end and conditions; or none."""
    common = {
        "code": rng.choice([None, "SPRING20"]),
        "starts": SEND_AT - timedelta(days=3)
        if rng.random() < 0.9
        else SEND_AT + timedelta(days=2),
        "ends": rng.choice([None, SEND_AT + timedelta(days=5)]),
        "extendable": rng.random() < 0.2,
        "regular_price": price,
        "lowest_price_30d": price,
    }
    before = float(row["original_price"].strip("$") or 0)
    choices: list[dict[str, Any] | None] = [
        None,
        {"kind": "percent_off", "value": 20, "conditions": "On full-price items. One per order."},
        {"kind": "percent_off", "value": 12.5},
        {"kind": "amount_off", "value": 10, "conditions": "One use per account."},
        {"kind": "free_gift", "value": 1, "conditions": "Free bottle with orders of 80 or more."},
        {"kind": "free_shipping", "conditions": "On orders of 60 or more, standard service."},
        {"kind": "bogo", "value": 50, "conditions": "Buy one and get the second at 50% off."},
        {"kind": "trial", "value": 14, "conditions": TRIAL},
        {"kind": "bonus", "value": 5, "conditions": "Credited to your account after an order."},
    ]
    if before > price:
        choices.append({"kind": "price_drop", "regular_price": before, "lowest_price_30d": before})
    chosen = rng.choice(choices)
    return chosen and {**common, **chosen}


def a_brand(rng: random.Random) -> Brand:
    return Brand(
        name=rng.choice(["Fellbrook", "Harlow & Pine", "North Quay"]),
        voice=rng.choice(VOICES),
        formality=rng.choice(["casual", "neutral", "formal"]),
        exclamations=rng.choice(["never", "sparing", "free"]),
        emoji=rng.choice(["never", "sparing", "free"]),
        banned_terms=tuple(rng.sample(["closer", "short", "welcome", "detail", "look"], k=2)),
        preferred_terms={"product": "piece"},
    )


def written(brief: Brief, brand: Brand, n: int, seed: int, tally: Tally) -> Sequence[Draft]:
    request = DraftRequest(brief, brand, (), Prompt("draft.v1", "", ""), n, seed)
    began = time.perf_counter()
    try:
        drafts = asyncio.run(PhrasebookModel().draft(request)).drafts
    except Exception as error:  # noqa: BLE001 - a failure of any sort is what is looked for
        tally.failures.append(f"{brief.kind} {brief.product.name}: {error!r}")
        drafts = ()
    tally.seconds += time.perf_counter() - began
    tally.requests += 1
    tally.drafts += len(drafts)
    return drafts


def measure(drafts: Sequence[Draft], wanted: int, tally: Tally) -> None:
    tally.short += len(drafts) < wanted
    tally.repeats += len(near_duplicates([draft.copy_ for draft in drafts]))
    tally.alike.append(self_similarity([draft.copy_ for draft in drafts]) or 0.0)
    tally.shared.append(again([f"{d.subject}\n{d.preheader}\n{d.body}" for d in drafts], 4))
    for draft in drafts:
        words = len(draft.body.split())
        tally.lengths["subject over 60"] += limits.visible(draft.subject) > 60
        tally.lengths["subject over 70"] += limits.visible(draft.subject) > 70
        tally.lengths["subject under 15"] += limits.visible(draft.subject) < 15
        tally.lengths["preheader not 30 to 100"] += not limits.preheader_fits(draft.preheader)
        tally.lengths["body under 35 words"] += words < limits.BODY_MIN
        tally.lengths["body over 90 words"] += words > limits.BODY_MAX
        tally.texts.append(f"{draft.subject}\n{draft.preheader}\n{draft.body}")
        tally.subjects.append(draft.subject)


def note_findings(checked: Checked, draft: Draft, tally: Tally) -> None:
    tally.verdicts[checked.verdict.value] += 1
    if checked.verdict is Verdict.PASS:
        return
    for finding in checked.findings:
        if finding.severity in {Severity.BLOCK, Severity.REVIEW}:
            name = f"{finding.rule} ({finding.severity.value})"
            tally.findings[name] += 1
            tally.examples.setdefault(name, f"{finding.match!r} in {draft.copy_[finding.slot]}")


def show(brief: Brief, brand: Brand, drafts: Iterable[Draft]) -> None:
    offer = brief.offer
    said = f"{offer.kind} {offer.value} {offer.code} {offer.conditions}" if offer else "no offer"
    print(f"{'=' * 90}\n{brief.kind} | {brief.sector} | {brief.locale} | {brief.product.name}")
    print(f"{said} | {brand.formality} {brand.voice}\n")
    for draft in drafts:
        print(f"[{draft.angle}] {draft.subject}\n    {draft.preheader}\n")
        print("    " + draft.body.replace("\n", "\n    "), end="\n\n")


def report(tally: Tally) -> None:
    print(f"{tally.requests} requests, {tally.drafts} drafts, {len(tally.failures)} failures")
    print(f"{1000 * tally.seconds / max(1, tally.requests):.0f} ms a request")
    print(f"{tally.short} requests with fewer drafts than asked for")
    print(f"{tally.repeats} near-duplicates within a request")
    for name, count in tally.lengths.items():
        print(f"{name}: {count}")
    for size in (1, 2, 3):
        print(f"distinct-{size}: {distinct(tally.texts, size):.3f}")
    print(f"self-similarity within a request: {statistics.mean(tally.alike):.3f}")
    print(f"4-grams that occur again, in all requests: {again(tally.texts, 4):.3f}")
    print(f"4-grams that occur again, in one request: {statistics.mean(tally.shared):.3f}")
    print(f"subjects that occur once: {once(tally.subjects):.3f}")
    for failure in tally.failures[:10]:
        print(failure)
    if tally.verdicts:
        print("verdicts:", dict(tally.verdicts))
    for name, count in tally.findings.most_common():
        print(f"{count} {name}: {tally.examples[name]!r}")


def grams(texts: Iterable[str], size: int) -> Counter[tuple[str, ...]]:
    counted: Counter[tuple[str, ...]] = Counter()
    for text in texts:
        words = WORDS.findall(text.casefold())
        counted.update(tuple(words[i : i + size]) for i in range(len(words) - size + 1))
    return counted


def distinct(texts: Sequence[str], size: int) -> float:
    counted = grams(texts, size)
    return len(counted) / max(1, counted.total())


def again(texts: Sequence[str], size: int) -> float:
    counted = grams(texts, size)
    return sum(n for n in counted.values() if n > 1) / max(1, counted.total())


def once(texts: Sequence[str]) -> float:
    return sum(1 for n in Counter(texts).values() if n == 1) / max(1, len(texts))


if __name__ == "__main__":
    main()
