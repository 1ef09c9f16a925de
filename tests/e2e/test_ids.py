"""File ids of any script, through the running platform: presigned, by part, by range, until they are gone."""

from collections.abc import Callable
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest

from tests.e2e.conftest import Person

pytestmark = pytest.mark.xdist_group("e2e")
BODY = "née à Paris, et bien d'autres lignes\n".encode() * 40
IDS = ["Mon film (1999).mp4", "été à Paris", "映画 第1話", "e\u0301te\u0301", ".x"]


@pytest.fixture(scope="module")
def ada(someone: Callable[[str], Person]) -> Person:
    return someone("ada")


@pytest.mark.parametrize("way", ["presigned", "raw", "percent-encoded"])
@pytest.mark.parametrize("name", IDS)
def test_an_id_of_any_script_is_stored_read_and_deleted(ada: Person, name: str, way: str) -> None:
    file_id = f"{name} {uuid4().hex[:8]}"
    new = {"fileId": file_id, "category": "documents", "size": len(BODY), "mimeType": "text/plain", "userId": ada.id}
    begun = ada.post("/api/upload/init", new)
    if way == "presigned":
        assert httpx.put(begun["partUrls"][0]["url"], content=BODY, timeout=60).status_code == 200
    else:
        spelled = file_id.encode() if way == "raw" else quote(file_id, safe="").encode()
        about = {b"X-Upload-Id": begun["uploadId"].encode(), b"X-Part-Number": b"1", b"X-Category": b"documents"}
        sent = ada.http.post("/api/upload/part", content=BODY, headers=about | {b"X-File-Id": spelled})
        assert sent.status_code == 200, sent.text
    url = ada.post("/api/upload/complete", {"uploadId": begun["uploadId"], "parts": []})["url"]

    address = f"/api/files/documents/{quote(file_id, safe='')}"
    for spelling in (url, address, address.replace("%28", "(").replace("%29", ")")):
        part = ada.http.get(spelling, headers={"range": "bytes=0-3"})
        assert (part.status_code, part.content) == (206, BODY[:4])
    opened = ada.http.get(address)
    assert (opened.text, opened.headers["content-type"]) == (BODY.decode(), "text/plain; charset=utf-8")
    assert "sandbox" in opened.headers["content-security-policy"]
    assert ada.http.get(f"{address}/thumbnail.jpg").headers["content-type"] == "image/jpeg"
    assert file_id in {row["file_id"] for row in ada.get(f"/api/upload/user/{ada.id}")["files"]}

    assert ada.http.delete(address, params={"userId": ada.id}).status_code == 200
    assert ada.http.get(address).status_code == 404
    again = ada.post("/api/upload/init", new)  # the id is free as soon as what was made of it is gone
    assert ada.http.delete(f"/api/upload/{again['uploadId']}").json() == {"success": True}
