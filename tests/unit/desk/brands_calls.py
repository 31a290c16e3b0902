"""Each public method of each service of the desk, called about the work of one brand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from copydesk.access import Role
from copydesk.bootstrap import Copydesk
from copydesk.brand_voice import Brand
from copydesk.desk.deciding import Decided, Selected
from copydesk.desk.measuring import Asked
from copydesk.desk.parts import DECIDERS, READERS
from copydesk.experiments.experiment import Design
from copydesk.publishing import PullQuery
from copydesk.publishing.searching import LibraryFilter
from copydesk.publishing.timing import TimingChoice
from copydesk.review_queue import ReviewQuery
from copydesk.review_queue.searching import View
from tests.contract import nouns
from tests.factories import a_copy
from tests.unit.desk.brands_office import EVERYBODY, Call, Thing, an_outcome

ASKS = (Role.REQUESTER,)
SEES = (*ASKS, *READERS)
"""Who sees campaigns, approved copy and brands."""
PULLS = (Role.PULLER,)
TAKES = (*ASKS, *PULLS)
"""Who takes approved copy out, or has it pushed."""
SIGNS = (Role.APPROVER,)
OTHER = a_copy(subject="Trail shoes for mud season")


class About(NamedTuple):
    """A method that is about one thing of a brand."""

    do: Call
    roles: tuple[Role, ...]
    """One of these for the brand is needed."""
    seen_by: tuple[Role, ...] = READERS
    """Who sees the thing without having asked for it."""
    is_own: bool = True
    """Whether who asked for it sees it, too."""


class Lists(NamedTuple):
    """A method that lists or counts."""

    do: Call
    seen_by: tuple[Role, ...] = READERS
    """Who has it listed without having asked for it."""


def rev(thing: Thing) -> str:
    return thing.named("rev")


def camp(thing: Thing) -> str:
    return thing.named("camp")


def exp(thing: Thing) -> str:
    return thing.named("exp")


def _design(thing: Thing) -> Design:
    given = {"id": thing.named("new"), "campaign": camp(thing), "recipients": 100, "holdout": 0.5}
    return Design.model_validate({**given, "control": thing.named("ok")})


def _brand(desk: Copydesk, thing: Thing) -> Brand:
    with desk.store.transaction() as tx:
        return tx.campaigns.get(camp(thing)).brand


def picked(thing: Thing) -> list[Selected]:
    return [Selected(id=rev(thing), version=1)]


def _told(decided: Sequence[Decided]) -> list[str]:
    """Return what was done: what was not is told by its id, which who asked has named."""
    return [one.id for one in decided if one.done]


def _only_admins(do: Call) -> About:
    """Return a method that is about one brand and for those who administer all of them."""
    return About(do, (Role.ADMIN,), (Role.ADMIN,), is_own=False)


ABOUT: dict[str, About] = {
    "asking.accept": About(
        lambda d, a, t: d.asking.accept(nouns.a_request(**t.facts), a), ASKS, ASKS, is_own=False
    ),
    "asking.get": About(lambda d, a, t: d.asking.get(t.named("gen"), a), SEES),
    "asking.progress": About(lambda d, a, t: d.asking.progress(t.named("gen"), a), SEES),
    "browsing.brand": About(lambda d, a, t: d.browsing.brand(t.mark, a), SEES, SEES),
    "reviewing.get": About(lambda d, a, t: d.reviewing.get(rev(t), a), SEES),
    "reviewing.earlier": About(lambda d, a, t: d.reviewing.earlier(t.item("rev"), a), SEES),
    "reviewing.needs": About(lambda d, a, t: d.reviewing.needs(rev(t), a), SEES),
    "reviewing.check": About(lambda d, a, t: d.reviewing.check(rev(t), a, OTHER), SEES),
    "reviewing.history": About(lambda d, a, t: d.reviewing.history(rev(t), a), READERS),
    "reviewing.as_reviewer": About(
        lambda d, a, t: d.reviewing.as_reviewer(a, t.item("rev")), DECIDERS
    ),
    "reviewing.claim": About(lambda d, a, t: d.reviewing.claim(rev(t), a, 1), DECIDERS),
    "reviewing.release": About(lambda d, a, t: d.reviewing.release(rev(t), a, 1), DECIDERS),
    "reviewing.approve": About(lambda d, a, t: d.reviewing.approve(rev(t), a, 1), SIGNS),
    "reviewing.approve_with_edit": About(
        lambda d, a, t: d.reviewing.approve_with_edit(rev(t), a, 1, OTHER), SIGNS
    ),
    "reviewing.edit": About(lambda d, a, t: d.reviewing.edit(rev(t), a, 1, OTHER), DECIDERS),
    "reviewing.reject": About(
        lambda d, a, t: d.reviewing.reject(rev(t), a, 1, "off_brand"), DECIDERS
    ),
    "reviewing.escalate": About(lambda d, a, t: d.reviewing.escalate(rev(t), a, 1, "x"), DECIDERS),
    "reviewing.dismiss": About(
        lambda d, a, t: d.reviewing.dismiss(rev(t), a, 1, 0, "false_alarm"), DECIDERS
    ),
    "reviewing.undo": About(lambda d, a, t: d.reviewing.undo(rev(t), a, 1), DECIDERS),
    "conversing.request_changes": About(
        lambda d, a, t: d.conversing.request_changes(rev(t), a, 1, "Why?"), DECIDERS
    ),
    "conversing.answer": About(
        lambda d, a, t: d.conversing.answer(t.named("rev2"), a, 1, note="So."), ASKS
    ),
    "conversing.comment": About(lambda d, a, t: d.conversing.comment(rev(t), a, "Hm."), SEES),
    "conversing.comments": About(lambda d, a, t: d.conversing.comments(rev(t), a), SEES),
    "outside.invite": About(
        lambda d, a, t: d.outside.invite(rev(t), a, "li", timedelta(hours=1)), SIGNS
    ),
    "outside.links": About(lambda d, a, t: d.outside.links(rev(t), a), READERS),
    "outside.revoke": About(
        lambda d, a, t: d.outside.revoke(d.outside.links(rev(t), EVERYBODY)[0].id, a),
        (Role.APPROVER, Role.ADMIN),
    ),
    "serving.campaign": About(lambda d, a, t: d.serving.campaign(camp(t), a), SEES, SEES),
    "serving.set_brief": About(
        lambda d, a, t: d.serving.set_brief(camp(t), nouns.a_request().brief, a, 1), ASKS, SEES
    ),
    "serving.set_brand": About(
        lambda d, a, t: d.serving.set_brand(camp(t), _brand(d, t), a, 1), ASKS, SEES
    ),
    "timing.set_timing": About(
        lambda d, a, t: d.timing.set_timing(camp(t), TimingChoice(), a, 1), ASKS, SEES
    ),
    "serving.set_fallback": About(
        lambda d, a, t: d.serving.set_fallback(camp(t), OTHER, a, 1), SIGNS, SEES
    ),
    "serving.set_dialects": About(
        lambda d, a, t: d.serving.set_dialects(camp(t), ["braze"], a, 1), ASKS, SEES
    ),
    "exporting.export": About(
        lambda d, a, t: d.exporting.export(camp(t), a), TAKES, (*SEES, *PULLS), is_own=False
    ),
    "pushing.ask": About(
        lambda d, a, t: d.pushing.ask(camp(t), "ours", a), TAKES, (*SEES, *PULLS), is_own=False
    ),
    "pushing.get": About(
        lambda d, a, t: d.pushing.get(t.named("psh"), a),
        (*SEES, *PULLS),
        (*SEES, *PULLS),
        is_own=False,
    ),
    "pushing.of_campaign": About(
        lambda d, a, t: d.pushing.of_campaign(camp(t), a),
        (*SEES, *PULLS),
        (*SEES, *PULLS),
        is_own=False,
    ),
    "pushing.exports_of": About(
        lambda d, a, t: d.pushing.exports_of(camp(t), a),
        (*SEES, *PULLS),
        (*SEES, *PULLS),
        is_own=False,
    ),
    "learning.ranker": _only_admins(lambda d, a, t: d.learning.ranker(t.mark, a)),
    "learning.learn": _only_admins(lambda d, a, t: d.learning.learn(t.mark, a)),
    "learning.promote": _only_admins(lambda d, a, t: d.learning.promote(t.mark, "0" * 16, a)),
    "learning.roll_back": _only_admins(lambda d, a, t: d.learning.roll_back(t.mark, a)),
    "learning.drift": _only_admins(lambda d, a, t: d.learning.drift(t.mark, a)),
    "serving.pull": About(
        lambda d, a, t: d.serving.pull(PullQuery(camp(t)), a), PULLS, PULLS, is_own=False
    ),
    "serving.render": About(
        lambda d, a, t: d.serving.render(PullQuery(camp(t)), {}, a), PULLS, PULLS, is_own=False
    ),
    "serving.record": About(
        lambda d, a, t: d.serving.record([an_outcome(t, "new")], a),
        (Role.PULLER, Role.ADMIN),
        (Role.PULLER, Role.ADMIN),
        is_own=False,
    ),
    "experimenting.plan": About(
        lambda d, a, t: d.experimenting.plan(_design(t), a), ASKS, SEES, is_own=False
    ),
    "experimenting.get": About(
        lambda d, a, t: d.experimenting.get(exp(t), a), SEES, SEES, is_own=False
    ),
    "experimenting.start": About(
        lambda d, a, t: d.experimenting.start(exp(t), a), ASKS, SEES, is_own=False
    ),
    "experimenting.update": About(
        lambda d, a, t: d.experimenting.update(exp(t), a),
        (*ASKS, Role.ADMIN),
        SEES,
        is_own=False,
    ),
    "experimenting.stop": About(
        lambda d, a, t: d.experimenting.stop(exp(t), a, "Enough."),
        (*SIGNS, Role.ADMIN),
        SEES,
        is_own=False,
    ),
    "experimenting.evaluate": About(
        lambda d, a, t: d.experimenting.evaluate(exp(t), {t.named("ok"): 1.0}, a),
        SEES,
        SEES,
        is_own=False,
    ),
    "experimenting.assignments": About(
        lambda d, a, t: d.experimenting.assignments(exp(t), ["key"], a),
        (*SEES, *PULLS),
        (*SEES, *PULLS),
        is_own=False,
    ),
    "trusting.explain": About(
        lambda d, a, t: d.trusting.explain(f"{t.mark}/winback/lapsed-runners", a),
        READERS,
        is_own=False,
    ),
    "explaining.evidence": About(
        lambda d, a, t: d.explaining.evidence(rev(t), a), READERS, is_own=False
    ),
}
LISTS: dict[str, Lists] = {
    "asking.latest": Lists(lambda d, a, _: d.asking.latest(a)),
    "browsing.audiences": Lists(lambda d, a, _: d.browsing.audiences(a), ASKS),
    "browsing.brands": Lists(lambda d, a, _: d.browsing.brands(a), SEES),
    "browsing.campaigns": Lists(lambda d, a, _: d.browsing.campaigns(a), SEES),
    "browsing.known_brands": Lists(lambda d, a, _: d.browsing.known_brands(a), ASKS),
    "browsing.library": Lists(lambda d, a, _: d.browsing.library(a, LibraryFilter()), SEES),
    "browsing.values": Lists(lambda d, a, _: d.browsing.values(a), SEES),
    "reviewing.find": Lists(lambda d, a, _: d.reviewing.find(ReviewQuery(), a)),
    "reviewing.count": Lists(lambda d, a, _: d.reviewing.count(a)),
    "reviewing.dismissals": Lists(lambda d, a, _: d.reviewing.dismissals(a)),
    "reviewing.siblings": Lists(lambda d, a, t: d.reviewing.siblings(t.item("rev"), a)),
    "conversing.to_answer": Lists(lambda d, a, _: d.conversing.to_answer(a), ()),
    "queueing.page": Lists(lambda d, a, _: d.queueing.page(a)),
    "queueing.counts": Lists(
        lambda d, a, _: d.queueing.counts(a, by=("brand", "campaign", "rule"))
    ),
    "queueing.views": Lists(lambda d, a, _: d.queueing.views(a)),
    "queueing.keep_view": Lists(
        lambda d, a, _: d.queueing.keep_view(View.model_validate({"name": "x", "filter": {}}), a)
    ),
    "queueing.forget_view": Lists(lambda d, a, _: d.queueing.forget_view("x", a)),
    "deciding.groups": Lists(lambda d, a, t: d.deciding.groups(picked(t), a), SEES),
    "deciding.decide": Lists(lambda d, a, t: _told(d.deciding.decide("approve", picked(t), a))),
    "deciding.undo": Lists(lambda d, a, t: _told(d.deciding.undo(picked(t), a))),
    "serving.campaigns": Lists(lambda d, a, _: d.serving.campaigns(a), SEES),
    "experimenting.all": Lists(lambda d, a, _: d.experimenting.all(a), SEES),
    "experimenting.update_all": Lists(lambda d, a, _: d.experimenting.update_all(a), ASKS),
    "learning.rankers": Lists(lambda d, a, _: d.learning.rankers(a), (Role.ADMIN,)),
    "learning.brands": Lists(lambda d, a, _: d.learning.brands(a), (Role.ADMIN,)),
    "sorting.unread": Lists(lambda d, a, _: d.sorting.unread(a), (Role.ADMIN,)),
    "sorting.again": Lists(lambda d, a, _: d.sorting.again(a), (Role.ADMIN,)),
    "trusting.standings": Lists(lambda d, a, _: d.trusting.standings(a)),
    "recording.entries": Lists(lambda d, a, _: d.recording.entries(a)),
    "recording.entry": Lists(lambda d, a, _: d.recording.entry(1, a)),
    "recording.verify": Lists(lambda d, a, _: d.recording.verify(a)),
    "measuring.brands": Lists(lambda d, a, _: d.measuring.brands(a)),
    "measuring.figures": Lists(lambda d, a, _: d.measuring.figures(a, Asked())),
    "measuring.rules": Lists(lambda d, a, _: d.measuring.rules(a)),
}
PEOPLE = "about people and keys: only admins, and everybody about themselves"
WITHIN = "part of another service's transaction, which has decided"
TOKEN = "the link or the signature is the credential"
NOBODYS = "tells nothing of a brand's work"
SYSTEM = "run by the service itself, for nobody"
ADMINS = "only admins, who are so for every brand"
EVERYWHERE = "holds for every brand, and needs a key for every brand"
RECIPIENTS = "about a recipient and no brand's work: for who pulls, whom a pull tells the same"
ELSEWHERE: dict[str, str] = {
    **dict.fromkeys(("asking.run", "asking.unfinished", "queueing.place_some"), SYSTEM),
    **dict.fromkeys(("trusting.rebuild", "notifying.round", "notifying.run"), SYSTEM),
    **dict.fromkeys(("trusting.consider", "trusting.keep", "trusting.is_trusted"), WITHIN),
    **dict.fromkeys(("trusting.may_trust", "conversing.say"), WITHIN),
    **dict.fromkeys(("outside.open", "outside.approve", "outside.reject"), TOKEN),
    **dict.fromkeys(("outside.comment", "receiving.receive"), TOKEN),
    **dict.fromkeys(("reviewing.role_of", "reviewing.roles_held", "queueing.priority"), NOBODYS),
    **dict.fromkeys(("outside.roles_to_give", "serving.recipient_key"), NOBODYS),
    "identities.handing": NOBODYS,
    **dict.fromkeys(("notifying.deliveries", "notifying.retry", "notifying.test"), ADMINS),
    **dict.fromkeys(("notifying.without_address", "notifying.standing"), ADMINS),
    **dict.fromkeys(("sweeping.steps", "timing.update"), SYSTEM),
    **dict.fromkeys(("timing.steps", "experimenting.steps", "learning.steps"), SYSTEM),
    **dict.fromkeys(("triggering.take", "triggering.follow", "triggering.standing"), SYSTEM),
    **dict.fromkeys(("triggering.called", "triggering.at_hand"), WITHIN),
    **dict.fromkeys(("timing.of", "timing.told", "timing.explained"), WITHIN),
    **dict.fromkeys(("posting.round", "posting.run", "posting.sweep"), SYSTEM),
    **dict.fromkeys(("sorting.some", "sorting.everything", "sorting.forget"), SYSTEM),
    **dict.fromkeys(("sorting.counts", "identities.follow"), SYSTEM),
    **dict.fromkeys(("sorting.keep", "identities.of", "identities.at_hand"), WITHIN),
    **dict.fromkeys(("identities.kept_key", "tool_keys.of"), WITHIN),
    "tool_keys.shook_hands": TOKEN,
    **dict.fromkeys(("tool_keys.add", "tool_keys.all", "tool_keys.end"), ADMINS),
    **dict.fromkeys(("tool_keys.handshakes", "tool_keys.wait_for_handshake"), ADMINS),
    "identities.rotate": ADMINS,
    "identities.objects": RECIPIENTS,
    **dict.fromkeys(("identities.object", "identities.take_back"), EVERYWHERE),
    "triggering.receive": EVERYWHERE,
    "serving.at_hand": "is given the brands that `actor.brands` said",
    "experimenting.subjects": "is given an experiment that the actor was shown",
}
"""Methods to which whose brand it is does not matter, and why not."""
