"""Which loader reads which kind of file. Loaders are named, not imported: each brings its own large library."""

from collections.abc import Callable
from importlib import import_module

from kb.types import Document

Loader = Callable[[str, bytes], Document]

PICTURE = "picture"
LOADERS = {
    ".csv": "csv:load_csv",
    ".docx": "docx:load_docx",
    ".html": "html:load_html",
    ".md": "markdown:load_markdown",
    ".pdf": "pdf:load_pdf",
    ".pptx": "pptx:load_pptx",
    ".srt": "captions:load_captions",
    ".txt": "plain:load_text",
    ".xlsx": "xlsx:load_xlsx",
    PICTURE: "images:load_image",
}
# by a file's suffix, its kind
FORMATS = {kind: kind for kind in LOADERS if kind != PICTURE} | {
    ".markdown": ".md",
    ".htm": ".html",
    ".tsv": ".csv",
    ".vtt": ".srt",
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".heif"), PICTURE),
}
# kinds that are text, whatever they begin with, and that a small file of may be read in any process
TEXTS = {".csv", ".html", ".md", ".srt", ".txt"}


def loader(kind: str) -> Loader:
    """The loader of a kind of file, a key of `LOADERS`."""
    module, function = LOADERS[kind].split(":")
    found: Loader = getattr(import_module(f"ingest.load.{module}"), function)
    return found
