"""eSpeak NG by its C library (speak_lib.h), in a child process: it is a program of its own, and of another licence.

The wheel `espeakng-loader` carries the library and its data, for x86_64 and aarch64.
"""

import ctypes
from typing import IO, Any

import msgspec

SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: samples by callback, before espeak_Synth returns
CHARACTERS = 1  # POS_CHARACTER
UTF8, END_PAUSE = 1, 0x1000
RATE, VOLUME, PITCH, RANGE = 1, 2, 3, 4  # espeak_PARAMETER
WORD, LAST = 1, 0


class Order(msgspec.Struct, frozen=True):
    text: str
    variant: str
    pace: int  # words a minute, 80 to 450
    pitch: int
    lift: int


class Said(msgspec.Struct, frozen=True):
    """16-bit mono samples, and each word that began: its place in the text (characters) and when (milliseconds)."""

    samples: bytes
    rate: int
    words: list[tuple[int, int]]


class Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),  # from 1
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),  # milliseconds
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


def say(stdin: IO[bytes]) -> bytes:
    """In the child: an Order in, a Said out."""
    import espeakng_loader

    order = msgspec.msgpack.decode(stdin.read(), type=Order)
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate = library.espeak_Initialize(SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 1)
    if rate <= 0 or library.espeak_SetVoiceByName(order.variant.encode()):
        raise RuntimeError(f"eSpeak has no voice {order.variant}")
    for parameter, value in ((RATE, order.pace), (VOLUME, 90), (PITCH, order.pitch), (RANGE, order.lift)):
        library.espeak_SetParameter(parameter, value, 0)
    samples, words = bytearray(), list[tuple[int, int]]()

    def heard(wave: Any, count: int, events: Any) -> int:
        if wave and count > 0:
            samples.extend(ctypes.string_at(wave, count * 2))
        index = 0
        while events[index].type != LAST:
            if events[index].type == WORD:
                words.append((events[index].text_position - 1, events[index].audio_position))
            index += 1
        return 0

    listener = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(Event))(heard)
    library.espeak_SetSynthCallback(listener)
    text = order.text.encode() + b"\0"
    library.espeak_Synth(
        text, ctypes.c_size_t(len(text)), 0, CHARACTERS, 0, UTF8 | END_PAUSE, None, ctypes.c_void_p(None)
    )
    library.espeak_Synchronize()
    return msgspec.msgpack.encode(Said(bytes(samples), rate, words))
