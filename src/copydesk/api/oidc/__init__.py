"""Signing in with a provider of the house (OpenID Connect): authorization code, PKCE, one answer.

Authlib speaks the protocol; what it leaves to the caller is checked here.
"""

from copydesk.api.oidc.claims import identity_of
from copydesk.api.oidc.config import OidcConfig, oidc_config
from copydesk.api.oidc.provider import Begun, OidcProvider, provider_of

__all__ = ["Begun", "OidcConfig", "OidcProvider", "identity_of", "oidc_config", "provider_of"]
