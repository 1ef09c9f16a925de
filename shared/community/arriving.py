"""How contents come: as a form, as something sent to the bucket before, as a picture of the web; and how they go on.

Each verb carries all that belongs to its moment.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from shared import aws, clock, storage
from shared.community import categories, contents, keys, leaving, likeness, making, slugs, tags, texts, totals, trend
from shared.community.content import Content, Type
from shared.errors import Conflict, Forbidden, Invalid, TooLarge
from shared.media.errors import MediaError
from shared.settings import settings
from shared.table import ABSENT, Put, Write
from shared.tables import COMMUNITY

SMALL = 10 << 20  # bytes of a picture, and of what comes in a form
LARGE = 50 << 20  # bytes of an animation that is sent to the bucket
FORM_SECONDS = 900  # that a presigned form is good for
CLAIMED = 86400  # seconds for which what was sent makes one content only; by then it has expired
SENT_AS = {  # by the extension of a file's name: its type, and how large it may be
    "png": ("image/png", SMALL),
    "jpg": ("image/jpeg", SMALL),
    "jpeg": ("image/jpeg", SMALL),
    "webp": ("image/webp", SMALL),
    "gif": ("image/gif", LARGE),
    "webm": ("video/webm", LARGE),
}


class NewContent(Struct, frozen=True, kw_only=True):
    """What somebody says of a content that they make. `category` is an id, or ""."""

    author: str
    type: Type
    title: str
    description: str = ""
    category: str = ""
    tags: Sequence[str] = ()
    sensitive: bool = False

    def content(self, **more: Any) -> Content:
        """Raises Invalid."""
        now = clock.iso()
        return Content(
            id=str(uuid.uuid4()),
            slug=slugs.made(self.title, self.type),
            author=self.author,
            type=self.type,
            title=texts.line(self.title, "title", 255),
            description=texts.lines(self.description),
            category=known_category(self.category),
            tags=tags.all_normal(self.tags),
            sensitive=self.sensitive,
            created_at=now,
            updated_at=now,
            trend=trend.score(now, {}),
            **more,
        )


def known_category(category: str) -> str:
    """The id of a category. Raises Invalid."""
    found = categories.find(category) if category else None
    if category and found is None:
        raise Invalid("Invalid categoryId", field="categoryId", constraint="an existing category")
    return found.id if found else ""


# ---- the ways in


def receive(new: NewContent, body: bytes, field: str, *also: Write) -> Content:
    """A content of bytes that are here. Raises Invalid, Forbidden (BANNED_CONTENT), and what `also` refuses."""
    content = new.content()
    looked = making.look(body, field)
    duplicate = likeness.refuse_banned(looked.still.fingerprint, new.author)
    content = replace(content, duplicate_of=duplicate)
    try:
        content = contents.create(making.publish(content, looked, body), *also)
    except MediaError as error:
        leaving.take_away(content)
        raise Invalid(f"Invalid {field}", field=field, constraint=error.message, code=making.UNSUPPORTED) from None
    except BaseException:
        leaving.take_away(content)
        raise
    if content.state == "processing":
        contents.queue(content)
    totals.uploaded()
    return content


def form(account_id: str, filename: str) -> tuple[str, dict[str, str], str]:
    """Where and with which fields to POST a file straight to the bucket, and its key: S3 itself bounds type and size.

    Raises Invalid for a name whose extension we do not take.
    """
    extension = filename.rpartition(".")[2].lower()
    if extension not in SENT_AS or not filename.rpartition(".")[0].strip():
        raise Invalid("Invalid fileName", field="fileName", constraint=f"a name that ends in .{', .'.join(SENT_AS)}")
    mime, most = SENT_AS[extension]
    key = keys.incoming(account_id, extension)
    made = aws.client("s3").generate_presigned_post(
        Bucket=settings.media_bucket,
        Key=key,
        Fields={"Content-Type": mime},
        Conditions=[{"Content-Type": mime}, ["content-length-range", 1, most]],
        ExpiresIn=FORM_SECONDS,
    )
    return made["url"], made["fields"], key


def from_bucket(new: NewContent, key: str) -> Content:
    """A content of what its author has sent to the bucket. Raises Forbidden for anybody else's."""
    if not key.startswith(keys.incoming_prefix(new.author)):
        raise Forbidden("Not your upload", explanation="storageKey is that of an upload of your own")
    used = Conflict("Upload already used", explanation="this storageKey has become a content")
    pk, sk = f"SENT#{key}", "CLAIM"
    found = storage.head(key)
    if found is None and COMMUNITY.get(pk, sk):
        raise used
    if found is None:
        raise Invalid("Invalid storageKey", field="storageKey", constraint="something you have uploaded")
    if found["ContentLength"] > LARGE:
        raise TooLarge(explanation=f"at most {LARGE} bytes")
    once = {"pk": pk, "sk": sk, "expires": int(clock.now()) + CLAIMED}
    content = receive(new, storage.read(key) or b"", "storageKey", Put(once, ABSENT, refusal=used))
    storage.delete([key])
    return content


def from_web(new: NewContent, url: str) -> Content:
    """A content whose picture a worker fetches: it shows in lists when it is here."""
    content = contents.create(new.content(source=url))
    contents.queue(content)
    totals.uploaded()
    return content
