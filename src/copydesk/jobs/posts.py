"""Several kinds of messages that go out, as one: tries are told apart by how they are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from copydesk.jobs.ports import Post


class Posts:
    """Hands each try to whoever found it. `by_prefix` says how each kind's tries begin."""

    def __init__(self, by_prefix: Mapping[str, Post]) -> None:
        self._by_prefix = by_prefix

    @property
    def look_s(self) -> float:
        """Seconds between two rounds: as the most eager kind wants it."""
        return min(post.look_s for post in self._by_prefix.values())

    def round(self) -> Sequence[str]:
        """Do what is to be done before, and return the names of the tries that are due."""
        return [name for post in self._by_prefix.values() for name in post.round()]

    def run(self, try_id: str) -> None:
        """Make a try, unless it was made. It may raise StoreUnavailable, and nothing else."""
        for prefix, post in self._by_prefix.items():
            if try_id.startswith(prefix):
                post.run(try_id)
