import asyncio
from collections.abc import Callable, Sequence

import pytest

from copydesk.errors import GenerationError, ModelUnavailable
from copydesk.generation import Draft, DraftRequest, Model
from copydesk.generation.chain import ModelChain
from copydesk.generation.scripted import ScriptedModel
from copydesk.generations import GenerationRequest, RoutedVariant
from copydesk.guardrails.build import build_checker
from copydesk.pipeline import Pipeline
from copydesk.ranking.transparent import TransparentRanker
from copydesk.review_queue import Route
from copydesk.review_queue.policy import Policy
from copydesk.steps import Desk, Written
from tests.factories import COPY, NOW, a_brand, a_brief, an_audience

OTHER = {
    "subject": "A 6 mm drop, and the mud to go with it",
    "preheader": "The Ridgeline is back on the shelf for spring",
    "body": (
        "Spring trails are soft, and most of them are uphill. The Ridgeline trail shoe has a "
        "6 mm heel-to-toe drop, which is enough to say about a shoe before breakfast. Have a "
        "look and see whether it suits the way you run. "
        "Shop trail shoes: https://northpeak.example/trail"
    ),
}
BLOCKED = {**COPY, "subject": "As an AI, I suggest trail shoes"}
WRONG_NUMBER = {**COPY, "subject": "45% off trail shoes through March 8"}


def a_draft(texts: dict[str, str], **changes: object) -> Draft:
    return Draft.model_validate({"angle": "benefit", "facts": ["drop"], **texts, **changes})


def a_request(n: int = 2, **audience: object) -> GenerationRequest:
    return GenerationRequest(
        brief=a_brief(), brand=a_brand(), audience=an_audience(**audience), n=n
    )


def write(model: Model, request: GenerationRequest) -> Written:
    desk = Desk(
        model=model,
        chosen_because="the test says so",
        checker=build_checker(),
        ranker=TransparentRanker(),
        policy=Policy.load(None),
        clock=lambda: NOW,
    )
    return asyncio.run(Pipeline(desk).run("gen_1", request))


def routes(written: Written) -> list[Route]:
    return [variant.route for variant in written.variants]


def one(written: Written) -> RoutedVariant:
    (variant,) = written.variants
    return variant


def test_clean_copy_is_ranked_best_first_and_approved_by_the_policy() -> None:
    """Two lawful drafts for an ordinary audience come back scored, in order, and approved."""
    written = write(ScriptedModel([[a_draft(COPY), a_draft(OTHER)]]), a_request())

    scores = [variant.score.score for variant in written.variants if variant.score]
    assert routes(written) == [Route.APPROVED, Route.APPROVED]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 2


def test_a_sensitive_audience_always_waits_for_a_person() -> None:
    """The same clean copy goes to review when the audience is sensitive, and says why."""
    written = write(ScriptedModel([[a_draft(COPY)]]), a_request(1, sensitive=True))

    assert one(written).route is Route.REVIEW
    assert one(written).rule == "sensitive-audience"
    assert one(written).because


def test_a_blocked_draft_goes_back_to_the_model_with_its_findings() -> None:
    """The rewrite that passes takes the place of the blocked draft, and provenance tells."""
    model = ScriptedModel([[a_draft(BLOCKED)], [a_draft(COPY)]])

    written = write(model, a_request(1))

    problems = model.requests[1].repairs[0].problems
    assert any("As an AI" in problem for problem in problems)
    assert routes(written) == [Route.APPROVED]
    assert "rewritten for" in one(written).variant.provenance.repairs[-1]


def test_a_rules_own_suggestion_is_taken_before_the_model_is_asked_again() -> None:
    """A wrong number is put right from the offer, without a second call."""
    model = ScriptedModel([[a_draft(WRONG_NUMBER)]])

    written = write(model, a_request(1))

    assert str(one(written).variant.copy_.subject) == COPY["subject"]
    assert "took the suggestions of" in one(written).variant.provenance.repairs[0]
    assert len(model.requests) == 1


