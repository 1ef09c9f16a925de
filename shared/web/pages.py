"""An error as a page, where a route answers people and not programs."""

from html import escape
from typing import Any

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
  body {{ font: 16px/1.5 system-ui, sans-serif; margin: 20vh auto; max-width: 30rem; padding: 0 1rem;
         text-align: center; background: #14110f; color: #f4ede4 }}
  a {{ color: #e8a33d }}
</style>
<h1>{title}</h1>
<p>{more}</p>
<p><a href="/">Bobine</a></p>
</html>
"""
HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
}


def error_page(error: Any) -> bytes:
    """`error` is a ServiceError: its message, and what it says to a person."""
    return PAGE.format(title=escape(error.message), more=escape(error.explanation or "")).encode()
