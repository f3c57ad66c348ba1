"""The one place where ports meet adapters. What is heavy loads when it is first used, never on import."""

from functools import lru_cache
from pathlib import Path

from kb.adapters.bundled import Say
from kb.adapters.chat import PATIENCE, SILENCE, LangChainChatModel
from kb.adapters.chroma import ChromaVectorIndex
from kb.adapters.embeddings import SentenceTransformerEmbedder
from kb.adapters.memory import HashingEmbedder, MemoryVectorIndex
from kb.adapters.reader import TrainedReader
from kb.config import Config
from kb.glossary import Glossary
from kb.knowledge_base import KnowledgeBase
from kb.ports import ChatModel, Embedder, Reader, TextIndex, VectorIndex
from kb.retrieve import Retriever


def build(
    config: Config, text_index: TextIndex, glossary: Glossary | None = None, say: Say = lambda _: None
) -> KnowledgeBase:
    """A knowledge base ready for use, by default with the bundled glossary; `say` is told of slow steps."""
    embedder = _embedder(config, say)
    vectors = _vectors(config, embedder.name)
    words = Glossary.bundled() if glossary is None else glossary
    retriever = Retriever(embedder, vectors, text_index, config)
    return KnowledgeBase(embedder, vectors, text_index, retriever, words, config, _reader(config, say))


def chat_model(
    name: str, base_url: str = "", api_key: str = "", patience: float = PATIENCE, silence: float = SILENCE
) -> ChatModel:
    """A model by its name, at OpenAI itself or at any endpoint that speaks its protocol; seconds for a whole reply, and
    for which a stream may be silent."""
    return LangChainChatModel(name, base_url, api_key, patience, silence)


def promote(config: Config, collection: str) -> None:
    """`collection`, built anew beside the live one, becomes config.collection; the old one is deleted."""
    fresh = _vectors(config.model_copy(update={"collection": collection}))
    if isinstance(fresh, ChromaVectorIndex):
        fresh.take_over(config.collection)


def discard(config: Config, collection: str) -> None:
    """Nothing is left of `collection`, where there is any of it."""
    unwanted = _vectors(config.model_copy(update={"collection": collection}))
    if isinstance(unwanted, ChromaVectorIndex):
        unwanted.drop()


def _embedder(config: Config, say: Say) -> Embedder:
    if config.embedder == "hashing":
        return HashingEmbedder()
    return _model(config.model, config.model_dir, say)


@lru_cache(maxsize=2)
def _model(name: str, folder: Path, say: Say) -> SentenceTransformerEmbedder:
    """One in memory for all that are built, however many collections they stand on."""
    return SentenceTransformerEmbedder(name, folder, say)


def _reader(config: Config, say: Say) -> Reader | None:
    return _trained(config.model_dir, say) if config.reader == "trained" else None


@lru_cache(maxsize=1)
def _trained(folder: Path, say: Say) -> TrainedReader:
    return TrainedReader(folder, say)


def _vectors(config: Config, model: str = "") -> VectorIndex:
    if config.vector_store == "memory":
        return MemoryVectorIndex()
    return ChromaVectorIndex(config.collection, config.chroma_url, config.chroma_path, model)
