"""The trained reader: tokens of a question and an excerpt in, a logit out; its weights in a file of 8-bit rows."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.adapters import bundled

if TYPE_CHECKING:
    from torch import Tensor

    from kb.adapters.network import Network

WEIGHTS = Path(__file__).parents[1] / "reader.safetensors"
# tokens: of the question, and of both together
QUESTION, PAIR = 48, 128
# sorted by length and read so many at a time, little is padded
BATCH = 5
LARGEST = 127


class Pairs:
    """(question, excerpt) pairs become token ids and a mask of shape (pairs, tokens)."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoTokenizer

        tokenizer: Any = AutoTokenizer.from_pretrained(str(folder))
        self._encode = tokenizer.backend_tokenizer.encode_batch
        self._begin, self._end, self._pad = (
            tokenizer.cls_token_id,
            tokenizer.sep_token_id,
            tokenizer.pad_token_id,
        )

    def __call__(self, pairs: Sequence[tuple[str, str]]) -> "tuple[Tensor, Tensor]":
        import torch

        rows = [torch.tensor(self._row(question, text)) for question, text in pairs]
        ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=self._pad)
        return ids, (ids != self._pad).long()

    def _row(self, question: str, text: str) -> list[int]:
        asked, read = (one.ids for one in self._encode([question, text], add_special_tokens=False))
        asked = asked[:QUESTION]
        row = [self._begin, *asked, self._end, self._end, *read]
        return [*row[: PAIR - 1], self._end]


class TrainedReader:
    """Loads on first use, because torch takes seconds. Raises bundled.ModelMissing then."""

    def __init__(self, model_dir: Path, say: bundled.Say = lambda _: None) -> None:
        self._folder, self._say = model_dir, say
        self._loaded: tuple[Network, Pairs] | None = None
        self._loading = threading.Lock()

    def read(self, question: str, excerpts: Sequence[str]) -> list[float]:
        import torch

        with self._loading:
            net, pairs = self._loaded or self._load()
        order = sorted(range(len(excerpts)), key=lambda at: len(excerpts[at]))
        found = [0.0] * len(excerpts)
        with torch.inference_mode():
            for start in range(0, len(order), BATCH):
                batch = order[start : start + BATCH]
                logits = net(*pairs([(question, excerpts[at]) for at in batch]))
                for at, value in zip(batch, torch.sigmoid(logits).tolist(), strict=True):
                    found[at] = value
        return found

    def _load(self) -> "tuple[Network, Pairs]":
        folder = bundled.ensure(self._folder, self._say)
        self._loaded = load(folder), Pairs(folder)
        return self._loaded


def save(net: "Network", file: Path) -> None:
    """Matrices as 8-bit rows, each with a scale (its largest value is 127); all else in 16 bits."""
    import torch
    from safetensors.torch import save_file

    packed: dict[str, Tensor] = {}
    for name, value in net.state_dict().items():
        if name.startswith("embeddings."):
            continue
        if value.dim() == 2 and value.shape[0] > 1:
            scale = value.abs().amax(1, keepdim=True).clamp(min=1e-12) / LARGEST
            packed[name] = (value / scale).round().to(torch.int8)
            packed[f"{name}.scale"] = scale.half()
        else:
            packed[name] = value.half()
    save_file(packed, file)


def load(folder: Path, file: Path = WEIGHTS) -> "Network":
    """The network on the base model in `folder`, ready to read."""
    from safetensors.torch import load_file

    from kb.adapters.network import Network

    net, packed = Network(folder), load_file(file)
    scales = {name: value.float() for name, value in packed.items() if name.endswith(".scale")}
    weights = {
        name: value.float() * scales.get(f"{name}.scale", 1.0)
        for name, value in packed.items()
        if name not in scales
    }
    net.load_state_dict(weights, strict=False)
    return net.eval()
