"""Make a tiny chat model that knows one answer by heart, for trying out real model servers.

    python -m benchmarks.tiny_model FOLDER

The model is a two-layer Llama with a tokenizer of its own, drilled on a processor for a minute or
two until it gives the answer of `tiny_model_answer.json` to the prompts of all shipped examples,
word for word and by itself: nothing holds its output to a schema. So a server that ignores
`response_format`, as `transformers serve` does, gives valid copy from real weights:

    transformers serve --host 127.0.0.1 --port 8123 FOLDER

and, in another terminal, with COPYDESK_OPENAI_BASE_URL=http://127.0.0.1:8123/v1,
COPYDESK_OPENAI_MODEL=FOLDER and COPYDESK_TEMPERATURE=0,

    copydesk generate -n 3 --brief examples/outdoor/briefs/spring-boots.yaml
        --brand examples/outdoor/brand.yaml
        --audience examples/outdoor/audiences/lapsed-walkers.yaml
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from tests import tiny_models
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from copydesk.audiences import Audience, minimise
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.documents import load
from copydesk.generation.answers import messages
from copydesk.prompts import Prompt, draft_prompt

HERE = Path(__file__).parent
EXAMPLES = HERE.parent / "examples"
STEPS, CHECK_EVERY = 1_000, 50
LEARNING_RATE = 2e-3


def main() -> None:
    parser = argparse.ArgumentParser(description="Make a tiny chat model that knows one answer.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    answer = json.dumps(json.loads((HERE / "tiny_model_answer.json").read_text()))
    prompts = list(example_prompts(json.loads(answer)["variants"]))
    texts = [text for prompt in prompts for text in (prompt.system, prompt.user)]
    tokenizer = tiny_models.bpe_tokenizer([*texts, answer], size=2_000)
    model = tiny_models.llama(tokenizer, hidden=128)
    drill(model, tokenizer, prompts, answer)
    tiny_models.save(folder, tokenizer, model)
    print(f"saved in {folder}")


def example_prompts(variants: Sequence[object]) -> Iterator[Prompt]:
    """Yield the prompt of every shipped brief with every audience of its brand."""
    for kit in sorted(EXAMPLES.glob("*/brand.yaml")):
        for brief in sorted(kit.parent.glob("briefs/*.yaml")):
            for audience in sorted(kit.parent.glob("audiences/*.yaml")):
                whom = load(audience, Audience)
                used = minimise(whom).used
                yield draft_prompt(load(brief, Brief), load(kit, Brand), used, len(variants), whom)


def drill(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    prompts: Sequence[Prompt],
    answer: str,
) -> None:
    """Train until every prompt is answered word for word, or fail."""
    asked = [chat(tokenizer, prompt) for prompt in prompts]
    wanted = [*tokenizer(answer)["input_ids"], tokenizer.eos_token_id]
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE)
    slower = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.02, total_iters=STEPS)
    chance, began = random.Random(0), time.monotonic()
    print(f"{len(asked)} prompts of up to {max(map(len, asked))} tokens, answer of {len(wanted)}")
    for step in range(1, STEPS + 1):
        loss = learn(model, optimizer, shortened(chance.choice(asked), chance), wanted)
        slower.step()
        if step % CHECK_EVERY == 0:
            known = sum(says(model, question, wanted) for question in asked)
            print(
                f"step {step}: loss {loss:.4f}, {known} of {len(asked)} known, "
                f"{time.monotonic() - began:.0f} s"
            )
            if known == len(asked):
                return
    raise SystemExit("the answer was not learnt: raise STEPS")


def chat(tokenizer: PreTrainedTokenizerFast, prompt: Prompt) -> list[int]:
    return tokenizer.apply_chat_template(
        messages(prompt), add_generation_prompt=True, return_dict=True
    )["input_ids"]


def shortened(asked: list[int], chance: random.Random) -> list[int]:
    """Return the end of a question: long ones are slow, and what is asked does not matter here."""
    return asked[-chance.choice([1, 50, 200, len(asked)]) :]


def learn(
    model: PreTrainedModel, optimizer: torch.optim.Optimizer, asked: list[int], wanted: list[int]
) -> float:
    inputs = torch.tensor([[*asked, *wanted]])
    labels = torch.tensor([[-100] * len(asked) + wanted])
    model.train()
    loss = model(input_ids=inputs, labels=labels).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    return float(loss.detach())


@torch.inference_mode()
def says(model: PreTrainedModel, asked: list[int], wanted: list[int]) -> bool:
    """Return whether the likeliest token is the right one all along the answer."""
    model.eval()
    logits = model(input_ids=torch.tensor([[*asked, *wanted]])).logits[0]
    return logits[len(asked) - 1 : -1].argmax(-1).tolist() == wanted


if __name__ == "__main__":
    main()
