"""Signing in with a provider: to it, and back."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from copydesk.api.oidc import Begun, OidcProvider, identity_of
from copydesk.api.pages.signing_in import address_of, door, local, signed_in
from copydesk.api.pages.visits import cookie, drop_cookie, keep_cookie
from copydesk.api.parts import AllParts, Parts
from copydesk.bootstrap import Copydesk
from copydesk.desk.sign_in import Identity
from copydesk.desk.throttling import Origin
from copydesk.errors import NotFound, ProviderUnavailable, SignInRefused, TooManyRequests

WAY_COOKIE = "copydesk_way"
NOT_BEGUN = (
    "This sign-in was not begun in this browser, or more than ten minutes ago, or is over: "
    "begin it here."
)
DENIED = "The provider did not let you in ({}): sign in there, and let Copydesk know who you are."
ANOTHER = "The answer is another provider's than the one that was asked: begin again here."
ERROR_CODE = re.compile(r"[a-z_]{1,60}")

router = APIRouter(include_in_schema=False, prefix="/login/oidc")


@router.get("")
async def begin(request: Request, parts: AllParts, next: str = "/") -> Response:  # noqa: A002 - as it is in addresses
    """Send the browser to the provider, with what it has to bring back sealed in a cookie."""
    provider = _provider(parts)
    try:
        address, begun = await provider.begin(str(request.url_for("come_back")))
    except ProviderUnavailable as error:
        return door(request, parts, next, error)
    desk, seal = parts.copydesk, parts.copydesk.sign_in.under_way
    kept = seal.close({**begun._asdict(), "next": local(next)}, desk.clock())
    response = RedirectResponse(address, HTTPStatus.SEE_OTHER)
    response.headers["Cache-Control"] = "no-store"
    keep_cookie(request, response, WAY_COOKIE, kept, seal.lasts // timedelta(seconds=1))
    return response


@router.get("/callback")
async def come_back(request: Request, parts: AllParts) -> Response:
    """Open a session for whom the provider says it is."""
    provider, desk = _provider(parts), parts.copydesk
    sealed = cookie(request, WAY_COOKIE)
    kept = desk.sign_in.under_way.open(sealed, desk.clock()) or {}
    then = str(kept.pop("next", "/"))
    try:
        identity = await _identity(request, desk, provider, Begun(**kept) if kept else None)
        adds = provider.config.adds_unknown
        secret, _ = await run_sync(lambda: desk.sign_in.by_identity(identity, adds=adds))
        response = await run_sync(signed_in, request, desk, secret, then)
    except (SignInRefused, ProviderUnavailable, TooManyRequests) as error:
        response = door(request, parts, then, error)
    drop_cookie(request, response, WAY_COOKIE)
    return response


async def _identity(
    request: Request, desk: Copydesk, provider: OidcProvider, begun: Begun | None
) -> Identity:
    try:
        claims = await _claims(request, provider, begun)
        return identity_of(claims, provider.config)
    except SignInRefused as refusal:
        await run_sync(desk.sign_in.refuse, refusal, Origin(address_of(request)))
        raise


async def _claims(
    request: Request, provider: OidcProvider, begun: Begun | None
) -> Mapping[str, Any]:
    told, issuer = request.query_params, provider.config.issuer
    state = told.get("state", "").encode()
    if begun is None or not hmac.compare_digest(state, begun.state.encode()):
        raise SignInRefused(NOT_BEGUN)
    if told.get("iss", issuer) != issuer:
        raise SignInRefused(ANOTHER)
    code = told.get("code")
    if "error" in told or not code:
        found = ERROR_CODE.fullmatch(told.get("error", ""))
        raise SignInRefused(DENIED.format(found[0] if found else "it gave no code"))
    return await provider.finish(code, begun)


def _provider(parts: Parts) -> OidcProvider:
    if parts.provider is None:
        raise NotFound("No sign-in provider is set up here: sign in at /login with a password.")
    return parts.provider
