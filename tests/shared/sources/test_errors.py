"""The source's words, and the code they mean (redstream: Mapping des erreurs; contract: HTTP status of each code)."""

import pytest

from shared.sources import errors
from shared.sources.errors import SourceError, named


@pytest.mark.parametrize(
    ("said", "code", "status"),
    [
        ("Requested format is not available. Use --list-formats", "FORMAT_UNAVAILABLE", 400),
        ("This format is DRM protected; Try selecting another format", "FORMAT_UNAVAILABLE", 400),
        ("Video unavailable. This video has been removed by the uploader", "VIDEO_UNAVAILABLE", 404),
        ("Unable to download webpage: HTTP Error 404: Not Found", "VIDEO_UNAVAILABLE", 404),
        ("HTTP Error 410: Gone", "VIDEO_UNAVAILABLE", 404),
        ("Sign in to confirm your age. This video may be inappropriate", "AGE_RESTRICTED", 403),
        ("HTTP Error 403: you must confirm your AGE first", "AGE_RESTRICTED", 403),
        ("This video is age-restricted", "AGE_RESTRICTED", 403),
        ("Sign in to continue", "AGE_RESTRICTED", 403),
        ("Sign in to confirm you’re not a bot. Use --cookies", "SOURCE_BLOCKED", 502),
        ("HTTP Error 403: Bot check failed", "SOURCE_BLOCKED", 502),
        ("HTTP Error 403: Forbidden", "SOURCE_BLOCKED", 502),
        ("HTTP Error 429: Too Many Requests", "SOURCE_BLOCKED", 502),
        ("Got HTTP Error 403 caused by Cloudflare anti-bot challenge", "SOURCE_BLOCKED", 502),
        ("Private video. Sign in if you've been granted access to this video", "PRIVATE", 403),
        ("Join this channel to get access to members-only content", "PRIVATE", 403),
        ("HTTP Error 401: Unauthorized", "PRIVATE", 403),
        ("This video is not available in your country", "GEO_BLOCKED", 403),
        ("The uploader has not made this video available in your country", "GEO_BLOCKED", 403),
        ("This video is geo-restricted", "GEO_BLOCKED", 403),
        ("No supported JavaScript runtime could be found. Only deno is enabled", "JS_RUNTIME_MISSING", 503),
        ("File is larger than max-filesize (5 bytes > 4 bytes). Aborting.", "TOO_LARGE", 413),
        ("unable to write data: [Errno 27] File too large", "TOO_LARGE", 413),
        ("unable to write data: [Errno 28] No space left on device", "UNKNOWN_ERROR", 503),
        ("HTTP Error 500: No space left on device", "NETWORK_ERROR", 502),  # theirs
        ("Unsupported URL: https://example.com/", "INVALID_URL", 400),
        ("Unable to download webpage: HTTP Error 500: Oops", "NETWORK_ERROR", 502),
        ("<urlopen error [Errno 111] Connection refused>", "NETWORK_ERROR", 502),
        ("1000 bytes read, 9000 more expected", "NETWORK_ERROR", 502),
        ("The read operation timed out", "SOURCE_TIMEOUT", 504),
        ("An extractor error has occurred", "UNKNOWN_ERROR", 502),
    ],
)
def test_words_have_their_code(said: str, code: str, status: int) -> None:
    found = named(f"ERROR: {said}")
    assert (found.code, found.status) == (code, status)


@pytest.mark.parametrize(
    "said",
    [
        "Failed to parse the webpage",
        "could not find the stage of the package",
        "broken at https://example.com/age/captcha/private",
        "cannot open /srv/private/age/captcha.json",
    ],
)
def test_only_whole_words_count_and_none_of_an_address_or_a_path(said: str) -> None:
    assert type(named(said)) is SourceError


def test_an_unknown_error_is_cut_and_says_nothing_of_us() -> None:
    key = "AKIAIOSFODNN7EXAMPLE"
    said = f"broke at /var/task/shared/x.py with {key} token=hush https://u:p@h.test/?k=1 " + "and so on " * 50
    found = named(said)
    assert (found.message, found.code) == ("Erreur générique", "UNKNOWN_ERROR")
    assert found.explanation is not None
    assert len(found.explanation) <= 200
    for secret in ("/var", key, "hush", "h.test"):
        assert secret not in found.explanation


def test_the_documents_own_words_are_kept() -> None:
    assert errors.FormatUnavailable().message == "Format non disponible"
    assert errors.FormatUnavailable().explanation == "Le format sélectionné n'est pas disponible..."
    assert errors.VideoUnavailable().message == "Vidéo indisponible"
    assert errors.AgeRestricted().message == "Restriction d'âge"
    assert errors.JsRuntimeMissing().message == "Runtime JS manquant"


def test_trying_again_is_for_what_may_pass() -> None:
    helps = {one.__name__: one.more_tries for one in SourceError.__subclasses__() if one.more_tries}
    assert helps == {"Unreachable": 2, "Short": 2, "Silent": 1}


@pytest.mark.parametrize(
    ("said", "tries"),
    [
        ("HTTP Error 503: Service Unavailable", 2),
        ("HTTP Error 408: Request Timeout", 2),
        ("HTTP Error 400: Bad Request", 0),
        ("HTTP Error 302: The HTTP server returned a redirect error (redirect loop detected)", 0),
        ("certificate verify failed: CERTIFICATE_VERIFY_FAILED", 0),
    ],
)
def test_an_answer_that_would_come_again_is_not_asked_for_again(said: str, tries: int) -> None:
    found = named(said)
    assert (found.code, found.more_tries) == ("NETWORK_ERROR", tries)
