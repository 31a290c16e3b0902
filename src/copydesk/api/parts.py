"""What a route needs, named as it reads in a signature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import (
    HTTPAuthorizationCredentials,
    HTTPBasic,
    HTTPBasicCredentials,
    HTTPBearer,
)

from copydesk.access import Actor, Role, hash_secret
from copydesk.api.known_keys import KnownKeys
from copydesk.api.metrics import Metrics
from copydesk.api.oidc import OidcProvider
from copydesk.api.rates import Rates
from copydesk.bootstrap import Copydesk
from copydesk.errors import Unauthenticated
from copydesk.jobs import Runner


@dataclass(frozen=True, slots=True)
class Parts:
    """What one app is made of; kept as `app.state.parts`."""

    copydesk: Copydesk
    runner: Runner
    metrics: Metrics
    keys: KnownKeys
    rates: Rates
    provider: OidcProvider | None
    """Whom people sign in with, if not with passwords alone."""


async def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


async def _copydesk(request: Request) -> Copydesk:
    parts: Parts = request.app.state.parts
    return parts.copydesk


AllParts = Annotated[Parts, Depends(_parts)]
Desk = Annotated[Copydesk, Depends(_copydesk)]

bearer = HTTPBearer(auto_error=False, scheme_name="bearer", description="An API key, as `cdk_...`.")
basic = HTTPBasic(
    auto_error=False,
    scheme_name="basic",
    description="Any user name and an API key as the password, or the key alone as the user.",
)


def _caller(
    request: Request,
    parts: AllParts,
    token: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)],
    password: Annotated[HTTPBasicCredentials | None, Security(basic)],
) -> Actor:
    """Return who holds the API key. A browser's session never opens /v1: no forged request can."""
    secret = token.credentials if token else None
    if password is not None:  # some tools have one field for both
        secret = password.password or password.username
    if not secret:
        raise Unauthenticated
    request.state.as_of = parts.keys.as_of()
    request.state.bucket = bucket = hash_secret(secret)
    rate = parts.rates.of(request.url.path)
    rate.must_have_room(bucket)  # before the store is asked, and counted only for a good key
    caller = parts.copydesk.access.actor_of_key(secret)
    request.state.more_headers = rate.take(bucket)
    return caller


def _in_role(*roles: Role) -> Any:  # noqa: ANN401 - what Depends returns
    def permitted(caller: Caller) -> Actor:
        # For which brands is for the services to say: they know whose brand it is about.
        caller.brands(*roles)
        return caller

    check: Callable[[Actor], Actor] = permitted
    return Depends(check)


Caller = Annotated[Actor, Depends(_caller)]
"""Anyone with a key."""
HAS_KEY = Depends(_caller)
"""For routes that anyone with a key may use, and that do not need to know who it is."""
MayAsk = Annotated[Actor, _in_role(Role.REQUESTER)]
MayReview = Annotated[Actor, _in_role(Role.REVIEWER, Role.APPROVER)]
MayReadRecord = Annotated[Actor, _in_role(Role.REVIEWER, Role.APPROVER, Role.ADMIN)]
MaySign = Annotated[Actor, _in_role(Role.APPROVER)]
MayTake = Annotated[Actor, _in_role(Role.REQUESTER, Role.PULLER)]
MayPull = Annotated[Actor, _in_role(Role.PULLER)]
MayAdminister = Annotated[Actor, _in_role(Role.ADMIN)]
