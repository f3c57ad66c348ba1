"""Kitchen wording and the formal wording of the texts: how a cook's question finds a lawyer's sentence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

# kitchen forms that are added for a formal term
FORMS = 3
BUNDLED = Path(__file__).with_name("glossary.tsv")


@dataclass(frozen=True, slots=True)
class Glossary:
    """Pairs of a kitchen form and the formal term it stands for, in order."""

    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, entries: Iterable[tuple[str, Sequence[str]]]) -> Self:
        """From entries of a formal term with its kitchen forms."""
        return cls(tuple((form, formal) for formal, forms in entries for form in forms if form and formal))

    @classmethod
    def bundled(cls) -> Self:
        """The list that ships with the knowledge base: a formal term, a tab, its kitchen forms by 「、」."""
        lines = BUNDLED.read_text(encoding="utf-8").splitlines()
        rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
        return cls.of((formal, forms.split("、")) for formal, forms in rows)

    def meanings(self, question: str) -> dict[str, tuple[str, ...]]:
        """The kitchen forms in the question, each with the formal terms it may stand for.

        A form inside a longer one that is found as well, or inside a formal term, does not count: 「剩菜」 in 「剩菜再卖」.
        """
        found = [(form, formal) for form, formal in self.pairs if form in question]
        forms = {form for form, _ in found}
        said = forms | {formal for _, formal in self.pairs if formal in question}
        longest = {form for form in forms if not any(form != other and form in other for other in said)}
        meant: dict[str, tuple[str, ...]] = {}
        for form, formal in found:
            if form in longest:
                meant[form] = (*meant.get(form, ()), formal)
        return meant

    def forms(self, question: str) -> tuple[str, ...]:
        """The first kitchen forms of each formal term in the question: how a handbook may say it."""
        found: dict[str, list[str]] = {}
        for form, formal in self.pairs:
            if formal in question and form not in question:
                found.setdefault(formal, []).append(form)
        return tuple(dict.fromkeys(form for forms in found.values() for form in forms[:FORMS]))
