"""scripts/run as a user meets it: a process on a port, with a data folder that outlives it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from scripts.local.workers import children
from tests.scripts.test_workers import is_alive, until

ROOT = Path(__file__).resolve().parents[2]


class Running:
    """One `scripts/run` process, and the ways into it."""

    def __init__(self, process: subprocess.Popen[str], data: Path, port: int) -> None:
        self.process, self.data, self.port = process, data, port
        self.web = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)
        self.clients: list[Any] = []

    def aws(self, service: str, secret: str = "", key: str = "000000000000") -> Any:
        """A client with the data folder's own key."""
        own = json.loads((self.data / "secrets.json").read_text())
        make: Any = boto3.client  # its type is an overload for each of 400 services
        client = make(
            service,
            endpoint_url=f"http://127.0.0.1:{self.port}",
            region_name="us-east-1",
            aws_access_key_id=key,
            aws_secret_access_key=secret or own["aws_secret"],
            config=Config(
                signature_version="s3v4" if service == "s3" else None,
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                retries={"max_attempts": 1},
            ),
        )
        self.clients.append(client)
        return client

    def output(self, name: str) -> str:
        stack = self.aws("cloudformation").describe_stacks(StackName="bobine")["Stacks"][0]
        return next(str(output["OutputValue"]) for output in stack["Outputs"] if output["OutputKey"] == name)

    def close(self) -> None:
        self.web.close()
        for client in self.clients:
            client.close()
        self.process.kill()

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(20)


def descendants(pid: int) -> set[int]:
    found = children(pid)
    return set(found).union(*map(descendants, found))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(data: Path, port: int = 0, **environment: str) -> Iterator[Running]:
    port = port or free_port()
    command = [sys.executable, "-m", "scripts.local.run", "--port", str(port), "--data", str(data)]
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        run = Running(process, data, port)
        try:
            assert process.stdout
            assert "ready" in process.stdout.readline(), process.stderr.read() if process.stderr else ""
            yield run
        finally:
            run.close()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("run") / "data", OPEN_WRITES="true", SERVICE_NAME="a name of our own") as run:
        yield run


def test_the_site_the_reference_and_the_api_answer_on_one_port(run: Running) -> None:
    assert run.web.get("/docs").headers["content-type"].startswith("text/html")
    assert run.web.get("/vendor/hls.js").headers["content-type"].startswith("text/javascript")
    assert run.web.get("/health").json()["status"] == "ok"
    assert run.web.get("/nowhere").status_code == 404


def test_the_environment_reaches_the_functions(run: Running) -> None:
    assert run.web.get("/api/health").json()["service"] == "a name of our own"


