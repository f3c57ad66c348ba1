"""What was drawn with a finger or taken with a phone, made anew: bounded, and with nothing in it but what it shows."""

import base64
import binascii
import io
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from academy.records.refusals import RefusedError

PREFIX = "data:image/png;base64,"
# of a signature: bytes as they come, and points as they are kept
SIGNATURE_BYTES, SIGNATURE = 200_000, (800, 400)
PHOTO_BYTES, PHOTO, PIXELS = 15_000_000, (2000, 2000), 60_000_000


def signature(drawn: str) -> bytes:
    """In grey on white, whatever came."""
    if not drawn.startswith(PREFIX) or len(drawn) > SIGNATURE_BYTES:
        raise RefusedError(_("The signature came in a form that we do not know. Sign once more."))
    try:
        picture = _opened(base64.b64decode(drawn.removeprefix(PREFIX), validate=True), ("PNG",))
    except (binascii.Error, ValueError, OSError, SyntaxError):
        raise RefusedError(_("The signature came in a form that we do not know. Sign once more.")) from None
    picture.thumbnail(SIGNATURE)
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture.convert("RGBA"))
    grey = paper.convert("L")
    if grey.getextrema() == (255, 255):
        raise RefusedError(_("There is no signature yet."))
    return _written(grey, "PNG", optimize=True)


def photo(file: "UploadedFile[Any]") -> bytes:
    """Upright, without the place and the device that a phone writes into it."""
    if (file.size or 0) > PHOTO_BYTES:
        raise RefusedError(_("“%(name)s” is too large: 15 MB at most.") % {"name": file.name})
    try:
        picture = _opened(file.read(), ("JPEG", "PNG", "WEBP"))
    except (ValueError, OSError, SyntaxError):
        raise RefusedError(
            _("“%(name)s” is no photo that we can read: JPEG, PNG or WebP.") % {"name": file.name}
        ) from None
    upright = _upright(picture)
    upright.thumbnail(PHOTO)
    plain = upright.convert("RGB")
    plain.info = {}
    return _written(plain, "JPEG", quality=82)


def _upright(picture: Image.Image) -> Image.Image:
    """A phone says how it was held; where it says so in a way that nobody understands, it stays as it is."""
    try:
        return ImageOps.exif_transpose(picture)
    except (SyntaxError, ValueError, OSError, KeyError, TypeError):
        return picture


def _opened(content: bytes, formats: tuple[str, ...]) -> Image.Image:
    """Its size is asked before its points are."""
    try:
        picture = Image.open(io.BytesIO(content), formats=formats)
        if picture.width * picture.height > PIXELS:
            raise ValueError(picture.size)
        picture.load()
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise ValueError(str(error)) from error
    return picture


def _written(picture: Image.Image, kind: str, **options: object) -> bytes:
    made = io.BytesIO()
    picture.save(made, kind, **options)
    return made.getvalue()
