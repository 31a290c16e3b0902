"""What comes again and again: in its time, by one process at a time, whatever fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from copydesk.jobs.rounds import AGAIN, HELD, Round, RoundKeeper
from copydesk.storage.memory import MemoryStore
from copydesk.storage.rounds import RoundState
from tests.factories import NOW

HOUR = timedelta(hours=1)


class Server:
    """A process that makes rounds, with a clock of the test's."""

    def __init__(self, *rounds: Round, store: MemoryStore | None = None) -> None:
        self.store, self.now = store or MemoryStore(), NOW
        self.keeper = RoundKeeper(self.store, rounds, self.clock)

    def clock(self) -> datetime:
        return self.now

    def look(self, after: timedelta = timedelta(0)) -> list[str]:
        self.now += after
        return list(self.keeper.look())

    def state(self, name: str = "count") -> RoundState:
        with self.store.transaction() as tx:
            return next(one for one in tx.rounds.all() if one.name == name)


def counting(done: list[int], every: timedelta = HOUR, *, at_start: bool = False) -> Round:
    def steps() -> Iterator[None]:
        done.append(len(done))
        yield

    return Round("count", every, steps, at_start)


def failing(failures: int, done: list[int]) -> Callable[[], Iterator[None]]:
    def steps() -> Iterator[None]:
        done.append(len(done))
        if len(done) <= failures:
            raise ValueError("no such zone")
        yield

    return steps


def test_a_round_is_made_in_its_time() -> None:
    """The first comes an interval after it was first known, and each an interval after that."""
    done: list[int] = []
    server = Server(counting(done))
    looked = [server.look(timedelta(minutes=minutes)) for minutes in (0, 59, 1, 0, 59, 1)]

    assert looked == [[], [], ["count"], [], [], ["count"]]
    assert (len(done), server.state().ended_at) == (2, NOW + 2 * HOUR)


def test_a_round_of_the_start_is_made_by_every_process() -> None:
    """What hangs on the process, as its rules, is done first, whenever another did it."""
    store, done = MemoryStore(), list[int]()
    first = Server(counting(done, at_start=True), store=store)
    second = Server(counting(done, at_start=True), store=store)

    assert [first.look(), second.look(), first.look(), second.look()] == [["count"]] * 2 + [[]] * 2


def test_of_two_processes_one_makes_it() -> None:
    """What was made by one is not due for the other; what one holds the other leaves alone."""
    store, done = MemoryStore(), list[int]()
    first, second = (Server(counting(done), store=store) for _ in range(2))
    first.look(), second.look()
    looked = [first.look(HOUR), second.look(HOUR)]
    held = first.state().model_copy(update={"held_until": NOW + 3 * HOUR})
    with store.transaction() as tx:
        tx.rounds.put(held)

    assert (looked, done) == ([["count"], []], [0])
    assert [first.look(HOUR), first.look(HOUR)] == [[], ["count"]]


def test_what_fails_is_told_and_tried_again_soon() -> None:
    """Other rounds are made all the same; what goes well again is told as that."""
    done, tries = list[int](), list[int]()
    bad = Round("bad", HOUR, failing(1, tries))
    server = Server(bad, counting(done))
    looked = [sorted(server.look(after)) for after in (timedelta(0), HOUR)]
    failed = server.state("bad")
    again = server.look(AGAIN)

    assert looked[1] == ["bad", "count"]
    assert (failed.failures, failed.error) == (1, "ValueError: no such zone")
    assert (again, server.state("bad").failures, server.state("bad").error) == (["bad"], 0, None)


def test_a_process_that_stops_leaves_the_round_to_the_next() -> None:
    """It ends between two steps, and what is left is due at once for another process."""
    store, walked = MemoryStore(), list[str]()

    def steps() -> Iterator[None]:
        walked.append("begun")
        first.keeper.stop()
        yield
        walked.append("went on")

    first = Server(Round("count", HOUR, steps), store=store)
    second = Server(counting([]), store=store)
    first.look(), second.look()

    assert (first.look(HOUR), walked) == ([], ["begun"])
    assert second.look(HOUR) == ["count"]


def test_a_long_round_is_held_step_by_step() -> None:
    """Nobody else takes it for half an hour after each of its steps."""
    seen: list[datetime | None] = []

    def steps() -> Iterator[None]:
        for _ in range(3):
            server.now += HELD * 0.75
            yield
            seen.append(server.state("long").held_until)

    server = Server(Round("long", HOUR, steps))
    server.look()

    assert server.look(HOUR) == ["long"]
    assert seen == [NOW + HOUR + HELD * (0.75 * n + 1) for n in (1, 2, 3)]
