"""The reader's network. Importing this loads torch, which takes seconds: only what reads does it."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

# of the base model's twelve layers: ten candidates must be read within 300 ms on one core
LAYERS = 6


class Network(nn.Module):
    """(pairs, tokens) → (pairs,) logits: the embeddings and lower half of the bundled model, the first
    token and the mean of all, a line."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        from transformers import AutoModel

        base: Any = AutoModel.from_pretrained(str(folder))
        self.embeddings = base.embeddings.requires_grad_(False)
        self.layers = nn.ModuleList(base.encoder.layer[:LAYERS])
        self.head = nn.Linear(2 * base.config.hidden_size, 1)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        hidden: Tensor = self.embeddings(input_ids=ids)
        hidden_away = torch.zeros(mask.shape).masked_fill(mask == 0, float("-inf"))[:, None, None]
        for layer in self.layers:
            hidden = layer(hidden, hidden_away)
        weights = mask[..., None].to(hidden.dtype)
        mean = (hidden * weights).sum(1) / weights.sum(1)
        logits: Tensor = self.head(torch.cat((hidden[:, 0], mean), 1))
        return logits[:, 0]
