"""Photos and scans: what is written on them."""

import functools
import io
import re
import shutil
import struct
import subprocess
import unicodedata
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

from ingest.load import Unreadable, load
from ingest.load.images import load_image
from ingest.load.markdown import load_markdown
from ingest.load.pdf import load_pdf
from kb.types import Document

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
RULE = (
    "第一条 每餐次的每种食品成品都应当留样,",
    "每个品种不少于125克。",
    "第二条 留样在冷藏条件下存放48小时以上。",
)
READ = [
    "第一条每餐次的每种食品成品都应当留样，每个品种不少于125克。",
    "第二条留样在冷藏条件下存放48小时以上。",
]


@functools.cache
def font() -> ImageFont.FreeTypeFont:
    if not shutil.which("fc-match"):
        pytest.skip("no fontconfig to find a Chinese font with")
    said = subprocess.run(
        ["fc-match", "-f", "%{file}", ":lang=zh-cn"], capture_output=True, text=True, check=True
    )
    return ImageFont.truetype(said.stdout, 28)


def picture(lines: tuple[str, ...] = RULE, size: tuple[int, int] = (640, 180), left: int = 30) -> Image.Image:
    made = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(made)
    for at, line in enumerate(lines):
        pen.text((left, 16 + 50 * at), line, font=font(), fill="black")
    return made


def saved(made: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    made.save(file, kind, **options)
    return file.getvalue()


def texts(document: Document) -> list[str]:
    return [line for section in document.sections for line in section.text.split("\n")]


def test_a_photo_is_read_by_article() -> None:
    found = load("冰箱贴.jpg", saved(picture(), "JPEG"))
    assert texts(found) == READ
    assert found.title == "冰箱贴"


def test_a_photo_is_read_whichever_way_it_was_held() -> None:
    exif = Image.Exif()
    exif[0x112] = 6
    assert texts(load_image("a.jpg", saved(picture().rotate(90, expand=True), "JPEG", exif=exif))) == READ
    assert texts(load_image("a.png", saved(picture().rotate(180)))) == READ


def test_a_large_photo_at_an_angle_is_read() -> None:
    askew = picture(size=(700, 240)).rotate(2.5, expand=True, fillcolor="white")
    assert texts(load_image("a.png", saved(askew.resize((3500, 1300)).convert("L")))) == READ


def test_writing_on_nothing_is_read() -> None:
    clear = Image.new("RGBA", (640, 180), (0, 0, 0, 0))
    clear.paste("black", (0, 0), picture().convert("L").point(lambda light: 255 - light))
    assert texts(load_image("a.webp", saved(clear, "WEBP", lossless=True))) == READ


def test_columns_of_a_photo_are_read_one_after_the_other() -> None:
    left = (
        "采购食品应当查验供货者",
        "的许可证和食品出厂检验",
        "合格证或者其他合格证明",
        "文件，并且如实记录。",
    )
    right = ("贮存食品应当分类分架隔", "墙离地存放，定期检查库", "存，及时清理变质或者超", "过保质期的食品。")
    page = Image.new("RGB", (860, 320), "white")
    page.paste(picture(left, (400, 220)), (0, 90))
    page.paste(picture(right, (400, 220)), (440, 90))
    page.paste(picture(("食品经营者进货贮存须知",), (400, 60)), (250, 10))
    found = load_image("a.png", saved(page))
    assert found.title == "食品经营者进货贮存须知"
    assert texts(found) == [found.title, "".join(left), "".join(right)]


def test_each_picture_of_a_file_is_a_page() -> None:
    data = saved(picture(RULE[:2]), "TIFF", save_all=True, append_images=[picture(RULE[2:])])
    assert [(s.page, s.text) for s in load_image("a.tif", data).sections] == [(1, READ[0]), (2, READ[1])]


def test_photos_as_phones_take_them_are_read() -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    file = io.BytesIO()
    pillow_heif.from_pillow(picture(RULE[2:], (640, 70))).save(file)
    assert texts(load_image("a.heic", file.getvalue())) == READ[1:]


def test_scanned_pages_stand_between_pages_of_text() -> None:
    made = FPDF()
    made.set_font("helvetica", size=12)
    for _ in range(2):
        made.add_page()
        made.cell(text="This page has words of its own.")
        made.add_page()
    made.page = 2
    made.image(io.BytesIO(saved(picture())), x=20, y=20, w=170)
    found = load_pdf("a.pdf", bytes(made.output()))
    assert [(section.page, section.text) for section in found.sections] == [
        (1, "This page has words of its own."),
        (2, "\n".join(READ)),
        (3, "This page has words of its own."),
    ]


def png(width: int, height: int) -> bytes:
    """A PNG that says how large it is and holds next to nothing."""
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(bytes(1000))),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: png(100_000, 100_000), "像素"),
        (lambda: png(5_000, 5_000), "损坏"),
        (lambda: saved(picture(), "JPEG")[:2_000], "损坏"),
        (lambda: b"\xff\xd8\xff" + bytes(100), "损坏"),
        (lambda: saved(Image.new("RGB", (300, 200), "white")), "没有认出文字"),
    ],
    ids=["ten thousand megapixels", "less than it says", "cut off", "no picture", "an empty page"],
)
def test_a_picture_that_gives_nothing_says_why(make: Any, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        load("a.png", make())


def test_a_scan_of_a_law_is_read_almost_without_mistake() -> None:
    law = CORPUS / "laws" / "学校卫生工作条例（1990）.md"
    scan = CORPUS / "files" / "学校卫生工作条例（1990）.扫描件.pdf"
    if not scan.exists():
        pytest.skip("the corpus with the scanned law is not here")
    right, found = letters(load_markdown(law.name, law.read_bytes())), load_pdf(scan.name, scan.read_bytes())
    assert 1 - distance(right, letters(found)) / len(right) >= 0.98
    assert [section.page for section in found.sections] == [1, 2, 3, 4]


def letters(document: Document) -> str:
    """Every character, headings too, without white space; punctuation of one width."""
    heads, last = [document.title], ()
    for section in document.sections:
        heads += [] if section.path == last else section.path[-1:]
        heads.append(section.text)
        last = section.path
    whole = unicodedata.normalize("NFKC", "".join(heads))
    return re.sub(r"\s", "", whole)


def distance(one: str, other: str) -> int:
    """Characters to put in, take out or change to make the other of the one."""
    columns = np.arange(len(other) + 1)
    codes = np.array([ord(letter) for letter in other])
    row = columns
    for letter in one:
        changed = np.minimum(row[1:] + 1, row[:-1] + (codes != ord(letter)))
        row = np.minimum.accumulate(np.concatenate(([row[0] + 1], changed)) - columns) + columns
    return int(row[-1])