def test_media_is_read_from_the_bucket_with_ranges(run: Running) -> None:
    bucket = run.output("MediaBucketName")
    run.aws("s3").put_object(Bucket=bucket, Key="api/files/videos/f1", Body=b"0123456789", ContentType="text/html")
    whole = run.web.get("/api/files/videos/f1/un%20film.mp4")
    assert (whole.status_code, whole.content) == (200, b"0123456789")
    assert "sandbox" in whole.headers["content-security-policy"]
    assert whole.headers["x-content-type-options"] == "nosniff"
    part = run.web.get("/api/files/videos/f1", headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (206, b"234", "bytes 2-4/10")
    assert run.web.get("/api/files/videos/f1", headers={"Range": "bytes=-3"}).content == b"789"
    assert (
        run.web.get("/api/files/videos/f1", headers={"Range": "bytes=20-"}).status_code == 404
    )  # the API explains: no such file
    head = run.web.head("/api/files/videos/f1")
    assert (head.status_code, head.headers["content-length"], head.content) == (200, "10", b"")


def test_what_the_bucket_does_not_have_is_asked_of_the_api(run: Running) -> None:
    missing = run.web.get("/api/stream/nothing/master.m3u8")
    assert missing.status_code == 404
    assert missing.headers["content-type"] == "application/json"


@pytest.mark.parametrize("key", ["000000000000", "111111111111", "test", "AKIAIOSFODNN7EXAMPLE"])
def test_a_stranger_cannot_call_aws(run: Running, key: str) -> None:
    with pytest.raises(ClientError, match=r"Signature|security token|InvalidAccessKeyId"):
        run.aws("dynamodb", secret="test", key=key).list_tables()
    with pytest.raises(ClientError, match=r"Signature|InvalidAccessKeyId"):
        run.aws("s3", secret="test", key=key).list_buckets()
    forged = run.aws("s3", secret="test", key=key).generate_presigned_url(
        "put_object", {"Bucket": run.output("MediaBucketName"), "Key": "api/files/videos/forged"}
    )
    assert httpx.put(forged, content=b"x").status_code == 403


def test_an_unsigned_request_is_a_viewers(run: Running) -> None:
    answer = run.web.post("/", headers={"X-Amz-Target": "DynamoDB_20120810.ListTables"}, content=b"{}")
    assert answer.status_code == 403
    assert "TableNames" not in answer.text
    assert run.web.post("/_ministack/reset").status_code == 404
    assert run.web.get(f"/{run.output('MediaBucketName')}/api/files/videos/f1").status_code == 404


@pytest.mark.parametrize(
    "path", ["/_ministack/reset", "/_ministack/config", "/%5fministack/reset", "/_aws/sqs/messages"]
)
def test_no_claim_of_a_signature_opens_the_embedded_aws_own_pages(run: Running, path: str) -> None:
    """A page of any site may send the first of these without asking."""
    header = {"Authorization": "AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/s3/aws4_request"}
    for query, headers in (("?X-Amz-Signature=x", {}), ("", header), ("?X-Amz-Signature=x", header)):
        assert run.web.post(path + query, headers=headers).status_code == 404
        assert run.web.get("/health" + query, headers=headers).json()["status"] == "ok"


def test_a_browser_may_put_to_a_presigned_url_and_read_the_etag(run: Running) -> None:
    bucket, s3 = run.output("MediaBucketName"), run.aws("s3")
    url = s3.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "api/files/videos/f2"})
    assert url.startswith(f"http://127.0.0.1:{run.port}/")
    asked = {"Origin": "http://elsewhere.test", "Access-Control-Request-Method": "PUT"}
    assert httpx.options(url, headers=asked).headers["access-control-allow-origin"] == "*"
    put = httpx.put(url, content=b"part", headers={"Origin": "http://elsewhere.test"})
    assert put.status_code == 200
    assert put.headers["etag"]
    assert "etag" in put.headers["access-control-expose-headers"].lower()
    got = httpx.get(s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "api/files/videos/f2"}))
    assert got.headers["content-security-policy"] == "sandbox"


def test_too_large_a_body_is_refused(run: Running) -> None:
    assert run.web.post("/api/upload/check", content=bytes(11 * 2**20)).status_code == 413


def test_a_taken_port_and_a_taken_folder_are_said_so(run: Running, tmp_path: Path) -> None:
    def attempt(*arguments: str) -> str:
        command = [sys.executable, "-m", "scripts.local.run", *arguments]
        return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, timeout=20).stderr

    assert "not free" in attempt("--port", str(run.port), "--data", str(tmp_path))
    assert "in use by another" in attempt("--port", str(free_port()), "--data", str(run.data))


def test_a_crash_loses_neither_rows_nor_objects_nor_parts(tmp_path: Path) -> None:
    with running(tmp_path) as before:
        bucket, s3 = before.output("MediaBucketName"), before.aws("s3")
        person = {"email": "ada@example.org", "password": "a long password", "username": "ada"}
        assert before.web.post("/auth/register", json=person).status_code == 201
        s3.put_object(Bucket=bucket, Key="api/files/videos/kept", Body=b"kept")
        upload = s3.create_multipart_upload(Bucket=bucket, Key="api/files/videos/half")["UploadId"]
        part = {"Bucket": bucket, "Key": "api/files/videos/half", "UploadId": upload}
        first = s3.upload_part(**part, PartNumber=1, Body=b"a" * 5 * 2**20)
        time.sleep(5)
        started = descendants(before.process.pid)
        before.end(signal.SIGKILL)
    assert len(started) >= 3  # a function, node, the guardian
    assert until(lambda: not any(is_alive(pid) for pid in started))

    with running(tmp_path) as after:
        s3 = after.aws("s3")
        signed = after.web.post("/api/v1/auth/login", json={"email": person["email"], "password": person["password"]})
        assert signed.status_code == 200
        assert after.web.get("/api/files/videos/kept").content == b"kept"
        assert [found["ETag"] for found in s3.list_parts(**part)["Parts"]] == [first["ETag"]]
        second = s3.upload_part(**part, PartNumber=2, Body=b"b")
        parts = [{"PartNumber": n, "ETag": found["ETag"]} for n, found in ((1, first), (2, second))]
        s3.complete_multipart_upload(**part, MultipartUpload={"Parts": parts})
        assert after.web.get("/api/files/videos/half", headers={"Range": "bytes=-2"}).content == b"ab"
        assert not list((tmp_path / "parts").iterdir())
        assert after.end(signal.SIGTERM) == 0
    assert not list((tmp_path / "work").glob("ministack-lambda-*"))
