"""What every tool relies on: the answer's shape, size and sameness, credentials, and caching."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from itertools import pairwise

from copydesk.cli.conformance.calling import Broken, Said, basic
from copydesk.cli.conformance.suite import Subject, check

SLOTS = ("subject", "preheader", "body")
NEUTRAL_TAG = re.compile(r"\{\{\s*[a-z][a-z0-9_.]*\s*\|\s*fallback:")
HOSTILE_VALUES = (
    "{{ 7 }}", "{% if x %}", "%%X%%", "*|X|*", "<b>X</b>", "x.example", "Win\r\nBcc: x",
    "\u202eX", "99% off", "$1,000", "X" * 500, "X\x00",
)  # fmt: skip
FORMS = ("body,subject", "subject,body", "preheader,subject", "subject,preheader")
"""Lists of slots under which every URL is a new one to a cache."""


@check
def answers(subject: Subject) -> str:
    """A pull is answered with 200 and an object within the time that the tool waits."""
    said = subject.good(subject.caller.pull(subject.recipients[0]))
    return f"200 in {said.seconds * 1_000:.0f} ms"


@check
def object_of_texts(subject: Subject) -> str:
    """The answer is JSON, and says so; its slots are texts, and it names variant and approval."""
    said = subject.good(subject.caller.pull(subject.recipients[0]))
    if not said.headers.get("content-type", "").startswith("application/json"):
        raise Broken(f"content type {said.headers.get('content-type')}")
    wanted = (*SLOTS, "variant_id", "approval_hash")
    wrong = [name for name in wanted if not isinstance(said.data.get(name), str)]
    if wrong:
        raise Broken(f"no text under {', '.join(wrong)}")
    if said.headers.get("x-copydesk-approval") != said.data["approval_hash"]:
        raise Broken("X-Copydesk-Approval is not the approval that the answer names")
    return f"{said.data['variant_id']} under approval {said.data['approval_hash'][:12]}"


@check
def small(subject: Subject) -> str:
    """The answer is no longer than the tool takes, and its length is told."""
    said = subject.good(subject.caller.pull(subject.recipients[0]))
    if len(said.body) > subject.rules.bytes_max:
        raise Broken(f"{len(said.body):,} bytes, and {subject.rules.bytes_max:,} are taken")
    if said.headers.get("content-length") != str(len(said.body)):
        raise Broken("Content-Length is missing or wrong")
    return f"{len(said.body):,} bytes of {subject.rules.bytes_max:,}"


@check
def no_redirect(subject: Subject) -> str:
    """No pull is answered with a redirect, however its query is written."""
    caller, key = subject.caller, subject.recipients[0]
    for path in (
        caller.path(key),
        caller.path(),
        f"{caller.path(key)}&",
        caller.path(key, slot=None),
    ):
        said = caller.ask(path)
        if said.status // 100 == 3 or "location" in said.headers:  # noqa: PLR2004
            raise Broken(f"{said.status} to {said.headers.get('location')}")
    return "none in 4 ways to ask"


@check
def same_again(subject: Subject) -> str:
    """The same recipient gets the same answer, however often the tool asks."""
    key = subject.recipients[0]
    said = [subject.good(subject.caller.pull(key)) for _ in range(subject.rules.repeats)]
    if len({one.body for one in said}) > 1:
        raise Broken(f"{len({one.body for one in said})} answers in {len(said)}")
    return f"{len(said)} times the same"


@check
def recipients_apart(subject: Subject) -> str:
    """Each recipient gets their own answer, whoever asked for the same address before them."""
    first: dict[str, str] = {}
    for turn, slots in enumerate(FORMS):
        order = subject.recipients[turn * 4 :] + subject.recipients[: turn * 4]
        for key in order:
            variant = subject.good(subject.caller.pull(key, slot=slots)).data.get("variant_id")
            if first.setdefault(key, variant) != variant:
                raise Broken(f"{key} got {first[key]}, then {variant} after others had asked")
    return f"{len(first)} recipients, {len(set(first.values()))} variants, in {len(FORMS)} orders"


@check
def fields_stay_with_their_recipient(subject: Subject) -> str:
    """What is written for one recipient's fields is kept by no cache, and reaches no other."""
    names = ("Ottilie", "Benedikt")
    said = [_with_name(subject, key, name) for key, name in zip("ab", names, strict=True)]
    for one, other in zip(said, reversed(names), strict=True):
        if other.encode() in subject.good(one).body:
            raise Broken(f"{other} stands in another recipient's copy")
        if "no-store" not in one.headers.get("cache-control", ""):
            raise Broken(f"Cache-Control is {one.headers.get('cache-control')}")
    put = sum(name.encode() in one.body for name, one in zip(names, said, strict=True))
    return f"{put} of 2 names in the copy, none in another's, no-store"


