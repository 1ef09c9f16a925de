"""Upload the static site to its bucket: `python -m scripts.site BUCKET`.

index.html    the one page of the product, from site/; the distribution answers it for each area's address
assets/       its modules and style sheets, one folder per area: site/library/area.js is assets/library/area.js
vendor/       hls.js, from node_modules
docs/         the API reference: site/docs, and swagger-ui-dist around /openapi.json
openapi.json  made from the route tables by scripts/openapi.py
"""

import hashlib
import mimetypes
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
VENDORED = {
    "vendor/hls.js": MODULES / "hls.js/dist/hls.min.js",
    "docs/swagger-ui.css": MODULES / "swagger-ui-dist/swagger-ui.css",
    "docs/swagger-ui-bundle.js": MODULES / "swagger-ui-dist/swagger-ui-bundle.js",
}
SITE = ROOT / "site"
AT_THE_ROOT = ("index.html", "favicon.svg")


def upload_site(bucket: str) -> None:
    s3 = boto3.client("s3")
    for key, content in site_files():
        kind = mimetypes.guess_type(key)[0] or "application/octet-stream"
        s3.put_object(
            Bucket=bucket,
            Key=key,
            Body=content,
            ContentType=f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
            CacheControl="public, max-age=86400" if key in VENDORED else "no-cache",
        )


def site_files() -> Iterator[tuple[str, bytes]]:
    """Every file of the site under its key."""
    yield from static_files()
    made = subprocess.run([sys.executable, "-m", "scripts.openapi"], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    yield "openapi.json", made.stdout


def static_files() -> Iterator[tuple[str, bytes]]:
    """Those that lie in the tree."""
    for path in sorted(SITE.rglob("*")):
        if path.is_file():
            yield key_of(path.relative_to(SITE).as_posix()), path.read_bytes()
    for key, path in VENDORED.items():
        if path.exists():
            yield key, path.read_bytes()


def key_of(path: str) -> str:
    """The key, which is the address, of a file below `site/`."""
    return path if path in AT_THE_ROOT or path.startswith("docs/") else f"assets/{path}"


def version() -> str:
    """Changes when a file of the tree does; openapi.json follows the functions' code."""
    return hashlib.sha256(b"".join(key.encode() + content for key, content in static_files())).hexdigest()


if __name__ == "__main__":
    upload_site(sys.argv[1])
