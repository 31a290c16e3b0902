"""A whole desk with the work of two brands, and a way to call each of its services about one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from copydesk.access import Actor, Role
from copydesk.bootstrap import Copydesk, bootstrap
from copydesk.brand_voice import Brand, Brands
from copydesk.brand_voice.known import KnownBrand
from copydesk.briefs import Brief
from copydesk.experiments.experiment import Experiment
from copydesk.experiments.experiment import State as ExperimentState
from copydesk.experiments.updating import begun
from copydesk.feedback import Outcome
from copydesk.generation.scripted import ScriptedModel
from copydesk.generations import Generation, GenerationState, RoutedVariant
from copydesk.publishing import approval_hash
from copydesk.review_queue import ReviewItem, ReviewQuery, Route, State
from copydesk.review_queue.items import ChangeRequest
from copydesk.review_queue.placing import Placer
from copydesk.settings import Settings
from copydesk.storage import Transaction
from copydesk.storage.memory import MemoryStore
from tests.contract import nouns
from tests.contract.test_experiments import an_experiment
from tests.contract.test_pushes import a_place, a_push
from tests.factories import BRIEF, NOW, a_brand, a_brief, a_copy, a_variant, an_audience
from tests.unit.desk.test_trusting import RULES
from tests.unit.review_queue.items import a_finding, checked

MARKS = ("northmark", "fjordmark")
"""Stand in all that belongs to a brand, and name it."""
ALL_ROLES = frozenset(Role) - {Role.ADMIN}
EVERYBODY = Actor("sam", frozenset(Role))
OWNER = "mara"
"""Asked for all of the copy."""
SIGNING = ["whsec_" + "c2VjcmV0IG9mIHR3ZW50eS1mb3VyIGJ5dGVz"]
TARGETS = {
    name: {"tool": "webhook", "url": f"https://{name}.example", **brands}
    for name, brands in (
        ("ours", {}),
        *((f"{mark}-shop", {"brands": [mark]}) for mark in MARKS),
    )
}
"""Where copy may be pushed: a place of all brands, and one of each."""
FOUND = checked(a_finding(severity="review", rule="ours.rule"))


class Fresh:
    """A store that is emptied by putting another in its place."""

    url = "memory://"

    def __init__(self) -> None:
        self.inner = MemoryStore()

    def transaction(self) -> AbstractContextManager[Transaction]:
        return self.inner.transaction()

    def place_by(self, placer: Placer) -> None:
        self.inner.place_by(placer)

    def ping(self) -> None:
        self.inner.ping()

    def close(self) -> None:
        self.inner.close()


class Thing(NamedTuple):
    """What there is of one brand, by its mark."""

    mark: str

    @property
    def brand(self) -> Brand:
        return a_brand(name=self.mark)

    @property
    def brief(self) -> Brief:
        return a_brief(product={**BRIEF["product"], "name": f"{self.mark} boots"})

    def named(self, kind: str) -> str:
        return f"{kind}_{self.mark}"

    @property
    def facts(self) -> dict[str, Any]:
        return {"brief": self.brief, "brand": self.brand, "audience": an_audience()}

    def item(self, name: str, **changes: Any) -> ReviewItem:
        given = {
            "generation_id": self.named("gen"),
            "campaign": self.named("camp"),
            "requester": OWNER,
            "checked": FOUND,
            "variant": a_variant(variant_id=self.named(name.replace("rev", "var"))),
            **self.facts,
            **changes,
        }
        return nouns.an_item(self.named(name), **given)

    def generation(self) -> Generation:
        variant = a_variant(variant_id=self.named("var"))
        routed = RoutedVariant(
            variant=variant,
            checked=FOUND,
            route=Route.REVIEW,
            rule="first",
            because="A person reads it.",
            review_id=self.named("rev"),
        )
        given = {"requester": OWNER, "campaign": self.named("camp"), "variants": (routed,)}
        request = nouns.a_request(**self.facts)
        state = GenerationState.DONE
        return nouns.a_generation(self.named("gen"), request=request, state=state, **given)


class Desk:
    """The desk, with a store that can be filled anew."""

    def __init__(self, folder: Path) -> None:
        policy, targets = folder / "policy.yaml", folder / "targets.yaml"
        policy.write_text(RULES + "  bar: 0.9\n", encoding="utf-8")
        targets.write_text(yaml.safe_dump({"targets": TARGETS}), encoding="utf-8")
        self.fresh = Fresh()
        self.all: Copydesk = bootstrap(
            Settings(
                database_url="memory://",
                policy=policy,
                push_targets=targets,
                push_secrets=dict.fromkeys(TARGETS, SIGNING),
            ),
            store=self.fresh,
            model=ScriptedModel([]),
            clock=lambda: NOW + timedelta(minutes=1),
        )
        self.token: dict[str, str] = {}

    def fill(self) -> None:
        """Begin anew: the same things of each brand."""
        self.fresh.inner = MemoryStore()
        for mark in MARKS:
            with self.all.store.transaction() as tx:
                self._put(tx, Thing(mark))
            item = Thing(mark).named("rev")
            link, _ = self.all.outside.invite(item, EVERYBODY, f"{mark} guest", timedelta(hours=1))
            self.token[mark] = link.id
            self.all.conversing.comment(item, EVERYBODY, f"{mark} said")

    def _put(self, tx: Transaction, thing: Thing) -> None:
        audience, copy = an_audience(), a_copy(subject=f"{thing.mark} 20% off trail shoes")
        campaign = nouns.a_campaign(
            thing.named("camp"),
            brief=thing.brief,
            brand=thing.brand,
            audiences={audience.id: audience},
            owner=OWNER,
        )
        signed = approval_hash(copy, thing.brief, thing.brand, audience, self.all.policy.sha256)
        tx.campaigns.add(campaign)
        tx.generations.add(thing.generation())
        tx.reviews.add(thing.item("rev"))
        tx.reviews.add(_returned(thing))
        tx.library.add(
            nouns.an_approved(
                thing.named("ok"),
                campaign=campaign.id,
                copy_=copy,
                approval_hash=signed,
                generation_id=thing.named("gen"),
                brand=thing.mark,
                kind=thing.brief.kind,
                locale=thing.brief.locale,
            )
        )
        tx.brands.put(KnownBrand(brand=thing.brand, noted_at=NOW, noted_by=OWNER))
        tx.trust.put(
            nouns.a_trust_entry(thing.named("rev"), brand=thing.mark, campaign=campaign.id)
        )
        tx.outcomes.add([an_outcome(thing)])
        tx.experiments.add(_running(thing))
        tx.audit.append(nouns.an_event(thing.named("rev"), details={"note": thing.mark}))
        _push(tx, thing)

    def kept(self, mark: str) -> Sequence[object]:
        """Return all that is kept of a brand, to tell whether it was changed."""
        thing, only = Thing(mark), Brands(frozenset({mark}))
        item = thing.named("rev")
        with self.fresh.transaction() as tx:
            return [
                tx.reviews.find(ReviewQuery(brands=only)),
                tx.campaigns.all(only),
                tx.library.served(thing.named("camp")),
                tx.comments.about(item),
                tx.links.about(item),
                tx.generations.get(thing.named("gen")),
                tx.outcomes.count(thing.named("camp")),
                tx.brands.find(mark),
                tx.experiments.all(only),
                tx.pushes.of_campaign(thing.named("camp")),
                tx.pushes.places_of(thing.named("camp")),
                tx.rankers.find(mark),
            ]


def an_outcome(thing: Thing, event_id: str = "evt") -> Outcome:
    return nouns.an_outcome(thing.named(event_id), campaign=thing.named("camp"))


def _running(thing: Thing) -> Experiment:
    experiment = an_experiment(
        thing.named("exp"),
        campaign=thing.named("camp"),
        brand=thing.mark,
        owner=OWNER,
        arms=(thing.named("ok"),),
        control=thing.named("ok"),
    )
    running = {"state": ExperimentState.RUNNING, "started_at": NOW}
    return experiment.model_copy(update={**running, "versions": (begun(experiment, NOW),)})


def _push(tx: Transaction, thing: Thing) -> None:
    """Have copy of the brand stand in a tool, and be on the record as exported."""
    named = {"campaign": thing.named("camp"), "brand": thing.mark, "target": "ours"}
    place = thing.named("pls")
    tx.pushes.add(a_push(thing.named("psh"), places=(place,), **named))
    tx.pushes.put(a_place(place, variant=thing.named("ok"), trouble=thing.mark, **named))
    given = {"act": "campaign.exported", "details": {"variants": [thing.named("ok")]}}
    tx.audit.append(nouns.an_event(thing.named("camp"), **given))


def _returned(thing: Thing) -> ReviewItem:
    asked = ChangeRequest(asks="Why?", by="rob", at=NOW)
    return thing.item("rev2", state=State.CHANGES_REQUESTED, change_request=asked)


Call = Callable[[Copydesk, Actor, Thing], object]


def services(desk: Copydesk) -> Iterator[tuple[str, object]]:
    """Yield the name of each service of the desk, with the service."""
    for name in desk.__dataclass_fields__:
        service = getattr(desk, name)
        if type(service).__module__.startswith("copydesk.desk"):
            yield name, service
