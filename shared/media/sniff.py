"""What a file is, from its first bytes: never from its name or from what the client said.

A table of our own: `filetype` and `puremagic` know more types, but neither says which demuxer ffmpeg must be held to,
and neither tells MPEG-TS, 3GP or audio-only MP4 and Ogg apart, which is what this is for.
"""

from msgspec import Struct

HEAD = 4096  # bytes worth passing to `sniff`


class Kind(Struct, frozen=True):
    mime: str
    demuxer: str = ""  # ffmpeg's name of the only demuxer allowed to read it; "" for what is not film or sound

    @property
    def family(self) -> str:
        """ "video", "audio", "image", "application" or "text"."""
        return self.mime.partition("/")[0]


MAGIC = (  # offset, bytes, kind; the first that fits
    (0, b"\xff\xd8\xff", Kind("image/jpeg")),
    (0, b"\x89PNG\r\n\x1a\n", Kind("image/png")),
    (0, b"GIF87a", Kind("image/gif")),
    (0, b"GIF89a", Kind("image/gif")),
    (8, b"WEBP", Kind("image/webp")),
    (8, b"AVI ", Kind("video/x-msvideo", "avi")),
    (8, b"WAVE", Kind("audio/wav", "wav")),
    (8, b"AIFF", Kind("audio/aiff", "aiff")),
    (8, b"AIFC", Kind("audio/aiff", "aiff")),
    (0, b"fLaC", Kind("audio/flac", "flac")),
    (0, b"caff", Kind("audio/x-caf", "caf")),
    (0, b"#!AMR", Kind("audio/amr", "amr")),
    (0, b"FLV\x01", Kind("video/x-flv", "flv")),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Kind("video/x-ms-asf", "asf")),
    (0, b"\x00\x00\x01\xba", Kind("video/mpeg", "mpeg")),
    (0, b"\x00\x00\x01\xb3", Kind("video/mpeg", "mpegvideo")),
    (0, b"BM", Kind("image/bmp")),
    (0, b"II*\x00", Kind("image/tiff")),
    (0, b"MM\x00*", Kind("image/tiff")),
    (0, b"%PDF-", Kind("application/pdf")),
    (0, b"PK\x03\x04", Kind("application/zip")),
    (0, b"7z\xbc\xaf\x27\x1c", Kind("application/x-7z-compressed")),
    (0, b"Rar!\x1a\x07", Kind("application/vnd.rar")),
    (0, b"\x1f\x8b", Kind("application/gzip")),
    (0, b"\x7fELF", Kind("application/x-executable")),
    (0, b"MZ", Kind("application/vnd.microsoft.portable-executable")),
)
BRANDS = {  # the major brand of an ISO base media file (ISO/IEC 14496-12 §4.3, mp4ra.org)
    b"qt  ": Kind("video/quicktime", "mov"),
    b"M4A ": Kind("audio/mp4", "mov"),
    b"M4B ": Kind("audio/mp4", "mov"),
    b"avif": Kind("image/avif"),
    b"avis": Kind("image/avif"),
    b"heic": Kind("image/heic"),
    b"heix": Kind("image/heic"),
    b"hevc": Kind("image/heic"),
    b"mif1": Kind("image/heic"),
    b"msf1": Kind("image/heic"),
}
MP3, AAC = Kind("audio/mpeg", "mp3"), Kind("audio/aac", "aac")
OLD_QUICKTIME = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}  # from before `ftyp` existed


def sniff(head: bytes) -> Kind | None:
    """The kind of the file that starts with `head` (4 KiB will do), or None for what no table knows, such as text."""
    if head[4:8] == b"ftyp":
        return _iso_media(head)
    if head[4:8] in OLD_QUICKTIME:
        return BRANDS[b"qt  "]
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return Kind("video/webm" if b"webm" in head[:64] else "video/x-matroska", "matroska")
    if head.startswith(b"OggS"):
        return Kind("video/ogg" if b"\x80theora" in head[:128] else "audio/ogg", "ogg")
    if _is_transport_stream(head):
        return Kind("video/mp2t", "mpegts")
    for offset, magic, kind in MAGIC:
        if head.startswith(magic, offset):
            return kind
    return _mpeg_audio(head)


def _iso_media(head: bytes) -> Kind:
    major = head[8:12]
    if major in (b"mif1", b"msf1") and b"avif" in head[16:64]:
        return BRANDS[b"avif"]
    if major.startswith((b"3gp", b"3g2")):
        return Kind("video/3gpp", "mov")
    return BRANDS.get(major, Kind("video/mp4", "mov"))


def _is_transport_stream(head: bytes) -> bool:
    """Three sync bytes in a row, in packets of 188 bytes or, with a camera's time stamps before them, of 192."""
    return any(head[start : start + 2 * step + 1 : step] == b"GGG" for start, step in ((0, 188), (4, 192)))


def _mpeg_audio(head: bytes) -> Kind | None:
    if head.startswith(b"ID3") and len(head) > 10:
        tag = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
        after = head[10 + tag :]  # a tag longer than the head (cover art) is nearly always an MP3's
        return (sniff(after) if after else None) or MP3
    if len(head) < 3 or head[0] != 0xFF:
        return None
    if head[1] & 0xF6 == 0xF0:
        return AAC
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bit_rate, sample_rate = head[2] >> 4, head[2] >> 2 & 3
    is_layer_3 = head[1] & 0xE0 == 0xE0 and version != 1 and layer == 1
    return MP3 if is_layer_3 and bit_rate not in (0, 15) and sample_rate != 3 else None
