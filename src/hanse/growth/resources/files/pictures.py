"""Pictures: measured before they are unpacked, then drawn anew, so that only the picture remains."""

from __future__ import annotations

import io
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from hanse.growth.resources.files.refusing import refuse
from hanse.growth.resources.files.types import MOST_PIXELS, MOST_SIDE_PX, SMALL_PX, Checked, FileKind

_FORMATS = {"png": "PNG", "jpeg": "JPEG", "gif": "GIF", "webp": "WEBP"}
_ORIENTATION = 0x0112
_MOST_FRAMES = 300


def check_picture(content: bytes, kind: FileKind, most_pixels: int = MOST_PIXELS) -> Checked:
    """Return a picture drawn anew without camera data, comments and whatever stood behind it. Raises Invalid."""
    try:
        with Image.open(io.BytesIO(content), formats=[_FORMATS[kind]]) as picture:
            frames = _frames(picture, most_pixels)
            return _drawn(picture, kind, frames, len(content))
    except Image.DecompressionBombError:
        refuse("too_many_pixels", _("This picture unpacks to far too many pixels. Export it smaller."))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        refuse("damaged", _("This picture is damaged. Open it in a picture program and export it again."))


def _frames(picture: Image.Image, most_pixels: int) -> int:
    """Return the number of frames. Refuses what would take too much memory, before anything is unpacked."""
    width, height = picture.size
    too_large = _("This picture unpacks to %(width)d × %(height)d pixels. Export it smaller: at most %(side)d pixels a "
                  "side and %(most)d megapixels in all.") % {
        "width": width, "height": height, "side": MOST_SIDE_PX, "most": MOST_PIXELS // 1_000_000
    }  # fmt: skip
    if width * height > most_pixels or max(width, height) > MOST_SIDE_PX:
        refuse("too_many_pixels", too_large)
    frames = 1
    if picture.format == "MPO":
        return frames  # a phone keeps a second view or the depths behind its picture: only the picture stays
    if getattr(picture, "is_animated", False):
        while frames <= _MOST_FRAMES and width * height * frames <= most_pixels:
            try:
                picture.seek(frames)
            except EOFError:
                break
            frames += 1
        else:
            refuse("too_many_pixels", _("This moving picture is too long. Export it shorter or smaller."))
        picture.seek(0)
    return frames


def _drawn(picture: Image.Image, kind: FileKind, frames: int, before_bytes: int) -> Checked:
    options: dict[str, Any] = {"exif": b""} if kind in ("jpeg", "webp") else {}
    if profile := picture.info.get("icc_profile"):
        options["icc_profile"] = profile
    has_data = bool(picture.getexif()) or any(key in picture.info for key in ("comment", "xmp", "photoshop", "Comment"))
    turned = picture.getexif().get(_ORIENTATION, 1) != 1 and frames == 1
    out, drawn = io.BytesIO(), picture
    if turned:
        drawn = ImageOps.exif_transpose(picture)
    if frames > 1:
        options |= {"save_all": True, "disposal": 2} if kind == "gif" else {"save_all": True}
    elif kind == "jpeg":
        options |= {"quality": 92} if turned or picture.format == "MPO" else {"quality": "keep"}
    elif kind == "webp":
        options |= {"quality": 92, "method": 2}
    drawn = _plain(drawn, kind) if frames == 1 else drawn
    drawn.save(out, format=_FORMATS[kind], **options)
    mended = ("camera_data",) if has_data else ()
    pixels = drawn.width * drawn.height * frames
    return Checked(kind, out.getvalue(), *drawn.size, small=_small(drawn), mended=mended, pixels=pixels)


def _plain(picture: Image.Image, kind: FileKind) -> Image.Image:
    """Take off everything that would be written again beside the pixels: text chunks of a PNG, comments."""
    picture.load()
    for key in ("comment", "xmp", "photoshop", "Comment", "XML:com.adobe.xmp"):
        picture.info.pop(key, None)
    if kind == "png" and picture.mode not in ("1", "L", "LA", "P", "RGB", "RGBA", "I", "I;16"):
        return picture.convert("RGBA")
    return picture


def _small(picture: Image.Image) -> bytes:
    """Return a little PNG or JPEG of it."""
    copy = picture.convert("RGBA") if "A" in picture.mode or "transparency" in picture.info else picture.convert("RGB")
    copy.thumbnail((SMALL_PX, SMALL_PX))
    out = io.BytesIO()
    copy.save(out, format="PNG" if copy.mode == "RGBA" else "JPEG", **({} if copy.mode == "RGBA" else {"quality": 82}))
    return out.getvalue()
