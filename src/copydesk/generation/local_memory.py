"""Where a local model runs, in which precision, and how much memory it may take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from copydesk.errors import ModelMisconfigured
from copydesk.generation.local_ram import free_ram

GIGABYTE = 1_000_000_000
SPARE = 0.9
"""Of free memory, the part that is planned with: a step of generation needs some of its own."""

Dtype = Literal["auto", "float32", "bfloat16", "float16"]


@dataclass(frozen=True, slots=True)
class Placing:
    """What the operator says of it; what is left open is found out."""

    device: str | None = None
    dtype: Dtype = "auto"
    memory_gb: float | None = None
    """For weights and answers under way together; None is what is free."""

    def chosen_device(self) -> str:
        """Return the device: a GPU where there is one."""
        import torch

        if self.device:
            return self.device
        if torch.cuda.is_available():
            return "cuda"
        return "mps" if torch.backends.mps.is_available() else "cpu"

    def chosen_dtype(self, device: str) -> str:
        """Return the precision: half on a GPU, bfloat16 where it has it, and full on a processor.

        Most processors compute in half precision more slowly than in full.
        """
        import torch

        if self.dtype != "auto":
            return self.dtype
        kind = torch.device(device).type
        if kind == "cpu":
            return "float32"
        halves = kind == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
        return "bfloat16" if halves else "float16"

    def make_room_for(self, path: str, device: str) -> None:
        """Return where the weights of a directory may fit; they take at least their files' size.

        Raises:
            ModelMisconfigured: they do not, and loading them would end this process.
        """
        needed = sum(file.stat().st_size for file in Path(path).glob("*.safetensors"))
        bound = None if self.memory_gb is None else int(self.memory_gb * GIGABYTE)
        free = free_bytes(device) if bound is None else bound
        if free is not None and needed > free:
            asked = "are free" if bound is None else "are COPYDESK_TRANSFORMERS_MEMORY_GB"
            raise ModelMisconfigured(
                f"the weights of {path} take {needed / GIGABYTE:.1f} GB, and "
                f"{free / GIGABYTE:.1f} GB {asked}: choose a smaller model"
            )


def free_bytes(device: str) -> int | None:
    """Return what can be planned with on a device; None where nobody can tell."""
    import torch

    where = torch.device(device)
    if where.type == "cuda":
        return int(torch.cuda.mem_get_info(where)[0] * SPARE)
    ram = free_ram() if where.type == "cpu" else None
    return None if ram is None else int(ram * SPARE)


class Memory(NamedTuple):
    """What a loaded model takes, and may take."""

    weights_bytes: int
    bytes_a_token: int
    """Of keys and values, for each token of each row."""
    bound_bytes: int | None

    @classmethod
    def of(cls, model: Any, bound_gb: float | None) -> Memory:  # noqa: ANN401 - of an optional extra
        """Measure a model. Raises ModelMisconfigured where its weights pass the bound."""
        weights = int(model.get_memory_footprint())
        bound = None if bound_gb is None else int(bound_gb * GIGABYTE)
        if bound is not None and weights > bound:
            raise ModelMisconfigured(
                f"the weights take {weights / GIGABYTE:.1f} GB of the {bound_gb:g} GB of "
                "COPYDESK_TRANSFORMERS_MEMORY_GB: raise it, or choose a smaller model"
            )
        return cls(weights, _bytes_a_token(model), bound)

    def free_bytes(self, device: str) -> int | None:
        """Return what is left for answers; None where nobody can tell."""
        if self.bound_bytes is not None:
            return self.bound_bytes - self.weights_bytes
        return free_bytes(device)


def _bytes_a_token(model: Any) -> int:  # noqa: ANN401 - of an optional extra
    config = model.config.get_text_config()
    heads = config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // heads
    kept = getattr(config, "num_key_value_heads", None) or heads
    return int(2 * config.num_hidden_layers * kept * size * model.dtype.itemsize)
