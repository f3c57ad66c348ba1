"""The trained reader: what it reads, and that an index is better for it."""

from pathlib import Path

import pytest

from kb.adapters.memory import MemoryTextIndex
from kb.adapters.network import Network
from kb.adapters.reader import TrainedReader, load, save
from kb.build import build
from kb.config import Config
from kb.evidence import Weighing, support
from kb.excerpt import LENGTH, excerpt, put, stretch
from kb.glossary import Glossary
from kb.question import understand
from kb.reading import reread
from kb.types import Hit, Passage

MODELS = Path(__file__).parents[1] / "var/models"
SAMPLES = "每个品种留样量应当不少于125克，在专用冷藏设备中存放48小时以上。"
LICENCE = "食品经营许可证有效期为五年，需要延续的应当在届满前申请。"


@pytest.fixture(scope="module")
def reader() -> TrainedReader:
    return TrainedReader(MODELS)


def weighing(question: str, *texts: str) -> Weighing:
    index = MemoryTextIndex()
    index.replace("a", [Passage("a", n, "规范", (), text) for n, text in enumerate(texts)])
    return Weighing.of(understand(question, Glossary()), index)


def test_what_answers_is_read_as_answering(reader: TrainedReader) -> None:
    right, wrong = reader.read("留样要留多少克", [f"操作规范：{SAMPLES}", f"许可办法：{LICENCE}"])
    assert right > 4 * wrong


def test_nothing_to_read_takes_no_reading(reader: TrainedReader) -> None:
    assert reader.read("留样", []) == []


def test_each_excerpt_is_read_for_itself(reader: TrainedReader) -> None:
    excerpts = [LICENCE, SAMPLES, SAMPLES * 2, "洗手。", LICENCE * 2, "留样。"]
    together = reader.read("留样要留多少克", excerpts)
    alone = [reader.read("留样要留多少克", [one])[0] for one in excerpts]
    assert together == pytest.approx(alone, abs=1e-4)


def test_weights_are_the_same_when_they_are_kept_and_loaded(reader: TrainedReader, tmp_path: Path) -> None:
    folder = MODELS / "multilingual-e5-small"
    net: Network = load(folder)
    save(net, tmp_path / "again.safetensors")
    again = load(folder, tmp_path / "again.safetensors")
    pairs = zip(net.state_dict().values(), again.state_dict().values(), strict=True)
    assert all((one - other).abs().max() < 0.01 for one, other in pairs)


def test_a_text_that_fits_is_read_whole_and_a_long_one_where_it_speaks_of_the_question() -> None:
    long = "。".join(f"第{n}号台面每天擦洗" for n in range(30)) + "。" + SAMPLES
    asked = weighing("留样多少克", long)
    assert stretch(SAMPLES, asked) == SAMPLES
    assert len(stretch(long, asked)) <= LENGTH
    assert "125克" in stretch(long, asked)


def test_of_a_long_text_the_stretch_with_the_number_that_is_asked_for_is_read() -> None:
    long = "食品留样要求：" + "，".join(f"第{n}类单位的食品成品应当留样" for n in range(12)) + "。" + SAMPLES
    assert "48小时" in stretch(long, weighing("留样放几天", long))


def test_a_lone_character_between_known_words_is_no_matter_of_a_question() -> None:
    glossary = Glossary((("留样", "食品留样"),))
    asked = Weighing.of(understand("留样放几天", glossary), MemoryTextIndex())
    assert asked.coverage("食品留样制度") == 1


def test_a_likely_question_that_is_the_one_asked_is_evidence() -> None:
    passage = Passage("a", 0, "规范", (), SAMPLES)
    config = Config(vector_store="memory")
    far, near = (
        support([Hit(passage, 0.5, 0.9, asked)], weighing("放多久", SAMPLES), config) for asked in (0.0, 1.0)
    )
    assert near == pytest.approx(far + config.asked_weight)


def test_an_excerpt_says_where_it_stands_and_a_question_what_it_means() -> None:
    passage = Passage("a", 0, "中华人民共和国食品安全法（2025修正）", ("第二章", "第九条 加工要求"), SAMPLES)
    assert excerpt(passage, weighing("留样")).startswith("食品安全法·加工要求：")
    glossary = Glossary((("豆角", "四季豆"),))
    assert put(understand("豆角咋炒", glossary)) == "豆角咋炒（四季豆）"
    assert put(understand("留样", glossary)) == "留样"


class Prefers:
    """A reader that has made up its mind."""

    def read(self, question: str, excerpts: list[str]) -> list[float]:
        return [float("125克" in one) for one in excerpts]


def test_only_the_first_are_read_and_what_answers_comes_first() -> None:
    hits = [
        Hit(Passage("a", n, "规范", (), text), 0.5 - n / 10)
        for n, text in enumerate((LICENCE, SAMPLES, "无"))
    ]
    config = Config(embedder="hashing", vector_store="memory", reads=2)
    made = reread(hits, weighing("留样"), Prefers(), config)  # type: ignore[arg-type]
    assert [hit.passage.text for hit in made] == [SAMPLES, LICENCE, "无"]
    assert [hit.read for hit in made] == [1.0, 0.0, None]


def test_what_reads_alike_counts_as_far_as_it_speaks_of_what_is_asked() -> None:
    other, meant = (f"{dish}留样不少于125克。" for dish in ("汤品", "凉菜"))
    hits = [Hit(Passage("a", n, "规范", (), text), 0.5 - n / 20) for n, text in enumerate((other, meant))]
    asked = weighing("凉菜留样", other, meant)
    config = Config(embedder="hashing", vector_store="memory")
    made = reread(hits, asked, Prefers(), config)  # type: ignore[arg-type]
    assert [hit.passage.text for hit in made] == [meant, other]


def test_a_reader_can_be_switched_on() -> None:
    config = Config(embedder="hashing", vector_store="memory", reader="trained", model_dir=MODELS)
    knowledge = build(config, MemoryTextIndex())
    knowledge.replace("a", [Passage("a", 0, "规范", (), SAMPLES), Passage("a", 1, "规范", (), LICENCE)])
    first, second = knowledge.retrieve("留样要留多少克")
    assert first.passage.text == SAMPLES
    assert (first.read or 0) > (second.read or 0)


class Fails:
    def read(self, question: str, excerpts: list[str]) -> list[float]:
        raise RuntimeError("no memory")


def test_a_reader_that_fails_leaves_what_was_found(caplog: pytest.LogCaptureFixture) -> None:
    hits = [Hit(Passage("a", 0, "规范", (), SAMPLES), 0.5)]
    config = Config(embedder="hashing", vector_store="memory")
    assert reread(hits, weighing("留样"), Fails(), config) == tuple(hits)
    assert "the reader failed" in caplog.text
