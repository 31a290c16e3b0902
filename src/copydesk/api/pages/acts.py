"""What the forms on an item's page do, by the last part of their address."""

from __future__ import annotations

from collections.abc import Callable

from copydesk.access import Actor
from copydesk.api.pages.visits import SentForm
from copydesk.api.review_acts import Remarked
from copydesk.bootstrap import Copydesk
from copydesk.documents import shaped
from copydesk.errors import InputError, Problem
from copydesk.guardrails.repair import apply_suggestions
from copydesk.review_queue.acts import Act
from copydesk.variants import Copy, Text

COMMENT, UNDO, USE = "comment", "undo", "use"
"""Forms that are no acts of the table of moves."""
WRITING = (Act.EDIT, Act.APPROVE_WITH_EDIT, Act.ANSWER)
"""Acts whose forms hold the copy."""

Doing = Callable[[Copydesk, str, Actor, SentForm], object]


def _claim(desk: Copydesk, item_id: str, actor: Actor, form: SentForm) -> object:
    return desk.reviewing.claim(item_id, actor, form.number("version"))


def _approve(desk: Copydesk, item_id: str, actor: Actor, form: SentForm) -> object:
    return desk.reviewing.approve(item_id, actor, form.number("version"), _note(form))


def _edit(desk: Copydesk, item_id: str, actor: Actor, form: SentForm) -> object:
    version, copy = form.number("version"), copy_of(form)
    return desk.reviewing.edit(item_id, actor, version, copy, _note(form))


def _approve_with_edit(desk: Copydesk, item_id: str, actor: Actor, form: SentForm) -> object:
    version, copy = form.number("version"), copy_of(form)
    return desk.reviewing.approve_with_edit(item_id, actor, version, copy, _note(form))


def _reject(desk: Copydesk, item_id: str, actor: Actor, form: SentForm) -> object:
    version, reason = form.number("version"), form.text("reason")
    return desk.reviewing.reject(item_id, actor, version, reason, _note(form))


def _escalate(desk: Copydesk, item_id: str, actor: Actor, form: SentForm) -> object:
    version, role = form.number("version"), form.text("role") or None
    return desk.reviewing.escalate(item_id, actor, version, form.text("note"), role)


def _release(desk: Copydesk, item_id: str, actor: Actor, form: SentForm) -> object:
    return desk.reviewing.release(item_id, actor, form.number("version"))


def _request_changes(desk: Copydesk, item_id: str, actor: Actor, form: SentForm) -> object:
    version, note = form.number("version"), form.text("note")
    return desk.conversing.request_changes(item_id, actor, version, note)


def _answer(desk: Copydesk, item_id: str, actor: Actor, form: SentForm) -> object:
    """Answer in words alone where the copy was left as it is."""
    copy = copy_of(form)
    changed = None if copy == desk.reviewing.get(item_id, actor).copy_now else copy
    version = form.number("version")
    return desk.conversing.answer(item_id, actor, version, changed, _note(form))


def _dismiss(desk: Copydesk, item_id: str, actor: Actor, form: SentForm) -> object:
    """Dismiss the finding that the form counts from one: a form without it names none."""
    version, finding = form.number("version"), form.number("finding") - 1
    reason = form.text("reason")
    return desk.reviewing.dismiss(item_id, actor, version, finding, reason, _note(form))


def _use(desk: Copydesk, item_id: str, actor: Actor, form: SentForm) -> object:
    """Edit the copy as a finding suggests, counted from one as in `_dismiss`."""
    item, place = desk.reviewing.get(item_id, actor), form.number("finding") - 1
    findings = item.checked.findings[place : place + 1] if place >= 0 else ()
    changed = apply_suggestions(item.copy_now, findings)
    if changed is None:
        remedy = "take a finding that suggests something and whose words still stand"
        raise InputError([Problem("finding", form.text("finding"), remedy)])
    note = f"as {findings[0].rule} suggests"
    return desk.reviewing.edit(item_id, actor, form.number("version"), changed, note)


def _undo(desk: Copydesk, item_id: str, actor: Actor, form: SentForm) -> object:
    return desk.reviewing.undo(item_id, actor, form.number("version"))


def _comment(desk: Copydesk, item_id: str, actor: Actor, form: SentForm) -> object:
    said = shaped({"text": form.text("text"), "slot": form.text("slot") or None}, Remarked)
    return desk.conversing.comment(item_id, actor, said.text, said.slot)


def _note(form: SentForm) -> str | None:
    return form.text("note") or None


def copy_of(form: SentForm) -> Copy:
    """Return the copy that the form holds."""
    return Copy(**{name: Text(form.text(name)) for name in ("subject", "preheader", "body")})


FORMS: dict[str, Doing] = {
    Act.CLAIM: _claim,
    Act.APPROVE: _approve,
    Act.EDIT: _edit,
    Act.APPROVE_WITH_EDIT: _approve_with_edit,
    Act.REJECT: _reject,
    Act.ESCALATE: _escalate,
    Act.RELEASE: _release,
    Act.REQUEST_CHANGES: _request_changes,
    Act.ANSWER: _answer,
    Act.DISMISS: _dismiss,
    USE: _use,
    UNDO: _undo,
    COMMENT: _comment,
}
