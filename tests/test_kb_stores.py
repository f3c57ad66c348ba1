"""What holds of every store, asked of each of them."""

import math
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from kb.adapters import chroma
from kb.adapters.chroma import ChromaVectorIndex
from kb.adapters.memory import HashingEmbedder, MemoryTextIndex, MemoryVectorIndex
from kb.ports import IndexUnavailable, Keyed, VectorIndex
from kb.text import grams
from kb.types import Passage, Status

EMBEDDER = HashingEmbedder()
Make = Callable[[], VectorIndex]


def passages(source: str, *texts: str) -> list[Passage]:
    return [
        Passage(source, n, "规范", ("第一章", f"第{n}条"), text, f"a{n}", n or None, Status.UNVERIFIED)
        for n, text in enumerate(texts)
    ]


def put(index: VectorIndex, source: str, *texts: str) -> list[Passage]:
    made = passages(source, *texts)
    index.replace(source, made, keyed([passage.embedded for passage in made]), keyed([]))
    return made


def keyed(texts: Sequence[str], owners: Sequence[int] | None = None) -> Keyed:
    return Keyed(range(len(texts)) if owners is None else owners, EMBEDDER.documents(texts))


def ask(index: VectorIndex, question: str, k: int = 5) -> list[tuple[str, float]]:
    return index.search(EMBEDDER.questions([question])[0], k)


@pytest.fixture(params=["memory", "chroma"])
def vectors(request: pytest.FixtureRequest, tmp_path: Path) -> VectorIndex:
    if request.param == "memory":
        return MemoryVectorIndex()
    return ChromaVectorIndex("passages", folder=tmp_path)


def test_a_passage_is_found_by_its_own_words(vectors: VectorIndex) -> None:
    made = put(vectors, "page:1", "留样不少于125克。", "四季豆要烧熟煮透。")
    found, score = ask(vectors, made[1].embedded)[0]
    assert found == made[1].stamp
    assert score == pytest.approx(1, abs=1e-3)


def test_hits_come_nearest_first_and_no_more_than_asked_for(vectors: VectorIndex) -> None:
    put(vectors, "page:1", "留样四十八小时", "四季豆煮熟", "洗手二十秒")
    scores = [score for _, score in ask(vectors, "四季豆煮熟", 2)]
    assert len(scores) == 2
    assert scores == sorted(scores, reverse=True)


def test_replacing_a_source_leaves_nothing_of_its_old_passages(vectors: VectorIndex) -> None:
    put(vectors, "page:1", "一", "二", "三")
    put(vectors, "page:1", "四")
    [last] = put(vectors, "page:1", "四")
    assert vectors.count() == 1
    assert [stamp for stamp, _ in ask(vectors, "四")] == [last.stamp]


def test_forgetting_one_source_leaves_the_others(vectors: VectorIndex) -> None:
    put(vectors, "page:1", "一")
    put(vectors, "page:11", "二")
    vectors.forget("page:1")
    vectors.forget("page:404")
    assert vectors.sources() == {"page:11"}


def test_an_empty_store_finds_nothing(vectors: VectorIndex) -> None:
    assert ask(vectors, "四季豆") == []
    assert vectors.count() == 0


def test_chroma_that_is_not_there_is_unavailable() -> None:
    index = ChromaVectorIndex("passages", url="http://127.0.0.1:9")
    with pytest.raises(IndexUnavailable):
        index.count()
    with pytest.raises(IndexUnavailable):
        put(index, "page:1", "一")


def test_a_rebuilt_collection_takes_the_place_of_the_live_one(tmp_path: Path) -> None:
    live, fresh = (ChromaVectorIndex(name, folder=tmp_path) for name in ("live", "fresh"))
    put(live, "page:1", "旧")
    put(fresh, "page:2", "新")
    fresh.take_over("live")
    assert live.sources() == {"page:2"}
    assert fresh.collection == "live"


def test_a_collection_may_take_a_name_that_nobody_has(tmp_path: Path) -> None:
    fresh = ChromaVectorIndex("fresh", folder=tmp_path)
    put(fresh, "page:2", "新")
    fresh.take_over("live")
    assert ChromaVectorIndex("live", folder=tmp_path).sources() == {"page:2"}


def test_hashed_vectors_are_unit_long_and_alike_for_alike_texts() -> None:
    near, far, question = EMBEDDER.documents(["四季豆要煮熟", "许可证的有效期", "四季豆没煮熟"])
    assert np.linalg.norm(near) == pytest.approx(1)
    assert question @ near > question @ far
    assert EMBEDDER.documents([]).shape == (0, EMBEDDER.size)
    assert not EMBEDDER.questions(["…"]).any()
    assert EMBEDDER.name == "hashing-512"


