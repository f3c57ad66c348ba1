"""Photos and scans of pages."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.load import layout, limits, ocr, patience
from ingest.load.errors import Unreadable
from ingest.load.naming import title
from kb.types import Document, Section

if TYPE_CHECKING:
    from PIL.Image import Image

# what these files begin with, and nothing else is opened as
_FORMATS = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"BM": "BMP",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
}
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"}
TOO_LARGE = "图片超过 5,000 万像素，请缩小后重新上传。"
TOO_MANY = f"需要识别文字的页超过 {limits.PICTURED_PAGES} 页，请拆分成几个文件后重新上传。"
NO_TEXT = "没有认出文字。请在光线充足处正对纸面重新拍摄或扫描（300 dpi 左右），或上传文字版。"


def is_picture(data: bytes) -> bool:
    return _format(data) is not None


def load_image(name: str, data: bytes) -> Document:
    """A page a picture; some TIFF files have several. The first line is the title if it can be one."""
    lines = [line for page, picture in enumerate(_pages(data), 1) for line in read_page(picture, page)]
    if not lines:
        raise Unreadable(NO_TEXT)
    found = layout.paragraphs(lines)
    sections = tuple(Section((), text.text, page=text.page) for text in found)
    return Document(title(name, found[0].text), sections)


def read_page(picture: "Image", page: int) -> list[layout.Line]:
    """The lines of a picture that is small enough."""
    pieces, width = ocr.read_picture(picture)
    patience.renew()
    return layout.read(pieces, page, width, by_hand=True)


def _format(data: bytes) -> str | None:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        return "HEIF"
    return next((kind for magic, kind in _FORMATS.items() if data.startswith(magic)), None)


def _pages(data: bytes) -> Iterator["Image"]:
    """The pictures in the file, upright, in colours on white, small enough to read."""
    from PIL import Image, ImageSequence

    Image.MAX_IMAGE_PIXELS = None  # ours is the limit, and is looked at before a pixel is read
    kind = _format(data)
    if kind == "HEIF":
        _learn_heif()
    with Image.open(io.BytesIO(data), formats=[kind] if kind else []) as file:
        if getattr(file, "n_frames", 1) > limits.PICTURED_PAGES:
            raise Unreadable(TOO_MANY)
        for frame in ImageSequence.Iterator(file) if kind == "TIFF" else [file]:
            yield _upright(frame)


def _upright(picture: "Image") -> "Image":
    from PIL import Image, ImageOps

    width, height = picture.size
    if width * height > limits.PIXELS:
        raise Unreadable(TOO_LARGE)
    scale = ocr.smaller(width, height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    picture.draft("RGB", size)  # lets JPEG leave out what is not needed
    small = picture.convert("RGBA").resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    small.info, exif = {}, picture.getexif()
    white = Image.new("RGBA", size, "white")
    white.alpha_composite(small)
    turned = white.convert("RGB")
    turned.getexif().update(exif)
    return ImageOps.exif_transpose(turned)


def _learn_heif() -> None:
    try:  # Wagtail brings it along
        from pillow_heif import register_heif_opener
    except ImportError as error:
        raise Unreadable("暂时无法读取 HEIC 照片。请在手机上另存为 JPG 后重新上传。") from error
    register_heif_opener()
