"""The media bucket. An object that the edge serves has its URL path as its key, so it is served without asking anybody.

Which objects there are, each domain knows for itself (`shared/library/keys.py`).
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from shared import aws
from shared.errors import NotFound
from shared.settings import settings

SAFE = "/~!*'()"  # left as they are, as encodeURIComponent does: one object, one address


def url_of(path: str) -> str:
    """A client's address of a path on this platform: absolute when PUBLIC_URL is set."""
    return f"{settings.public_url.rstrip('/')}/{quote(path.lstrip('/'), safe=SAFE)}"


def put(key: str, body: bytes, content_type: str, cache_control: str) -> None:
    aws.client("s3").put_object(
        Bucket=settings.media_bucket, Key=key, Body=body, ContentType=content_type, CacheControl=cache_control
    )


def send(key: str, path: Path, content_type: str, cache_control: str) -> None:
    """A file, read as it goes; up to 5 GiB, S3's limit for one piece."""
    with path.open("rb") as file:
        aws.client("s3").put_object(
            Bucket=settings.media_bucket, Key=key, Body=file, ContentType=content_type, CacheControl=cache_control
        )


def head(key: str) -> dict[str, Any] | None:
    """The object's metadata (ContentLength, ETag, ContentType, …), or None when there is no such object."""
    from botocore.exceptions import ClientError

    try:
        found: dict[str, Any] = aws.client("s3").head_object(Bucket=settings.media_bucket, Key=key)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404):
            return None
        raise
    return found


def read(key: str) -> bytes | None:
    """A small object whole, or None when there is none."""
    client = aws.client("s3")
    try:
        return bytes(client.get_object(Bucket=settings.media_bucket, Key=key)["Body"].read())
    except client.exceptions.NoSuchKey:
        return None


def save(key: str, path: Path) -> None:
    """An object into a file, a megabyte at a time. Raises NotFound when there is none."""
    client = aws.client("s3")
    try:
        body = client.get_object(Bucket=settings.media_bucket, Key=key)["Body"]
    except client.exceptions.NoSuchKey:
        raise NotFound from None
    with path.open("wb") as file:
        while data := body.read(1 << 20):
            file.write(data)


def presigned(key: str, disposition: str = "", seconds: int = 3600) -> str:
    """An address that gives one object to whoever has it, for a while."""
    where = {"Bucket": settings.media_bucket, "Key": key}
    where |= {"ResponseContentDisposition": disposition} if disposition else {}
    signed: str = aws.client("s3").generate_presigned_url("get_object", Params=where, ExpiresIn=seconds)
    return signed


def names(prefix: str, most: int = 1000) -> list[str]:
    """Up to 1,000 object names below a prefix, without it."""
    answer = aws.client("s3").list_objects_v2(Bucket=settings.media_bucket, Prefix=prefix, MaxKeys=most)
    return [entry["Key"].removeprefix(prefix) for entry in answer.get("Contents", ())]


def delete(keys: Iterable[str]) -> None:
    wanted = list(keys)
    for start in range(0, len(wanted), 1000):
        objects = [{"Key": key} for key in wanted[start : start + 1000]]
        aws.client("s3").delete_objects(Bucket=settings.media_bucket, Delete={"Objects": objects, "Quiet": True})


def delete_below(prefix: str) -> None:
    delete(_below(prefix))


def _below(prefix: str) -> Iterator[str]:
    for page in aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=settings.media_bucket, Prefix=prefix):
        yield from (entry["Key"] for entry in page.get("Contents", ()))
