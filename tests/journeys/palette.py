"""Small pictures: a screenshot reduced to a palette of at most 256 colours, which text on flat colours does not miss."""

from __future__ import annotations

import base64
import struct
import zlib

from playwright.sync_api import Page

# The browser decodes the picture and counts; 256 colours that occur most stay, others go to the nearest of them.
# Vivid ones count for more: marks and badges are small, and the many greys between them are hardly told apart.
_REDUCE = """
async (encoded) => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + encoded;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const pen = canvas.getContext('2d');
  pen.drawImage(image, 0, 0);
  const pixels = pen.getImageData(0, 0, image.width, image.height).data;
  const count = new Map();
  const keys = new Uint32Array(pixels.length / 4);
  for (let n = 0; n < keys.length; n += 1) {
    const key = (pixels[4 * n] << 16) | (pixels[4 * n + 1] << 8) | pixels[4 * n + 2];
    keys[n] = key;
    count.set(key, (count.get(key) || 0) + 1);
  }
  const parts = (key) => [key >> 16, (key >> 8) & 255, key & 255];
  const vivid = (key) => Math.max(...parts(key)) - Math.min(...parts(key));
  const weighed = [...count.entries()].map(([key, times]) => [key, times * (1 + vivid(key) / 16)]);
  const kept = weighed.sort((a, b) => b[1] - a[1]).slice(0, 256).map(([key]) => key);
  const colours = kept.map(parts);
  const place = new Map(kept.map((key, n) => [key, n]));
  const nearest = (key) => {
    const [r, g, b] = parts(key);
    let best = 0;
    let least = Infinity;
    colours.forEach(([r2, g2, b2], n) => {
      const far = (r - r2) ** 2 + (g - g2) ** 2 + (b - b2) ** 2;
      if (far < least) [least, best] = [far, n];
    });
    return best;
  };
  const indices = new Uint8Array(keys.length);
  keys.forEach((key, n) => {
    if (!place.has(key)) place.set(key, nearest(key));
    indices[n] = place.get(key);
  });
  let text = '';
  for (let n = 0; n < indices.length; n += 32768) text += String.fromCharCode(...indices.subarray(n, n + 32768));
  return { width: image.width, height: image.height, colours: colours.flat(), indices: btoa(text) };
}
"""


def reduced(page: Page, png: bytes) -> bytes:
    """The picture as a PNG with a palette; any page lends its canvas."""
    found = page.evaluate(_REDUCE, base64.b64encode(png).decode())
    width, height = found["width"], found["height"]
    indices = base64.b64decode(found["indices"])
    rows = b"".join(b"\0" + indices[row * width : (row + 1) * width] for row in range(height))
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", bytes(found["colours"])),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
