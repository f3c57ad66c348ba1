"""Trains the reader on the groups that `training.pairs` made.

    python -m training.train PAIRS OUT [--steps N]

OUT is a folder: `state.pt` is where an interrupted run goes on, `curve.jsonl` the loss and the measures on the
questions held out, `reader.safetensors` the result. With the same seed and threads a run repeats itself.
"""

import argparse
import hashlib
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce

from kb.adapters import bundled
from kb.adapters.network import Network
from kb.adapters.reader import Pairs, save

SEED = 20261123
MODELS = Path("var/models")
# pairs read at once
TOGETHER = 8
# groups a step, the peak of the learning rate, the share of steps in which it rises
GROUPS, RATE, WARMUP = 8, 1.5e-4, 0.06
# how often the held-out questions are asked, and the share that is held out
EVERY, HELD_OUT = 50, 0.03
# the lowest layers keep what the base model knows of words
FROZEN = 1
# a retrieved excerpt beside the right one may answer too; where nothing answers, none does
DOUBTFUL = 0.5
Group = dict[str, Any]


@dataclass
class Run:
    net: Network
    pairs: Pairs
    optimizer: torch.optim.Optimizer
    steps: int
    done: int = 0

    def rate(self) -> float:
        """Rises in a line, falls as a cosine to a twentieth."""
        rising = max(int(self.steps * WARMUP), 1)
        if self.done < rising:
            return RATE * (self.done + 1) / rising
        share = (self.done - rising) / max(self.steps - rising, 1)
        return RATE * (0.05 + 0.475 * (1 + float(torch.cos(torch.tensor(share * torch.pi)))))

    def step(self, groups: Sequence[Group]) -> float:
        for each in self.optimizer.param_groups:
            each["lr"] = self.rate() * each["scale"]
        self.optimizer.zero_grad()
        found = loss(read(self, groups), groups)
        found.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimizer.step()
        self.done += 1
        return float(found.detach())


def read(run: Run, groups: Sequence[Group]) -> list[Tensor]:
    """A vector of logits a group; pairs of like length are read together, so that little is padded."""
    asked = [(group["question"], text) for group in groups for text, _ in group["pairs"]]
    order = sorted(range(len(asked)), key=lambda at: len(asked[at][0]) + len(asked[at][1]))
    logits = [
        run.net(*run.pairs([asked[at] for at in order[start : start + TOGETHER]]))
        for start in range(0, len(order), TOGETHER)
    ]
    back = torch.tensor(order).argsort()
    return list(torch.cat(logits)[back].split([len(group["pairs"]) for group in groups]))


def loss(logits: Sequence[Tensor], groups: Sequence[Group]) -> Tensor:
    """Each pair by itself (does it answer?), and the right one against the others (which answers?)."""
    found = []
    for scores, group in zip(logits, groups, strict=True):
        labels = torch.tensor([float(label) for _, label in group["pairs"]])
        is_answered = bool(labels.sum())
        weights = torch.where(labels > 0, torch.tensor(2.0), torch.tensor(DOUBTFUL if is_answered else 1.0))
        found.append((bce(scores, labels, reduction="none") * weights).sum() / weights.sum())
        if is_answered and len(labels) > 1:
            found.append(nn.functional.cross_entropy(scores[None], labels.argmax()[None]))
    return torch.stack(found).sum() / len(groups)


@torch.inference_mode()
def measure(run: Run, held_out: Sequence[Group]) -> dict[str, float]:
    """Per pool: how often the right excerpt is first, and how the best logits of a group lie."""
    run.net.eval()
    found: dict[str, list[tuple[float, float]]] = {}
    for at in range(0, len(held_out), GROUPS):
        groups = held_out[at : at + GROUPS]
        for scores, group in zip(read(run, groups), groups, strict=True):
            first = float(scores.argmax() == 0)
            found.setdefault(group["pool"], []).append((first, float(scores.max())))
    run.net.train()
    unanswered = sorted(best for _, best in found.get("unanswerable", [])) or [0.0]
    threshold = unanswered[int(0.85 * (len(unanswered) - 1))]
    measures = {f"{pool} first": mean(first for first, _ in them) for pool, them in found.items()}
    return measures | {
        f"{pool} above": mean(float(best > threshold) for _, best in them) for pool, them in found.items()
    }


def mean(values: Iterator[float]) -> float:
    them = list(values)
    return round(sum(them) / len(them), 4)


def split(file: Path) -> tuple[list[Group], list[Group]]:
    """Groups to learn from and groups held out: by the right excerpt, so that no rule is on both sides."""
    learnt, held_out = [], []
    for line in file.read_text(encoding="utf-8").splitlines():
        group = json.loads(line)
        answered = bool(group["pairs"][0][1])
        key = group["pairs"][0][0] if answered else group["question"]
        share = int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) / 16**8
        (held_out if share < (HELD_OUT if answered else 2 * HELD_OUT) else learnt).append(group)
    return learnt, held_out


def batches(groups: list[Group], skip: int) -> Iterator[list[Group]]:
    """Without end, each round in another order; `skip` batches were learnt from before."""
    chance, at = random.Random(SEED), 0
    while True:
        chance.shuffle(groups)
        for start in range(0, len(groups) - GROUPS + 1, GROUPS):
            at += 1
            if at > skip:
                yield groups[start : start + GROUPS]


def begin(folder: Path, steps: int) -> Run:
    torch.manual_seed(SEED)
    base = bundled.ensure(MODELS)
    net = Network(base)
    net.layers[:FROZEN].requires_grad_(False)
    without_dropout(net)
    layers = [p for p in net.layers.parameters() if p.requires_grad]
    parts = [{"params": layers, "scale": 1.0}, {"params": net.head.parameters(), "scale": 5.0}]
    run = Run(net, Pairs(base), torch.optim.AdamW(parts, weight_decay=0.01), steps)
    if (folder / "state.pt").exists():
        state = torch.load(folder / "state.pt", weights_only=True)
        net.load_state_dict(state["net"])
        run.optimizer.load_state_dict(state["optimizer"])
        run.done = state["done"]
    return run


def without_dropout(net: nn.Module) -> None:
    """Each pair is seen about once, and drawing random numbers is slow."""
    for module in net.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0


def keep(run: Run, folder: Path) -> None:
    state = {"net": run.net.state_dict(), "optimizer": run.optimizer.state_dict(), "done": run.done}
    torch.save(state, folder / "state.new")
    (folder / "state.new").replace(folder / "state.pt")
    save(run.net, folder / "reader.safetensors")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("pairs", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=1600)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    learnt, held_out = split(asked.pairs)
    run = begin(asked.out, asked.steps)
    run.net.train()
    lost, since = 0.0, time.monotonic()
    for groups in batches(learnt, run.done):
        if run.done >= run.steps:
            break
        lost += run.step(groups)
        if run.done % EVERY == 0 or run.done == run.steps:
            row = {
                "step": run.done,
                "loss": round(lost / EVERY, 4),
                "seconds": round(time.monotonic() - since),
            }
            with (asked.out / "curve.jsonl").open("a") as curve:
                print(json.dumps(row | measure(run, held_out)), file=curve, flush=True)
            keep(run, asked.out)
            lost = 0.0


if __name__ == "__main__":
    main()
