"""The two conversations with a provider: where to send somebody, and who came back."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from copydesk.api.oidc.claims import missing_claims
from copydesk.api.oidc.config import OidcConfig, is_safe, oidc_config
from copydesk.errors import ProviderUnavailable, SignInRefused
from copydesk.settings import Settings

if TYPE_CHECKING:
    from authlib.integrations.starlette_client import StarletteOAuth2App

log = logging.getLogger(__name__)

TIMEOUT_S = 10.0
FRESH_S = 300.0
"""How long addresses and keys of the provider are taken as they were read."""
LEEWAY_S = 60
"""How far the provider's clock may be from ours."""
ASYMMETRIC = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Signatures that only the provider can make. `none` and those by a shared secret are refused,
whatever the provider lists."""
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
AGAIN = "Sign in again; if that does not help, ask an operator to look at the log."


class Begun(NamedTuple):
    """A sign-in under way: kept by the browser, sealed, until it comes back."""

    state: str
    nonce: str
    code_verifier: str
    redirect_uri: str


class OidcProvider:
    """A provider, as Authlib speaks with it."""

    def __init__(self, config: OidcConfig) -> None:
        self.config = config
        self._app: StarletteOAuth2App | None = None
        self._read_at = 0.0

    async def look(self) -> None:
        """Raise ProviderUnavailable if it cannot be reached, or is not what the settings say."""
        await self._ready()

    async def begin(self, redirect_uri: str) -> tuple[str, Begun]:
        """Return the provider's address to send somebody to, and what to remember meanwhile.

        Raises:
            ProviderUnavailable: it cannot be reached, or is not what the settings say.
        """
        app = await self._ready()
        begun: dict[str, str] = await app.create_authorization_url(redirect_uri)
        kept = Begun(begun["state"], begun["nonce"], begun["code_verifier"], redirect_uri)
        return begun["url"], kept

    async def finish(self, code: str, begun: Begun) -> Mapping[str, Any]:
        """Return the claims about whom the code is for, after checking whose word they are.

        Raises:
            SignInRefused: the code or the id token is not good.
            ProviderUnavailable: it cannot be reached, or is not what the settings say.
        """
        app = await self._ready()
        try:
            with _told():
                token = await app.fetch_access_token(
                    redirect_uri=begun.redirect_uri, code=code, code_verifier=begun.code_verifier
                )
                claims = await self._claims(app, token, begun)
                return await self._completed(app, token, claims)
        except SignInRefused:
            self._app = None  # it may have changed its keys without a new name for them
            raise

    async def _claims(
        self, app: StarletteOAuth2App, token: dict[str, Any], begun: Begun
    ) -> dict[str, Any]:
        if "id_token" not in token:
            raise SignInRefused(f"The provider's answer names nobody: it has no id token. {AGAIN}")
        ours = {
            "iss": {"essential": True, "value": self.config.issuer},
            "aud": {"essential": True, "value": self.config.client_id},
            "exp": {"essential": True},
            "nonce": {"essential": True, "value": begun.nonce},
        }
        claims: dict[str, Any] = await app.parse_id_token(
            token, nonce=begun.nonce, claims_options=ours, leeway=LEEWAY_S
        )
        return claims

    async def _completed(
        self, app: StarletteOAuth2App, token: dict[str, Any], claims: dict[str, Any]
    ) -> Mapping[str, Any]:
        """Ask for what the id token did not tell: many providers keep it short."""
        asks = missing_claims(claims, self.config) and "userinfo_endpoint" in app.server_metadata
        if not asks:
            return claims
        more: dict[str, Any] = await app.userinfo(token=token)
        if more.get("sub") != claims["sub"]:
            raise SignInRefused(f"The provider's two answers are about two accounts. {AGAIN}")
        return {**claims, **more}

    async def _ready(self) -> StarletteOAuth2App:
        if self._app is not None and monotonic() - self._read_at < FRESH_S:
            return self._app
        app = _app(self.config)
        with _reached(self.config):
            self._check(await app.load_server_metadata())
        algorithms = app.server_metadata.get("id_token_signing_alg_values_supported", ["RS256"])
        app.server_metadata["id_token_signing_alg_values_supported"] = sorted(
            ASYMMETRIC.intersection(algorithms)
        ) or ["RS256"]
        app.client_kwargs["token_endpoint_auth_method"] = self._auth_method(app.server_metadata)
        self._app, self._read_at = app, monotonic()
        return app

    def _check(self, metadata: Mapping[str, Any]) -> None:
        """Raise ValueError unless it is the provider of the settings, at safe addresses."""
        if metadata.get("issuer") != self.config.issuer:
            told = str(metadata.get("issuer"))[:200]
            raise ValueError(f"it calls itself `{told}`: write COPYDESK_OIDC_ISSUER like that")
        for name in ENDPOINTS:
            if not is_safe(str(metadata.get(name, ""))):
                raise ValueError(f"its `{name}` is no https address")

    def _auth_method(self, metadata: Mapping[str, Any]) -> str:
        if self.config.client_secret is None:
            return "none"
        known = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return "client_secret_basic" if "client_secret_basic" in known else "client_secret_post"


def provider_of(settings: Settings) -> OidcProvider | None:
    """Return the provider that the settings name, if they do. Raises SettingsError."""
    config = oidc_config(settings)
    return OidcProvider(config) if config is not None else None


def _app(config: OidcConfig) -> StarletteOAuth2App:
    from authlib.integrations.starlette_client import StarletteIntegration, StarletteOAuth2App

    return StarletteOAuth2App(
        StarletteIntegration("oidc"),
        name="oidc",
        client_id=config.client_id,
        client_secret=config.client_secret,
        server_metadata_url=config.issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={
            "scope": " ".join(config.scopes),
            "code_challenge_method": "S256",
            "timeout": TIMEOUT_S,
            "leeway": 0,  # seconds before its end at which an access token is not used any more
        },
    )


@contextmanager
def _reached(config: OidcConfig) -> Iterator[None]:
    from httpx2 import HTTPError

    try:
        yield
    except (HTTPError, ValueError, TypeError, AttributeError) as error:
        log.warning("oidc.unavailable", exc_info=True)
        raise ProviderUnavailable(f"{config.issuer} cannot be used: {error}") from error


@contextmanager
def _told() -> Iterator[None]:
    """Say of whatever Authlib raises what it means for whoever signs in."""
    from authlib.common.errors import AuthlibBaseError
    from httpx2 import HTTPError
    from joserfc.errors import JoseError

    try:
        yield
    except HTTPError as error:
        log.warning("oidc.unavailable", exc_info=True)
        raise ProviderUnavailable(f"The provider did not answer: {error}") from error
    except (AuthlibBaseError, JoseError, ValueError, TypeError, KeyError) as error:
        log.warning("oidc.refused", exc_info=True)
        raise SignInRefused(f"The provider's answer is not good ({error}). {AGAIN}") from error
