"""From what the provider says of somebody to who that is here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from copydesk.access import Role, User
from copydesk.api.oidc.config import OidcConfig
from copydesk.desk.sign_in import Identity
from copydesk.errors import SignInRefused

Claims = Mapping[str, Any]


def identity_of(claims: Claims, config: OidcConfig) -> Identity:
    """Return who it is that signs in, from claims whose truth was checked.

    Raises:
        SignInRefused: they do not say it as the settings ask for it.
    """
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject:
        raise SignInRefused("The provider did not say whose account it is: ask its operator.")
    return Identity(_name(claims, config), f"{config.issuer} {subject}", _roles(claims, config))


def missing_claims(claims: Claims, config: OidcConfig) -> bool:
    """Return whether a claim that is needed was not told, so that it has to be asked for."""
    wanted = [config.name_claim, *([config.roles_claim] if config.roles_claim else [])]
    wanted += ["email_verified"] if config.name_claim == "email" else []
    return any(_found(claims, name) is None for name in wanted)


def _name(claims: Claims, config: OidcConfig) -> str:
    told = _found(claims, config.name_claim)
    if not isinstance(told, str) or not told.strip():
        raise SignInRefused(
            f"The provider did not tell `{config.name_claim}`: an operator adds the scope that "
            "holds it to COPYDESK_OIDC_SCOPES, or names another claim in COPYDESK_OIDC_NAME_CLAIM."
        )
    if config.name_claim == "email" and claims.get("email_verified") is not True:
        raise SignInRefused(
            "The provider does not say that this e-mail address is verified: "
            "verify it there, then sign in again."
        )
    name = told.strip().lower()
    try:
        return User(name=name, roles=()).name
    except ValidationError as error:
        raise SignInRefused(
            f"`{name[:80]}` cannot be a user's name here: letters, digits and . _ @ - can, "
            "64 at most. An operator names another claim in COPYDESK_OIDC_NAME_CLAIM."
        ) from error


def _roles(claims: Claims, config: OidcConfig) -> tuple[Role, ...] | None:
    if config.roles_claim is None:
        return None
    told = _found(claims, config.roles_claim)
    groups = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    given = {role for group in groups for role in config.roles.get(str(group), ())}
    if not given:
        raise SignInRefused(
            f"None of your groups at the provider gives a role here (`{config.roles_claim}`): "
            "ask an admin of Copydesk which one does."
        )
    return tuple(sorted(given))


def _found(claims: Claims, name: str) -> object:
    """Return a claim by its name; `realm_access.roles` is also `roles` within `realm_access`."""
    if name in claims:
        return claims[name]
    outer, _, inner = name.partition(".")
    within = claims.get(outer)
    return _found(within, inner) if inner and isinstance(within, Mapping) else None
