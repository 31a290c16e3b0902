"""Comments, links for people from outside, and pulls against undoing, on every store."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from copydesk.errors import NotFound
from copydesk.publishing import ApprovedCopy
from copydesk.review_queue.talk import Comment, ReviewLink
from copydesk.storage import Store, Transaction
from tests.contract.nouns import an_approved, later
from tests.factories import NOW


def a_comment(comment_id: str = "com_1", **changes: Any) -> Comment:
    given: dict[str, Any] = {
        "id": comment_id,
        "item_id": "rev_1",
        "by": "rosa",
        "at": NOW,
        "text": "Über 40?",
        "version": 1,
    }
    return Comment.model_validate({**given, **changes})


def a_link(link_id: str = "lnk_1", **changes: Any) -> ReviewLink:
    given: dict[str, Any] = {
        "id": link_id,
        "item_id": "rev_1",
        "person": "Dr. Ng",
        "made_by": "axel",
        "made_at": NOW,
        "expires_at": later(60),
    }
    return ReviewLink.model_validate({**given, **changes})


def test_comments_come_back_oldest_first(store: Store) -> None:
    """Those about one item, in the order of time and then of ids, as they were said."""
    first, second = a_comment("com_9"), a_comment("com_1", at=later(1), slot="body")
    with store.transaction() as tx:
        for comment in (second, first, a_comment("com_2", item_id="rev_2")):
            tx.comments.add(comment)

    with store.transaction() as tx:
        assert list(tx.comments.about("rev_1")) == [first, second]


def test_a_comment_is_stored_once(store: Store) -> None:
    """A second one by the same id gives back the first, and is not stored."""
    with store.transaction() as tx:
        tx.comments.add(a_comment())
        assert tx.comments.add(a_comment(text="Again")) == a_comment()
        assert list(tx.comments.about("rev_1")) == [a_comment()]


def test_links_are_kept_and_changed(store: Store) -> None:
    """A link comes back as stored, by id and by item, and a change replaces it."""
    used = a_link(decided="approve", decided_at=later(2))
    with store.transaction() as tx:
        tx.links.add(a_link("lnk_2", made_at=later(1)))
        tx.links.add(a_link())
        tx.links.save(used)

    with store.transaction() as tx:
        assert tx.links.get("lnk_1") == used
        assert [link.id for link in tx.links.about("rev_1")] == ["lnk_1", "lnk_2"]
        with pytest.raises(NotFound):
            tx.links.get("lnk_404")
        with pytest.raises(NotFound):
            tx.links.save(a_link("lnk_404"))


def test_what_was_pulled_is_not_taken_back(store: Store) -> None:
    """The first pull is kept with the copy; after it nothing is withdrawn by an undo."""
    with store.transaction() as tx:
        tx.library.add(an_approved())
        assert tx.library.note_pull(an_approved(), later(1))
        assert tx.library.note_pull(an_approved(), later(2))

    with store.transaction() as tx:
        (pulled,) = tx.library.served("spring")
        assert pulled.pulled_at == later(1)
        assert not tx.library.take_back(pulled, "undone")
        assert not tx.library.take_back(an_approved(), "undone")


def test_what_was_taken_back_is_not_pulled(store: Store) -> None:
    """A pull that read the copy before it was taken back learns that it is not served."""
    with store.transaction() as tx:
        tx.library.add(an_approved())
        assert tx.library.take_back(an_approved(), "undone by axel")

    with store.transaction() as tx:
        assert not tx.library.note_pull(an_approved(), later(1))
        assert not tx.library.served("spring")


def test_copy_signed_anew_is_another_approval(store: Store) -> None:
    """What was read of an earlier approval neither marks nor takes back a later one."""
    with store.transaction() as tx:
        tx.library.add(an_approved(approved_at=later(3)))

        assert not tx.library.note_pull(an_approved(), later(4))
        assert not tx.library.take_back(an_approved(), "undone")


def test_of_a_pull_and_a_taking_back_at_once_one_wins(store: Store) -> None:
    """Thirty times both come together: either it was pulled and stands, or it is gone unpulled."""
    for turn in range(30):
        approved = an_approved(f"var_{turn}")
        with store.transaction() as tx:
            tx.library.add(approved)
        together = Barrier(2)

        with ThreadPoolExecutor(2) as pool:
            pull = pool.submit(_change, store, together, partial(_pull, approved))
            undo = pool.submit(_change, store, together, partial(_undo, approved))

        assert {pull.result(), undo.result()} == {True, False}


def _change(store: Store, together: Barrier, change: Callable[[Transaction], bool]) -> bool:
    together.wait()
    with store.transaction() as tx:
        return change(tx)


def _pull(approved: ApprovedCopy, tx: Transaction) -> bool:
    return tx.library.note_pull(approved, later(1))


def _undo(approved: ApprovedCopy, tx: Transaction) -> bool:
    return tx.library.take_back(approved, "undone")
