"""Key and address of a compatible server: checked before the client trips over them."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit, urlunsplit

from copydesk.errors import ModelMisconfigured

KEY_REMEDY = "set COPYDESK_OPENAI_API_KEY (or OPENAI_API_KEY) to a key that this server accepts"
MODEL_REMEDY = "check COPYDESK_OPENAI_MODEL and COPYDESK_OPENAI_BASE_URL"
ADDRESS_REMEDY = "set COPYDESK_OPENAI_BASE_URL to an address as http://127.0.0.1:8000/v1"


def checked_key(key: str | None, where: str) -> str:
    """Return the key without blanks around it. Raises ModelMisconfigured where it cannot be one."""
    if key is None:
        raise ModelMisconfigured(f"{where} needs a key: {KEY_REMEDY}")
    stripped = key.strip()
    if not stripped or not stripped.isascii() or not stripped.isprintable():
        raise ModelMisconfigured(f"the key is no key, it holds unusual characters: {KEY_REMEDY}")
    return stripped


def checked_address(base_url: str) -> str:
    """Return the address without blanks around it. Raises ModelMisconfigured where it is none."""
    address = base_url.strip()
    parts = _parts(address)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ModelMisconfigured(f"{shown_address(address)} is no web address: {ADDRESS_REMEDY}")
    return address


def shown_address(base_url: str) -> str:
    """Return the address without the user, password and query that it may carry."""
    parts = _parts(base_url.strip())
    if parts is None:
        return "the base URL"
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="")
    return urlunsplit(bare)


def _parts(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port  # reading it is what checks it
    except ValueError:
        return None
    return parts