def test_rare_words_weigh_more_in_the_text_index() -> None:
    texts = MemoryTextIndex()
    texts.replace("a", passages("a", "食品安全 留样", "食品安全 洗手", "食品安全 消毒", "食品安全 备案"))
    best, score = texts.search(grams("食品安全留样"), 3)[0]
    assert texts.passages([best])[best].text == "食品安全 留样"
    assert score > texts.search(grams("食品安全"), 3)[0][1]


def test_bm25_is_the_formula_of_fts5() -> None:
    texts = MemoryTextIndex()
    texts.replace("a", [Passage("a", 0, "", (), "盐 糖 糖")])
    texts.replace("b", [Passage("b", 0, "", (), "油"), Passage("b", 1, "", (), "醋")])
    idf = math.log((3 - 1 + 0.5) / (1 + 0.5))
    norm = 1.2 * (1 - 0.75 + 0.75 * 3 / (5 / 3))
    assert texts.search(["糖"], 1)[0][1] == pytest.approx(idf * 2 * 2.2 / (2 + norm))


def test_the_text_index_counts_in_how_many_passages_a_gram_is() -> None:
    texts = MemoryTextIndex()
    texts.replace("a", [Passage("a", 0, "", (), "盐 盐"), Passage("a", 1, "", (), "盐")])
    assert texts.frequencies(["盐", "糖"]) == {"盐": 2, "糖": 0}
    texts.forget("a")
    assert texts.frequencies(["盐"]) == {"盐": 0}
    assert texts.count() == 0
    assert texts.search(["盐"], 3) == []


def test_a_swap_that_was_cut_off_is_read_meanwhile_and_finished_by_the_next(tmp_path: Path) -> None:
    live, fresh, again = (ChromaVectorIndex(name, folder=tmp_path) for name in ("live", "fresh", "again"))
    [old] = put(live, "page:1", "旧")
    put(fresh, "page:2", "新")
    live._connected().get_collection("live", embedding_function=None).modify(name="live-retired")
    reader = ChromaVectorIndex("live", folder=tmp_path)
    assert [stamp for stamp, _ in ask(reader, "旧")] == [old.stamp]
    fresh.take_over("live")
    assert reader.sources() == ChromaVectorIndex("live", folder=tmp_path).sources() == {"page:2"}
    put(again, "page:3", "更新")
    again.take_over("live")
    assert reader.sources() == {"page:3"}
    assert [one.name for one in reader._connected().list_collections()] == ["live"]


def test_vectors_of_another_model_are_neither_searched_nor_added_to(tmp_path: Path) -> None:
    old, new = (ChromaVectorIndex("live", folder=tmp_path, model=name) for name in ("one", "other"))
    put(old, "page:1", "四季豆要煮熟")
    question = EMBEDDER.questions(["四季豆"])[0]
    assert old.search(question, 5)
    assert new.search(question, 5) == []
    with pytest.raises(IndexUnavailable, match="another model"):
        put(new, "page:2", "别的")
    new.forget("page:1")
    assert old.search(question, 5) == []


def test_whoever_reads_makes_no_collection(tmp_path: Path) -> None:
    index = ChromaVectorIndex("live", folder=tmp_path)
    assert index.search(EMBEDDER.questions(["四季豆"])[0], 5, ("public", "r-1")) == []
    assert (index.count(), index._connected().list_collections()) == (0, [])


def test_a_server_that_hangs_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chroma, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0), backlog=5) as mute:
        index = ChromaVectorIndex("live", url=f"http://127.0.0.1:{mute.getsockname()[1]}")
        with pytest.raises(IndexUnavailable):
            index.count()
        mute.setblocking(False)
        mute.accept()[0].close()
        with pytest.raises(IndexUnavailable, match="a moment ago"):
            index.count()
        with pytest.raises(BlockingIOError):
            mute.accept()


@pytest.mark.parametrize("status", ["503 Service Unavailable", "429 Too Many Requests"])
def test_whatever_a_server_says_instead_of_an_answer_is_said_as_one_error(status: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def refuse() -> None:
            while True:
                with suppress(OSError):
                    one = server.accept()[0]
                    one.recv(9999)
                    one.sendall(
                        f"HTTP/1.1 {status}\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbusy".encode()
                    )
                    one.close()
                    continue
                return

        Thread(target=refuse, daemon=True).start()
        index = ChromaVectorIndex("live", url=f"http://127.0.0.1:{server.getsockname()[1]}")
        with pytest.raises(IndexUnavailable):
            index.count()
