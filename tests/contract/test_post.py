"""Messages go out by the jobs: durable on both databases, and by their in-process twin."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest

from copydesk.bootstrap import utc_now
from copydesk.desk.notifying import Notifying
from copydesk.desk.routing import Router
from copydesk.errors import Undelivered
from copydesk.jobs import Jobs, open_jobs
from copydesk.notifications import Book, DeliveryState, Parcel
from copydesk.review_queue import Policy
from copydesk.review_queue.placing import Placer
from copydesk.storage import Store
from copydesk.storage.build import open_store
from tests.contract.test_outbox import a_notice
from tests.contract.worker import Work

PATIENCE_S = 30.0
BOOK = Book.model_validate(
    {
        "channels": {"ops": {"kind": "webhook", "url": "https://hooks.example/"}},
        "rules": [{"channel": "ops", "events": ["review.approved"]}],
        "retries": {"first_s": 0.1},
    }
)


class Hand:
    """Counts what it carries by id; every second one fails at first."""

    def __init__(self) -> None:
        self.carried: Counter[str] = Counter()
        self.tried: Counter[str] = Counter()
        self._lock = threading.Lock()

    def carry(self, parcel: Parcel) -> str:
        name = parcel.notices[0].id
        with self._lock:
            self.tried[name] += 1
            if self.tried[name] == 1 and name.endswith(("1", "3", "5", "7", "9")):
                raise Undelivered("not now")
            self.carried[name] += 1
        return "taken"


def a_post(store: Store, hand: Hand) -> Notifying:
    policy = Policy.load()
    placer = Placer(policy)
    router = Router(BOOK, placer, policy.speaks_for)
    return Notifying(store, BOOK, {"ops": hand}, router, placer, utc_now)


def happened(store: Store, *names: str) -> None:
    with store.transaction() as tx:
        for name in names:
            tx.outbox.add(a_notice(name, at=utc_now()))


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def sent(store: Store) -> int:
    with store.transaction() as tx:
        return tx.outbox.count()[DeliveryState.SENT]


def test_what_happened_is_told_once_and_tried_again_where_it_fails(url: str, store: Store) -> None:
    """Before the start and after it, at the first try or the second: each once."""
    hand = Hand()
    names = [f"ntc_{number}" for number in range(10)]
    happened(store, *names[:5])
    work = Work(store)
    jobs = open_jobs(work.run, work.unfinished, url, post=a_post(store, hand))
    jobs.start()
    happened(store, *names[5:])
    until(lambda: sent(store) == 10)
    jobs.stop()

    assert hand.carried == dict.fromkeys(names, 1)
    assert hand.tried["ntc_1"] == 2


def test_what_one_process_began_and_left_another_start_ends(url: str, store: Store) -> None:
    """A message that was being sent when everything stopped is sent at the next start."""
    hand = Hand()
    happened(store, "ntc_0")
    post = a_post(store, hand)
    (try_id,) = post.round()
    post._begin(try_id.partition(".")[0], 0)
    work = Work(store)
    jobs = open_jobs(work.run, work.unfinished, url, post=post)
    jobs.start()
    until(lambda: sent(store) == 1)
    jobs.stop()

    assert hand.carried == {"ntc_0": 1}


def test_rounds_of_many_processes_at_once_write_each_message_once(store: Store) -> None:
    """Threads of their own look at the same outbox: routing adds nothing a second time."""
    hand = Hand()
    posts = [a_post(store, hand) for _ in range(4)]
    for turn in range(5):
        happened(store, *(f"ntc_{turn}_{number}" for number in range(0, 8, 2)))
        threads = [threading.Thread(target=post.round) for post in posts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    with store.transaction() as tx:
        assert len(tx.outbox.deliveries(limit=1_000)) == 20
        assert not tx.outbox.has_unrouted()


@pytest.mark.postgres
def test_a_try_that_ended_without_an_end_is_made_again(postgresql_url: str) -> None:
    """A mistake in the code that broke a try leaves it due: it is run once more, not forgotten."""
    store, hand = open_store(postgresql_url), Hand()
    post = a_post(store, hand)
    run, broken = post.run, [True]

    class Breaking:
        look_s = 0.2
        round = post.round

        def run(self, try_id: str) -> None:
            if broken and broken.pop():
                raise RuntimeError("a mistake")
            run(try_id)

    happened(store, "ntc_0")
    work = Work(store)
    jobs = Jobs(work.run, work.unfinished, postgresql_url, "worker-0", post=Breaking())
    jobs.start()
    until(lambda: sent(store) == 1)
    jobs.stop()
    store.close()
    assert hand.carried == {"ntc_0": 1}
