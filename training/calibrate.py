"""Where to put the threshold of evidence: from reports of `manage.py evaluate --json`.

    python -m training.calibrate REPORT [OUT]

A report's items say whether a text answers the question and what the answer was decided by (`support`). OUT becomes
the curve, a line a threshold.
"""

import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SEED = 20261123
# of questions that have an answer, the shares that may be refused
REFUSED = (0.02, 0.03, 0.04, 0.05)
FOLDS, ROUNDS = 5, 20
Values = NDArray[np.float64]


def cross_validated(answerable: Values, unanswerable: Values, share: float) -> tuple[float, float]:
    """Shares refused, of those with an answer and of those without, where others set the threshold."""
    chance, refused = random.Random(SEED), np.zeros((0, 2))
    for _ in range(ROUNDS):
        order = chance.sample(range(len(answerable)), len(answerable))
        for fold in range(FOLDS):
            held_out = answerable[order[fold::FOLDS]]
            others = answerable[[at for part in range(FOLDS) if part != fold for at in order[part::FOLDS]]]
            limit = np.quantile(others, share)
            refused = np.vstack((refused, [(held_out < limit).mean(), (unanswerable < limit).mean()]))
    return tuple(refused.mean(0))


def curve(answerable: Values, unanswerable: Values) -> list[dict[str, float]]:
    limits = np.quantile(answerable, np.arange(0, 0.31, 0.01))
    return [
        {
            "threshold": round(float(limit), 4),
            "falsely refused": round(float((answerable < limit).mean()), 4),
            "refused": round(float((unanswerable < limit).mean()), 4),
        }
        for limit in limits
    ]


def main(arguments: Sequence[str]) -> None:
    items = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))["items"]
    answerable, unanswerable = (
        np.asarray([item["support"] for item in items if item["answerable"] is kind])
        for kind in (True, False)
    )
    print(
        f"{len(answerable)} questions with an answer, {len(unanswerable)} without; refused, cross-validated:"
    )
    for share in REFUSED:
        false, right = cross_validated(answerable, unanswerable, share)
        print(
            f"threshold {np.quantile(answerable, share):.4f}: {false:.3f} of the former, {right:.3f} of the latter"
        )
    if len(arguments) > 1:
        rows = curve(answerable, unanswerable)
        Path(arguments[1]).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
