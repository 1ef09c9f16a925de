"""Streaming (videomi: Streaming), where the edge does not read S3 itself."""

import httpx
import pytest

from shared import aws
from tests import cloud


@pytest.mark.parametrize(
    ("name", "kind", "control"),
    [
        ("master.m3u8", "application/vnd.apple.mpegurl", "public, max-age=3600"),
        ("720p.m3u8", "application/vnd.apple.mpegurl", "public, max-age=3600"),
        ("720p_00001.m4s", "video/mp4", "public, max-age=31536000, immutable"),
        ("720p_init.mp4", "video/mp4", "public, max-age=31536000, immutable"),
        ("subs_0_fr.vtt", "text/vtt; charset=utf-8", "public, max-age=31536000, immutable"),
    ],
)
def test_each_name_has_its_type_and_cache_rule(http: httpx.Client, name: str, kind: str, control: str) -> None:
    aws.client("s3").put_object(Bucket=cloud.BUCKET, Key=f"api/stream/film-1/{name}", Body=b"0123456789")
    answer = http.get(f"/api/stream/film-1/{name}")
    assert (answer.status_code, answer.content) == (200, b"0123456789")
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (kind, control)
    assert http.get(f"/api/stream/film-1/{name}", headers={"range": "bytes=2-3"}).content == b"23"
    assert "x-ratelimit-limit" not in answer.headers


@pytest.mark.parametrize("path", ["film-1/none.m4s", "film-1/notes.txt", ".x/master.m3u8"])
def test_what_is_not_a_stream_is_not_found(http: httpx.Client, path: str) -> None:
    aws.client("s3").put_object(Bucket=cloud.BUCKET, Key="api/stream/film-1/notes.txt", Body=b"x")
    answer = http.get(f"/api/stream/{path}")
    assert (answer.status_code, answer.json()) == (404, {"error": "File not found"})


def test_a_path_cannot_climb_out_of_its_stream(http: httpx.Client) -> None:
    aws.client("s3").put_object(Bucket=cloud.BUCKET, Key="api/files/videos/secret.mp4", Body=b"x")
    assert http.get("/api/stream/film-1/..%2F..%2Ffiles%2Fvideos%2Fsecret.mp4").status_code == 404
