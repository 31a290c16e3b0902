"""Several kinds of messages go out as one."""

from __future__ import annotations

from collections.abc import Sequence

from copydesk.jobs.posts import Posts


class Bag:
    """Tries of one kind, and those that were made."""

    def __init__(self, look_s: float, *due: str) -> None:
        self.look_s = look_s
        self.due = due
        self.made: list[str] = []

    def round(self) -> Sequence[str]:
        return self.due

    def run(self, try_id: str) -> None:
        self.made.append(try_id)


def test_each_try_goes_back_to_who_found_it() -> None:
    """A round finds both kinds, and what is run is run by its own kind alone."""
    letters, pushes = Bag(60.0, "dlv_1.0"), Bag(1.0, "pls_1.1", "pls_2.1")
    posts = Posts({"dlv_": letters, "pls_": pushes})
    for try_id in posts.round():
        posts.run(try_id)

    assert (letters.made, pushes.made) == (["dlv_1.0"], ["pls_1.1", "pls_2.1"])
    assert posts.look_s == 1.0


def test_a_try_of_no_known_kind_is_nobodys() -> None:
    """What an older version queued under another name is let go."""
    letters = Bag(60.0)
    Posts({"dlv_": letters}).run("old_1.0")

    assert letters.made == []
