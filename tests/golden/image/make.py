#!/usr/bin/env python3
"""Small pictures of every kind that is read, and what Pillow makes of them the way the published loader calls it.

    pip install pillow==13.0 numpy; make.py          writes the pictures and expect.safetensors (U8, height x width x 3)

Pillow does not write 16-bit RGB, interlaced PNG or odd GIF frames; those are put together here.  For 16-bit grey, where
the reference disagrees with itself, the expected value is the upper byte.
"""
import io
import json
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps, PngImagePlugin

here = pathlib.Path(__file__).parent
rng = np.random.default_rng(7)
W, H = 13, 9
y, x = np.mgrid[0:H, 0:W]
rgb = np.stack([x * 255 // (W - 1), y * 255 // (H - 1), (x * y * 7) % 256], -1).astype(np.uint8)
alpha = ((x + 2 * y) * 11 % 256).astype(np.uint8)
want = {}


def note(name, override=None):
    image = ImageOps.exif_transpose(Image.open(here / name)).convert("RGB")
    want[name] = np.asarray(image) if override is None else override


def save(name, image, **options):
    image.save(here / name, **options)
    note(name)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(name, rows, depth, colour, interlace=0, extra=b"", override=None):
    """rows: what zlib packs, filter bytes included."""
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", W, H, depth, colour, 0, 0, interlace))
    data += extra + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    (here / name).write_bytes(data)
    note(name, override)


def plain(rows):
    return b"".join(b"\0" + bytes(r) for r in rows)


picture, grey = Image.fromarray(rgb), Image.fromarray(rgb[..., 2])
rgba = Image.fromarray(np.dstack([rgb, alpha]))
palette = picture.quantize(40)
save("rgb.png", picture)
save("rgba.png", rgba)
save("grey.png", grey)
save("grey-alpha.png", rgba.convert("LA"))
save("bit.png", grey.convert("1"))
for bits in (1, 2, 4, 8):
    save(f"palette{bits}.png", picture.quantize(2**bits if bits < 8 else 200), bits=bits)
save("palette-transparent.png", palette, transparency=bytes(range(0, 240, 6)))
save("rgb-transparent.png", picture, transparency=(0, 0, 0))
for bits in (2, 4):
    values = rgb[..., 2] >> (8 - bits)
    packed = np.packbits(np.unpackbits(values[..., None], axis=-1)[..., 8 - bits:].reshape(H, -1), axis=-1)
    png(f"grey{bits}.png", plain(packed), bits, 0)
wide = rng.integers(0, 65536, (H, W, 3), dtype=np.uint16)
png("rgb16.png", plain([r.astype(">u2").tobytes() for r in wide]), 16, 2)
png("grey16.png", plain([r.astype(">u2").tobytes() for r in wide[..., 0]]), 16, 0,
    override=np.repeat((wide[..., :1] >> 8).astype(np.uint8), 3, -1))
adam7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
png("interlaced.png", b"".join(plain([r.tobytes() for r in rgb[sy::dy, sx::dx]]) for sx, sy, dx, dy in adam7), 8, 2, 1)


def exif(orientation):
    e = Image.Exif()
    e[0x0112] = orientation
    return e


XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf tiff:Orientation="%d"/></x:xmpmeta>'
for k in range(1, 9):
    save(f"turned{k}.png", picture, exif=exif(k))
for k in (3, 6):
    save(f"turned{k}.jpg", picture, quality=95, exif=exif(k))
    save(f"turned{k}.webp", picture, lossless=True, exif=exif(k))
big = b"Exif\0\0" + b"MM\0*\0\0\0\x08\0\2" + b"\x01\x0f\0\2\0\0\0\1a\0\0\0" + b"\x01\x12\0\3\0\0\0\1\0\x08\0\0" + b"\0\0\0\0"
save("big-endian.jpg", picture, quality=95, exif=big)
save("xmp.jpg", picture, quality=95, xmp=(XMP % 5).encode())
save("xmp.webp", picture, lossless=True, xmp=(XMP % 7).encode())
info = PngImagePlugin.PngInfo()
info.add_itxt("XML:com.adobe.xmp", XMP % 8)
save("xmp.png", picture, pnginfo=info)
info = PngImagePlugin.PngInfo()
info.add_text("Raw profile type exif", "\nexif\n%8d\n%s\n" % (len(big), big.hex()), zip=True)
save("raw-profile.png", picture, pnginfo=info)
png("exif-last.png", plain(rgb.reshape(H, -1)), 8, 2)
data = (here / "exif-last.png").read_bytes()
(here / "exif-last.png").write_bytes(data[:-12] + chunk(b"eXIf", big[6:]) + data[-12:])
note("exif-last.png")

save("444.jpg", picture, quality=92, subsampling=0)
save("420.jpg", picture, quality=80, subsampling=2)
save("422.jpg", picture, quality=80, subsampling=1)
save("progressive.jpg", picture, quality=85, progressive=True)
save("grey.jpg", grey, quality=90)
save("cmyk.jpg", picture.convert("CMYK"), quality=95)
save("lossy.webp", picture, quality=80)
save("lossless.webp", picture, lossless=True)
save("alpha.webp", rgba, lossless=True, exact=True)
save("lossy-alpha.webp", rgba, quality=70)
other = Image.fromarray(rgb[::-1].copy())
save("animated.webp", picture, save_all=True, append_images=[other], duration=100, lossless=True)

save("plain.gif", palette, interlace=0)
save("interlaced.gif", picture.quantize(60), interlace=1)
save("transparent.gif", palette, transparency=3)
save("animated.gif", palette, save_all=True, append_images=[other.quantize(40)], duration=100)
save("grey.gif", grey)


def shifted(name, source, left, top, width, height):
    """A frame that stands somewhere on a larger screen."""
    data = bytearray((here / source).read_bytes())
    at = data.index(b"\x2c" + struct.pack("<HHHH", 0, 0, W, H))
    data[at + 1:at + 5] = struct.pack("<HH", left, top)
    data[6:10] = struct.pack("<HH", width, height)
    (here / name).write_bytes(data)
    note(name)


shifted("frame.gif", "plain.gif", 3, 2, 20, 14)
shifted("frame-transparent.gif", "transparent.gif", 3, 2, 20, 14)
shifted("frame-outside.gif", "plain.gif", 5, 4, 8, 8)

header, blob = {}, b""
for name, a in sorted(want.items()):
    a = np.ascontiguousarray(a)
    assert a.dtype == np.uint8 and a.ndim == 3 and a.shape[2] == 3, name
    header[name] = dict(dtype="U8", shape=list(a.shape), data_offsets=[len(blob), len(blob) + a.size])
    blob += a.tobytes()
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
(here / "expect.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + blob)
print(len(want), "pictures")
