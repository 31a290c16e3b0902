from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from copydesk.errors import InvalidDraft, ModelMisconfigured
from copydesk.generation import Drafts
from copydesk.generation.answers import ANGLES, LENGTHS, longest_answer, variant_schemas
from copydesk.generation.local import TransformersModel
from copydesk.generation.local_engine import load
from copydesk.generation.local_memory import GIGABYTE, Placing
from copydesk.variants import Slot
from tests.unit.generation.samples import a_request

pytestmark = pytest.mark.ml


async def drafted(model: TransformersModel, n: int = 2) -> Drafts:
    try:
        return await model.draft(a_request(n))
    finally:
        await model.aclose()


def without_template(folder: Path, target: Path) -> Path:
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("chat_template*"))
    return target


def test_random_weights_write_valid_copy(tiny_llama: Path) -> None:
    """Even a model that has learnt nothing answers in the schema, with as many as were asked."""
    drafts = asyncio.run(drafted(TransformersModel(tiny_llama), n=3))

    assert len(drafts.drafts) == 3
    assert drafts.model == "transformers:tiny-llama"
    for draft in drafts.drafts:
        assert draft.angle in ANGLES
        assert set(draft.facts) <= {"reviews", "drop"}
        for slot, text in draft.copy_.slots():
            assert len(str(text)) <= LENGTHS[slot][1]
        assert "\n" not in str(draft.copy_[Slot.SUBJECT])


def test_what_it_took_is_told(tiny_llama: Path) -> None:
    """Tokens are counted, and the parameters are those that reproduce the answer."""
    drafts = asyncio.run(drafted(TransformersModel(tiny_llama, device="cpu"), n=1))

    assert (drafts.usage.input_tokens or 0) > (drafts.usage.output_tokens or 0) > 0
    assert drafts.parameters == {
        "temperature": 0.9,
        "seed": 7,
        "max_output_tokens": 8_000,
        "device": "cpu",
        "dtype": "float32",
        "at_once": 1,
    }


@pytest.mark.parametrize("temperature", [0.9, 0.0])
def test_a_seed_means_what_it_says(tiny_llama: Path, temperature: float) -> None:
    """The same request with the same seed gives the same drafts, from a model loaded anew."""
    first, again = (
        asyncio.run(drafted(TransformersModel(tiny_llama, temperature=temperature), n=1))
        for _ in range(2)
    )

    assert first.drafts == again.drafts


def test_requests_at_once_do_not_disturb_each_other(tiny_llama: Path) -> None:
    """Two requests at a time give what each gives alone."""

    async def both(model: TransformersModel) -> tuple[Drafts, Drafts]:
        try:
            return await asyncio.gather(model.draft(a_request(1)), model.draft(a_request(1)))
        finally:
            await model.aclose()

    first, second = asyncio.run(both(TransformersModel(tiny_llama)))

    assert first.drafts == second.drafts


def test_the_event_loop_goes_on(tiny_llama: Path) -> None:
    """While the model loads and writes, other work of the event loop is not held up."""

    async def beside(model: TransformersModel) -> int:
        ticks = 0
        task = asyncio.create_task(drafted(model, n=2))
        while not task.done():
            await asyncio.sleep(0.005)
            ticks += 1
        await task
        return ticks

    assert asyncio.run(beside(TransformersModel(tiny_llama))) > 10


def test_a_model_without_a_chat_template_is_asked_in_plain_text(
    tiny_llama: Path, tmp_path: Path
) -> None:
    """A base model reads system and user part one after the other."""
    plain = without_template(tiny_llama, tmp_path / "plain")
    drafts = asyncio.run(drafted(TransformersModel(plain), n=1))

    assert len(drafts.drafts) == 1


def test_a_template_without_a_system_role_gets_one_message(
    tiny_llama: Path, tmp_path: Path
) -> None:
    """Where a chat template refuses the system role, the system part leads the user's message."""
    folder = without_template(tiny_llama, tmp_path / "roles")
    refusing = (
        "{% if messages[0].role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
        "{{ messages[0].content }}"
    )
    (folder / "chat_template.jinja").write_text(refusing)
    drafts = asyncio.run(drafted(TransformersModel(folder), n=1))

    assert len(drafts.drafts) == 1


def test_a_cut_answer_is_no_draft(tiny_llama: Path) -> None:
    """An answer that meets the token limit is refused, and the message says what to raise."""
    with pytest.raises(InvalidDraft, match="COPYDESK_MAX_OUTPUT_TOKENS"):
        asyncio.run(drafted(TransformersModel(tiny_llama, max_output_tokens=64)))


def test_a_cancelled_request_ends_at_its_next_token(tiny_llama: Path) -> None:
    """When nobody waits any more the thread is free again long before the answer was whole."""

    async def cancelled(model: TransformersModel) -> float:
        await model.draft(a_request(1))
        task = asyncio.create_task(model.draft(a_request(20)))
        await asyncio.sleep(0.1)
        task.cancel()
        began = time.monotonic()
        await model.aclose()
        return time.monotonic() - began

    assert asyncio.run(cancelled(TransformersModel(tiny_llama))) < 3


def test_a_prompt_that_fills_the_context_is_refused(tiny_llama: Path, tmp_path: Path) -> None:
    """A model whose context the prompt fills is the wrong model, and is called so."""
    folder = shutil.copytree(tiny_llama, tmp_path / "short")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "max_position_embeddings": 512}))

    with pytest.raises(ModelMisconfigured, match="of the model's 512 tokens"):
        asyncio.run(drafted(TransformersModel(folder)))


