"""RFC 6381 codec strings, read from a stream's own configuration bytes ("extradata"), never guessed from its name."""

FIXED = {"mp3": "mp4a.40.34", "opus": "opus", "flac": "fLaC", "ac3": "ac-3", "eac3": "ec-3"}


def codec_string(codec: str, extradata: bytes) -> str:
    """ "avc1.64001f", "hvc1.1.6.L93.B0", "mp4a.40.2", …; "" for a codec that has no place in our streams."""
    if codec == "h264":
        return avc(extradata)
    if codec == "hevc":
        return hevc(extradata)
    if codec == "aac":
        return aac(extradata)
    return FIXED.get(codec, "")


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
