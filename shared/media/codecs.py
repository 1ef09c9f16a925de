"""RFC 6381 codec strings, read from a stream's own configuration bytes ("extradata"), never guessed from its name."""

from pathlib import Path

from shared.media.boxes import Box, children, descend
from shared.media.errors import MediaError

FIXED = {"mp3": "mp4a.40.34", "opus": "opus", "flac": "fLaC", "ac3": "ac-3", "eac3": "ec-3"}
ENTRIES = {  # sample entries of ISO base media files (mp4ra.org): ffmpeg's name, and the box of configuration bytes
    b"avc1": ("h264", b"avcC"),
    b"avc3": ("h264", b"avcC"),
    b"hvc1": ("hevc", b"hvcC"),
    b"hev1": ("hevc", b"hvcC"),
    b"mp4a": ("aac", b"esds"),
    b"Opus": ("opus", b""),
    b"fLaC": ("flac", b""),
    b"ac-3": ("ac3", b""),
    b"ec-3": ("eac3", b""),
}
PICTURE, SOUND = 78, 28  # bytes of a sample entry before the boxes in it (ISO/IEC 14496-12 §12.1.3, §12.2.3)
MPEG_AUDIO = (0x69, 0x6B)  # object types of an `esds` that are MP3 (mp4ra.org)
DECODER, SPECIFIC = 0x04, 0x05  # descriptors (ISO/IEC 14496-1 §7.2.6.6, §7.2.6.7)


def codec_string(codec: str, extradata: bytes) -> str:
    """ "avc1.64001f", "hvc1.1.6.L93.B0", "mp4a.40.2", …; "" for a codec that has no place in our streams."""
    if codec == "h264":
        return avc(extradata)
    if codec == "hevc":
        return hevc(extradata)
    if codec == "aac":
        return aac(extradata)
    return FIXED.get(codec, "")


def stream_codecs(init: Path) -> str:
    """The CODECS attribute of what an init segment of ours announces: "avc1.64001f,mp4a.40.2". Raises MediaError."""
    data = init.read_bytes()
    tables = descend(data, "moov/trak/mdia/minf/stbl/stsd")
    found = [_entry(data, entry) for table in tables for entry in children(data, table.body + 8, table.end)]
    if not found:
        raise MediaError(log="an init segment without tracks")
    return ",".join(found)


def _entry(data: bytes, entry: Box) -> str:
    codec, wanted = ENTRIES.get(entry.name, ("", b""))
    inner = children(data, entry.body + (PICTURE if wanted in (b"avcC", b"hvcC") else SOUND), entry.end)
    box = next((one for one in inner if one.name == wanted), None)
    body = data[box.body : box.end] if box else b""
    if wanted == b"esds":
        kind, extradata = _decoder(body[4:])
        return codec_string("mp3" if kind in MPEG_AUDIO else codec, extradata)
    return codec_string(codec, body)


def _decoder(descriptors: bytes) -> tuple[int, bytes]:
    """The object type and the configuration bytes that an elementary stream descriptor holds; 0 and b"" without."""
    kind, at = 0, 0
    while at + 2 <= len(descriptors):
        tag, size, at = descriptors[at], 0, at + 1
        while at < len(descriptors):  # seven bits a byte, the eighth says that more follow
            more, size = descriptors[at] & 0x80, size << 7 | descriptors[at] & 0x7F
            at += 1
            if not more:
                break
        if tag == SPECIFIC:
            return kind, descriptors[at : at + size]
        if tag == DECODER:
            kind = descriptors[at] if at < len(descriptors) else 0
            at += 13
        else:  # the elementary stream's own: an id and flags, then the descriptors in it
            at += 3
    return kind, b""


def avc(extradata: bytes) -> str:
    """From an AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1) or, in transport streams, the SPS."""
    if extradata[:1] == b"\x01":
        profile = extradata[1:4]
    else:
        units = extradata.split(b"\x00\x00\x01")
        profile = next((unit[1:4] for unit in units if unit and unit[0] & 0x1F == 7), b"")
    return f"avc1.{profile.hex()}" if len(profile) == 3 else ""


def hevc(extradata: bytes) -> str:
    """From an HEVCDecoderConfigurationRecord (ISO/IEC 14496-15 §8.3.3.1, string: annex E.3)."""
    if len(extradata) < 13 or extradata[0] != 1:
        return ""
    space = ["", "A", "B", "C"][extradata[1] >> 6]
    compatibility = int(f"{int.from_bytes(extradata[2:6], 'big'):032b}"[::-1], 2)
    tier = "H" if extradata[1] & 0x20 else "L"
    constraints = [f"{byte:X}" for byte in extradata[6:12].rstrip(b"\x00")]
    return ".".join(
        ["hvc1", f"{space}{extradata[1] & 0x1F}", f"{compatibility:X}", f"{tier}{extradata[12]}", *constraints]
    )


def aac(extradata: bytes) -> str:
    """The object type of an AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1); ADTS has none and is nearly always LC."""
    if len(extradata) < 2:
        return "mp4a.40.2"
    kind = extradata[0] >> 3
    if kind == 31:
        kind = 32 + ((extradata[0] & 7) << 3 | extradata[1] >> 5)
    return f"mp4a.40.{kind}"