@check
def hostile_values_stay_out(subject: Subject) -> str:
    """No value of a field brings code, markup, an address or a figure into copy: all is 200."""
    for value in HOSTILE_VALUES:
        said = subject.good(_with_name(subject, "a", value))
        texts = " ".join(str(said.data.get(slot, "")) for slot in SLOTS)
        if value in texts:
            raise Broken(f"{value!r} stands in the copy")
    told = said.data.get("fallbacks")
    if not isinstance(told, list):
        raise Broken("the answer does not tell `fallbacks`")
    return f"{len(HOSTILE_VALUES)} values, {len(told)} field told as fallen back"


def _with_name(subject: Subject, key: str, name: str) -> Said:
    body = json.dumps({"fields": {"first_name": name}}).encode()
    headers = {"Content-Type": "application/json"}
    path = subject.caller.path(f"conformance-{key}")
    return subject.caller.ask(path, headers, "POST", body)


@check
def private_and_short(subject: Subject) -> str:
    """No shared cache may keep an answer, nobody for long, and it depends on the key."""
    said = subject.good(subject.caller.pull(subject.recipients[0]))
    control, vary = said.headers.get("cache-control", ""), said.headers.get("vary", "")
    if "no-store" not in control and "private" not in control:
        raise Broken(f"Cache-Control is {control or 'missing'}: a proxy may keep it for others")
    if "no-store" not in control and "authorization" not in vary.lower():
        raise Broken(f"Vary is {vary or 'missing'}: an answer may be kept across keys")
    age = re.search(r"max-age=(\d+)", control)
    if age is not None and int(age[1]) > subject.rules.max_age_s:
        raise Broken(f"kept for {age[1]} s, and {subject.rules.max_age_s} are the most")
    return f"{control}; Vary: {vary}"


@check
def not_sent_twice(subject: Subject) -> str:
    """If-None-Match with the last ETag is answered with 304 and no body, another with 200."""
    caller, key = subject.caller, subject.recipients[0]
    tag = subject.good(caller.pull(key)).headers.get("etag")
    if not tag:
        raise Broken("no ETag")
    same = caller.ask(caller.path(key), {"If-None-Match": tag})
    if same.status != HTTPStatus.NOT_MODIFIED or same.body:
        raise Broken(f"{same.status} with {len(same.body)} bytes to the ETag that it gave")
    subject.good(caller.ask(caller.path(key), {"If-None-Match": '"other"'}))
    return f"304 to {tag[:14]}…"


@check
def in_the_tools_tags(subject: Subject) -> str:
    """Merge tags are the tool's; one that the server does not know is refused, not ignored."""
    said = subject.good(subject.caller.pull(subject.recipients[0]))
    texts = " ".join(str(said.data.get(slot, "")) for slot in SLOTS)
    if NEUTRAL_TAG.search(texts):
        raise Broken("a merge tag in Copydesk's own syntax, which the tool would print")
    other = subject.caller.pull(subject.recipients[0], dialect="morse")
    if other.status not in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}:
        raise Broken(f"{other.status} to a dialect that there is not")
    return f"{subject.rules.dialect}; {other.status} to an unknown one"


@check
def without_recipient(subject: Subject) -> str:
    """A feed that is polled for all gets one answer, the same each time."""
    said = [subject.good(subject.caller.pull()) for _ in range(2)]
    if said[0].body != said[1].body:
        raise Broken("two answers to one address")
    return f"{said[0].data.get('variant_id')} for all"


@check
def both_credentials(subject: Subject) -> str:
    """The key is taken as a bearer token, as the password of any user, and as the user."""
    caller, path = subject.caller, subject.caller.path(subject.recipients[0])
    ways = (f"Bearer {caller.key}", basic("anybody", caller.key), basic(caller.key, ""))
    said = [subject.good(caller.ask(path, {"Authorization": way})) for way in ways]
    for one, other in pairwise(said):
        if one.body != other.body:
            raise Broken("another answer by another way to give the key")
    return "bearer, basic password, basic user"


@check
def strangers_are_refused(subject: Subject) -> str:
    """No key, a wrong one and a broken one are 401, also just after a good key was answered."""
    caller, path = subject.caller, subject.caller.path(subject.recipients[0])
    subject.good(caller.ask(path))
    ways = (
        "",
        "Bearer cdk_wrong",
        "Bearer",
        "Basic !!!",
        basic("", ""),
        "Digest x",
        f"{caller.key}",
    )
    for way in ways:
        said = caller.ask(path, {"Authorization": way})
        if said.status != HTTPStatus.UNAUTHORIZED or not said.is_problem:
            raise Broken(f"{said.status} {said.headers.get('content-type')} to {way[:12]!r}")
        if "www-authenticate" not in said.headers:
            raise Broken("401 without WWW-Authenticate")
    return f"401 in {len(ways)} ways"


@check
def unknown_campaign(subject: Subject) -> str:
    """A campaign that there is not is 404, as a problem document."""
    said = subject.caller.pull(subject.recipients[0], campaign="conformance-no-such-campaign")
    if said.status != HTTPStatus.NOT_FOUND or not said.is_problem:
        raise Broken(f"{said.status} {said.headers.get('content-type')}")
    return "404 problem+json"
