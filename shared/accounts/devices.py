"""What a session's owner recognises it by: "Firefox on Linux", and the address it was opened from."""

import re
from dataclasses import dataclass

LONGEST = 120  # characters of a program's own name
# Browsers say that they are several: the first of these that is found is the one.
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Electron/", "Desktop app"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
UNPRINTABLE = re.compile(r"[^ -~]+")


@dataclass(frozen=True, slots=True)
class Device:
    name: str
    address: str


def named(agent: str) -> str:
    """A browser and its system; of anything else its own first word ("curl/8.5.0")."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    if browser and agent.startswith("Mozilla/"):
        return f"{browser} on {system}" if system else browser
    return UNPRINTABLE.sub("", agent.partition(" ")[0])[:LONGEST] or "Unknown"
