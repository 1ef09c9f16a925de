"""Drawing avatars: squares of our own making, in the sizes that pages show. Each has its own key: caches keep it."""

import io

from shared import ids, storage
from shared.accounts import accounts, avatars
from shared.accounts.accounts import Account
from shared.errors import Invalid
from shared.media.errors import MediaError

SIZES = (512, 128)  # pixels; the first is the one an account names
FOREVER = "public, max-age=31536000, immutable"
LARGEST = 10 << 20  # bytes
KINDS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")  # how a PNG, a JPEG and a WebP begin
WANTED = "a PNG, JPEG or WebP picture"


def put(account: Account, body: bytes) -> Account:
    """Make a picture the account's avatar. Raises Invalid, naming `file`, for what is none."""
    from PIL import Image, ImageOps

    from shared.media.picture import reencoded

    if len(body) > LARGEST:
        raise Invalid("File too large", field="file", constraint="at most 10 MiB")
    if not body.startswith(KINDS):
        raise Invalid("Invalid file", field="file", constraint=WANTED)
    try:
        picture = Image.open(io.BytesIO(reencoded(body)))  # ours by now
    except MediaError as error:
        raise Invalid("Invalid file", field="file", constraint=f"{WANTED}. {error.message}") from None
    folder, name = avatars.prefix(account.id), ids.sortable().lower()
    old = storage.names(folder)
    for size in SIZES:
        out = io.BytesIO()
        ImageOps.fit(picture, (size, size)).save(out, "JPEG", quality=85, optimize=True)
        storage.put(f"{folder}{name}-{size}.jpg", out.getvalue(), "image/jpeg", FOREVER)
    changed = accounts.change(account.id, {"picture": avatars.url_of(f"{folder}{name}-{SIZES[0]}.jpg")})
    storage.delete(folder + one for one in old)
    return changed
