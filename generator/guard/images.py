"""Pictures that say where, when, with what or by whom they were made.

Owns which metadata of a picture leads to a person: Exif (JPEG, PNG, WebP, TIFF, as Pillow reads it) and XMP. What a
program needs to show a picture (its size, which way up, its colours) leads to nobody. Reads metadata, no picture. Must
not know what else a file holds.
"""

from __future__ import annotations

import io
import re
import warnings

_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"RIFF", b"II*\0", b"MM\0*")
_OF_APPLE = re.compile(
    rb"....ftyp(?:hei|hev|mif1|avif)", re.DOTALL
)  # no size of its own says where Exif lies: that there is some must do
_XMP = re.compile(rb"exif:GPSL|exif:DateTimeOriginal|dc:creator|aux:SerialNumber|tiff:Model|photoshop:DateCreated")
_GPS, _EXIF = 0x8825, 0x8769
# Make, model, artist, computer, copyright, and what Windows adds: author, comment. Not the day of the last change: a
# drawing has that too.
_TAGS = frozenset((0x010F, 0x0110, 0x013B, 0x013C, 0x8298, 0x9C9D, 0x9C9C))
# Days of taking, the maker's note, the picture's own number, the camera's owner and serial numbers.
_EXIF_TAGS = frozenset((0x9003, 0x9004, 0x927C, 0xA420, 0xA430, 0xA431, 0xA435))
_COMMENT = 0x9286
_MOST_PIXELS = 40_000_000


def tells_of_its_making(data: bytes) -> bool:
    """Whether a picture's metadata lead to a person. What is no picture, or a damaged one, tells nothing."""
    if _OF_APPLE.match(data):
        return b"Exif\0\0" in data or bool(_XMP.search(data))
    if not data.startswith(_BEGINNINGS):
        return False
    return bool(_XMP.search(data)) or _exif(data)


def _exif(data: bytes) -> bool:
    from PIL import Image  # here: few commits bring a picture

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of damaged metadata: what can be read is judged
        try:
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                if image.format == "PNG" and "exif" not in image.info and image.width * image.height > _MOST_PIXELS:
                    return b"eXIf" in data  # what stands behind the picture can only be read with it
                exif = image.getexif()
                more = exif.get_ifd(_EXIF)
                said = _COMMENT in more and not str(more[_COMMENT]).endswith(
                    "Screenshot'"
                )  # a screenshot says that it is one
                return said or bool(_TAGS & exif.keys() or exif.get_ifd(_GPS) or _EXIF_TAGS & more.keys())
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
            return False