def test_a_draft_that_stays_blocked_is_kept_with_its_findings_and_unranked() -> None:
    """One repair round, then the requester sees what was wrong; nothing is served."""
    written = write(ScriptedModel([[a_draft(BLOCKED)], [a_draft(BLOCKED)]]), a_request(1))

    assert one(written).route is Route.BLOCKED
    assert one(written).score is None
    assert one(written).checked.findings
    assert one(written).variant.provenance.repairs[-1].endswith("still blocked")


def test_a_rewrite_that_never_comes_leaves_the_blocked_draft_and_says_so() -> None:
    """A model that fails in the repair round does not lose the drafts already checked."""
    written = write(
        ScriptedModel([[a_draft(COPY), a_draft(BLOCKED)], ModelUnavailable("down")]), a_request()
    )

    assert routes(written) == [Route.APPROVED, Route.BLOCKED]
    assert "none came: down" in written.variants[1].variant.provenance.repairs[-1]


def test_a_near_duplicate_is_left_out_and_counted() -> None:
    """The same copy twice is shown once, with a note."""
    written = write(ScriptedModel([[a_draft(COPY), a_draft(COPY)]]), a_request())

    assert len(written.variants) == 1
    assert any("1 left out" in note for note in written.notes)


def test_blocked_copy_is_shown_once_too() -> None:
    """What was blocked twice in the same words is read once, and both are counted."""
    blocked = [a_draft(BLOCKED), a_draft(BLOCKED)]
    written = write(ScriptedModel([[*blocked, a_draft(COPY)], blocked]), a_request(3))

    assert routes(written) == [Route.APPROVED, Route.BLOCKED]
    assert any("2 blocked" in note for note in written.notes)


def test_a_failing_model_falls_back_in_the_open() -> None:
    """The chain's second model writes; provenance and notes name the one that failed."""
    chain = ModelChain(
        [ScriptedModel([ModelUnavailable("no answer in 60 s")]), ScriptedModel([[a_draft(COPY)]])]
    )

    written = write(chain, a_request(1))

    attempts = one(written).variant.provenance.attempts
    assert [attempt.outcome for attempt in attempts] == ["failed", "answered"]
    assert any("no answer in 60 s" in note for note in written.notes)


def test_when_no_model_answers_the_error_names_them() -> None:
    """Without any usable draft there is an error, not an empty success."""
    with pytest.raises(GenerationError, match="no answer"):
        write(ScriptedModel([ModelUnavailable("no answer")]), a_request())


def test_a_model_sees_no_more_than_the_minimised_signals() -> None:
    """Recipient, fields and signals outside the allow-list are in no prompt; they are named."""
    model = ScriptedModel([[a_draft(COPY)]])
    audience = {
        "recipient": "crm-7781",
        "fields": {"first_name": "Wilhelmina"},
        "signals": {"last_category": "trail running", "email": "w@example.com"},
    }

    written = write(model, a_request(1, **audience))

    told = model.requests[0].prompt.system + model.requests[0].prompt.user
    assert not [secret for secret in ("crm-7781", "Wilhelmina", "w@example.com") if secret in told]
    assert one(written).variant.provenance.signals_withheld == {"email": "not on the allow-list"}


def test_provenance_explains_and_reproduces() -> None:
    """Model, reason, prompt hash, seed, engines and ranker are written down."""
    provenance = one(write(ScriptedModel([[a_draft(COPY)]]), a_request(1))).variant.provenance

    assert (provenance.model, provenance.chosen_because) == ("scripted", "the test says so")
    assert (provenance.prompt, provenance.parameters["seed"]) == ("draft.v1", 0)
    assert provenance.engines
    assert provenance.ranker == TransparentRanker().name


Answering = Callable[[DraftRequest], Sequence[Draft]]


def test_the_same_request_ends_in_the_same_variants() -> None:
    """Ids depend on generation and copy, so a step that runs again changes nothing."""
    answer: Answering = lambda request: [a_draft(COPY), a_draft(OTHER)]  # noqa: ARG005, E731
    first, second = (write(ScriptedModel(answer), a_request()) for _ in range(2))

    assert first == second