@pytest.mark.parametrize("missing", ["model.safetensors", "config.json", "tokenizer.json"])
def test_missing_files_are_a_wrong_setting(tiny_llama: Path, tmp_path: Path, missing: str) -> None:
    """A directory without weights, config or tokenizer says where to point instead."""
    folder = shutil.copytree(tiny_llama, tmp_path / "partial")
    (folder / missing).unlink()

    with pytest.raises(ModelMisconfigured, match="point COPYDESK_TRANSFORMERS_MODEL"):
        asyncio.run(drafted(TransformersModel(folder)))


def test_weights_that_are_cut_off_are_a_wrong_setting(tiny_llama: Path, tmp_path: Path) -> None:
    """A half-copied file of weights is refused, not loaded as far as it goes."""
    folder = shutil.copytree(tiny_llama, tmp_path / "half")
    weights = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(weights[: len(weights) // 2])

    with pytest.raises(ModelMisconfigured, match="cannot be loaded"):
        asyncio.run(drafted(TransformersModel(folder)))


def test_weights_of_something_else_are_a_wrong_setting(tiny_llama: Path, tmp_path: Path) -> None:
    """Weights that lack the language model's head are refused, not filled with random numbers."""
    from safetensors.torch import load_file, save_file

    folder = shutil.copytree(tiny_llama, tmp_path / "headless")
    weights = load_file(folder / "model.safetensors")
    weights.pop("lm_head.weight")
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})

    with pytest.raises(ModelMisconfigured, match=r"lacks weights.*lm_head"):
        asyncio.run(drafted(TransformersModel(folder)))


def test_a_missing_extra_says_what_to_install() -> None:
    """Without the extra `ml` the message is the command that installs it."""
    program = (
        "import asyncio, sys; sys.modules['llguidance'] = None;"
        "from copydesk.generation.local import TransformersModel;"
        "from tests.unit.generation.samples import a_request;"
        "asyncio.run(TransformersModel('x').draft(a_request()))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert "pip install 'copydesk[ml]'" in ran.stderr


def test_variants_have_angles_of_their_own(tiny_llama: Path) -> None:
    """Variants that are written side by side differ in their angle, as far as the brief has any."""
    drafts = asyncio.run(drafted(TransformersModel(tiny_llama), n=9)).drafts

    assert [draft.angle for draft in drafts] == [*ANGLES, *ANGLES[:2]]


def test_what_the_name_leads_has_its_tag(tiny_llama: Path) -> None:
    """A variant of the angle `personal` greets by the merge tag, whatever the weights prefer."""
    drafts = asyncio.run(drafted(TransformersModel(tiny_llama), n=7)).drafts

    personal = next(draft for draft in drafts if draft.angle == "personal")
    assert [tag.name for tag in personal.copy_.subject.tags] == ["first_name"]


def test_angles_that_the_brief_gives_nothing_for_are_passed_over() -> None:
    """No deadline without an end of the offer, and no proof without a fact."""
    angles = [
        schema["properties"]["variants"]["items"]["properties"]["angle"]["enum"]
        for schema in variant_schemas(a_request(7, offer=None, facts=[]))
    ]

    assert ["proof"] not in angles
    assert ["deadline"] not in angles
    assert angles[5:] == [["benefit"], ["question"]]


def test_weights_are_loaded_once(tiny_llama: Path) -> None:
    """Requests from one event loop after another are written by the same loaded model."""
    model = TransformersModel(tiny_llama)

    async def engine() -> object:
        await model.draft(a_request(1))
        return model._engine

    first = asyncio.run(engine())
    assert asyncio.run(engine()) is first
    asyncio.run(model.aclose())


def test_memory_bounds_how_many_are_written_at_once(tiny_llama: Path) -> None:
    """With room for two answers, five variants are written two at a time, and all of them."""
    memory = load(str(tiny_llama), Placing("cpu")).memory
    tokens = asyncio.run(drafted(TransformersModel(tiny_llama), n=1)).usage.input_tokens or 0
    answer = (tokens + longest_answer(variant_schemas(a_request(1))[0])) * memory.bytes_a_token
    bound = (memory.weights_bytes + 2.5 * answer) / GIGABYTE
    drafts = asyncio.run(drafted(TransformersModel(tiny_llama, memory_gb=bound), n=5))

    assert len(drafts.drafts) == 5
    assert drafts.parameters["at_once"] == 2


@pytest.mark.parametrize(
    ("part", "said"), [(0.5, "the weights of .* take"), (1.01, "GB beside the weights")]
)
def test_a_model_beyond_the_bound_is_a_wrong_setting(
    tiny_llama: Path, part: float, said: str
) -> None:
    """Weights that pass the bound, or leave no room for one answer, say what to change."""
    weights = load(str(tiny_llama), Placing("cpu")).memory.weights_bytes
    model = TransformersModel(tiny_llama, memory_gb=part * weights / GIGABYTE)
    with pytest.raises(ModelMisconfigured, match=said):
        asyncio.run(drafted(model))


@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
def test_the_precision_can_be_set(tiny_llama: Path, dtype: Any) -> None:
    """Weights are held in the precision that the settings name, and the provenance says which."""
    drafts = asyncio.run(drafted(TransformersModel(tiny_llama, device="cpu", dtype=dtype), n=1))

    assert drafts.parameters["dtype"] == dtype
