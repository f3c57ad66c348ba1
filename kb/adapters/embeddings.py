"""Vectors by sentence-transformers: a hub name, a folder, or the bundled model."""

import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kb.adapters import bundled
from kb.ports import Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from kb.adapters.encoder import Encoder


class SentenceTransformerEmbedder:
    """Loads on first use, because torch takes seconds. Raises bundled.ModelMissing then."""

    def __init__(self, model: str, model_dir: Path, say: bundled.Say = lambda _: None) -> None:
        self._model, self._folder, self._say = model, model_dir, say
        self._loaded: SentenceTransformer | None = None
        self._quick: Encoder | None = None
        self._loading = threading.Lock()

    @property
    def name(self) -> str:
        return self._model or bundled.NAME

    def documents(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, "document")

    def questions(self, texts: Sequence[str]) -> Vectors:
        model = self._ready()
        if len(texts) != 1 or self._quick is None:
            return self._encode(texts, "query")
        return self._one(self._prompt(model, "query") + texts[0], model, self._quick)

    def _one(self, text: str, model: "SentenceTransformer", layers: "Encoder") -> Vectors:
        """As `encode` does it, but for the layers; it takes 40 ms on one core for a question, this 15."""
        import torch

        with torch.inference_mode():
            features: Any = model.preprocess([text])
            hidden = self._network(model).embeddings(input_ids=features["input_ids"])
            features["token_embeddings"] = torch.from_numpy(layers(hidden, features["attention_mask"]))
            for module in list(model)[1:]:
                features = module(features)
            vectors = torch.nn.functional.normalize(features["sentence_embedding"])
        return np.asarray(vectors, np.float32)

    def _encode(self, texts: Sequence[str], kind: str) -> Vectors:
        model = self._ready()
        if not texts:
            return np.zeros((0, model.get_embedding_dimension() or 0), np.float32)
        # encode() sorts by length itself, so one call with everything pads least
        made = model.encode(
            list(texts),
            prompt=self._prompt(model, kind),
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(made, np.float32)

    def _prompt(self, model: "SentenceTransformer", kind: str) -> str:
        """The model's own; what E5 wants where it is one of them and does not say so."""
        return model.prompts.get(kind) or (bundled.PROMPTS[kind] if "e5" in self.name.lower() else "")

    def _network(self, model: "SentenceTransformer") -> Any:
        return getattr(model[0], "model", None)

    def _ready(self) -> "SentenceTransformer":
        """Loaded once, however many ask for it first."""
        with self._loading:
            return self._loaded or self._load()

    def _load(self) -> "SentenceTransformer":
        place = self._model or str(bundled.ensure(self._folder, self._say))
        if Path(place).is_dir():
            # nothing is to be fetched, so nothing may be asked for either
            os.environ["HF_HUB_OFFLINE"] = "1"
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        from kb.adapters.encoder import Encoder, is_bert

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        model = SentenceTransformer(place, device="cpu")
        if is_bert(network := self._network(model)):
            with suppress(Exception):  # it is only faster
                self._quick = Encoder(network.encoder.layer, network.config)
        self._loaded = model
        return model
