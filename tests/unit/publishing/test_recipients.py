"""Keys for recipients, and who gets which variant."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from copydesk.publishing import assign, recipient_key

IDS = st.lists(st.text("abcdef0123456789", min_size=1, max_size=8), min_size=2, unique=True)
KEYS = [recipient_key(b"secret", str(number)) for number in range(600)]


def test_a_key_is_hmac_sha256_under_the_secret() -> None:
    """The key of a known recipient under a known secret is the published HMAC value."""
    assert recipient_key(b"key", "The quick brown fox jumps over the lazy dog") == (
        "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
    )
    assert recipient_key(b"other", "ada") != recipient_key(b"key", "ada")


@given(IDS, st.text(), st.data())
def test_assignment_does_not_depend_on_the_order_of_variants(
    ids: list[str], key: str, data: st.DataObject
) -> None:
    """The same recipient gets the same variant, however the variants are listed."""
    shuffled = data.draw(st.permutations(ids))

    assert assign("spring", key, ids) == assign("spring", key, shuffled)


@given(IDS, st.text())
def test_a_new_variant_moves_recipients_only_to_itself(ids: list[str], key: str) -> None:
    """Adding a variant leaves every recipient where they are, or gives them the new one."""
    *old, new = ids

    assert assign("spring", key, ids) in {assign("spring", key, old), new}


@given(IDS, st.text())
def test_a_variant_taken_away_moves_only_its_own_recipients(ids: list[str], key: str) -> None:
    """A recipient of another variant keeps it."""
    got = assign("spring", key, ids)
    gone = next(variant_id for variant_id in ids if variant_id != got)

    assert assign("spring", key, [one for one in ids if one != gone]) == got


def test_variants_get_about_equal_shares() -> None:
    """Of 600 recipients each of three variants gets between 160 and 240."""
    shares = Counter(assign("spring", key, ["a", "b", "c"]) for key in KEYS)

    assert all(160 <= share <= 240 for share in shares.values())
    assert len(shares) == 3


def test_campaigns_assign_independently() -> None:
    """A recipient of variant a in one campaign does not always get a in the next."""
    ids = ["a", "b"]
    same = sum(assign("spring", key, ids) == assign("summer", key, ids) for key in KEYS)

    assert 240 <= same <= 360
