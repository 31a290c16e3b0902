"""What the settings say about the sign-in provider, checked before anything is served."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import urlsplit

from copydesk.access import Role
from copydesk.errors import Problem, SettingsError
from copydesk.settings import Settings

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
NEEDS_ISSUER = ("oidc_client_id", "oidc_client_secret", "oidc_roles_claim", "oidc_only")
EXTRA = "copydesk[oidc]"


@dataclass(frozen=True, slots=True)
class OidcConfig:
    """A provider, and what its word counts for here."""

    issuer: str
    client_id: str
    client_secret: str | None
    name_claim: str
    roles_claim: str | None
    roles: Mapping[str, tuple[Role, ...]]
    """By group."""
    scopes: tuple[str, ...]
    adds_unknown: bool
    only: bool

    @property
    def shown_name(self) -> str:
        """What people are told they sign in with."""
        return urlsplit(self.issuer).hostname or self.issuer


def oidc_config(settings: Settings) -> OidcConfig | None:
    """Return what the settings say about a provider; None where they name none.

    Raises:
        SettingsError: they cannot be used as they are; every problem is told.
    """
    problems = list(_problems(settings))
    if problems:
        raise SettingsError(problems)
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    secret = settings.oidc_client_secret
    return OidcConfig(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=secret.get_secret_value() if secret is not None else None,
        name_claim=settings.oidc_name_claim,
        roles_claim=settings.oidc_roles_claim,
        roles=settings.oidc_roles,
        scopes=settings.oidc_scopes,
        adds_unknown=settings.oidc_unknown_users == "add",
        only=settings.oidc_only,
    )


def is_safe(address: str) -> bool:
    """Return whether an address of the provider may be used: https, or http on this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)


def _problems(settings: Settings) -> Iterator[Problem]:
    if settings.oidc_issuer is None:
        for name in NEEDS_ISSUER:
            if getattr(settings, name):
                yield Problem("oidc_issuer", "", f"name the provider: {name} is set without it")
        return
    if not is_safe(settings.oidc_issuer) or "?" in settings.oidc_issuer:
        right = "write the provider's issuer as it is, as `https://login.example.com`"
        yield Problem("oidc_issuer", settings.oidc_issuer, right)
    if not settings.oidc_client_id:
        yield Problem("oidc_client_id", "", "write what the provider calls this Copydesk")
    if find_spec("authlib") is None or find_spec("httpx2") is None:
        yield Problem("oidc_issuer", settings.oidc_issuer, f"pip install '{EXTRA}' to sign in so")
    yield from _wrong_claims(settings)


def _wrong_claims(settings: Settings) -> Iterator[Problem]:
    if "openid" not in settings.oidc_scopes:
        yield Problem("oidc_scopes", " ".join(settings.oidc_scopes), "let `openid` be among them")
    if settings.oidc_name_claim == "email" and "email" not in settings.oidc_scopes:
        yield Problem("oidc_scopes", " ".join(settings.oidc_scopes), "let `email` be among them")
    if settings.oidc_roles_claim and not any(settings.oidc_roles.values()):
        yield Problem("oidc_roles", "", "say which group gives which roles: now none gives any")
    if settings.oidc_roles and not settings.oidc_roles_claim:
        yield Problem("oidc_roles_claim", "", "name the claim that lists the groups of oidc_roles")
    if settings.oidc_unknown_users == "add" and not settings.oidc_roles_claim:
        right = "name the claim that gives roles: who is added would have none"
        yield Problem("oidc_roles_claim", "", right)
