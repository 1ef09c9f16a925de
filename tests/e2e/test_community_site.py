"""The community in a browser: the wall, publishing, liking, using, reporting, and who keeps order."""

import base64
import os
import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests import memes
from tests.e2e.conftest import PASSWORD, Person

pytestmark = pytest.mark.xdist_group("e2e")
SEED = int.from_bytes(os.urandom(3)) << 8  # nobody has sent these pictures before
DROP = """([name, type, base64]) => {
  const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name, { type, lastModified: 1 }));
  for (const kind of ["dragenter", "dragover", "drop"])
    document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


def send(person: Person, seed: int, **fields: str) -> str:
    """The slug of a new meme."""
    form = {"type": "meme", "title": "A meme", **fields}
    answer = person.http.post("/contents/upload", data=form, files={"file": ("a.png", memes.png(seed))})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["slug"])


def drop(page: Page, name: str, mime: str, body: bytes) -> None:
    page.evaluate(DROP, [name, mime, base64.b64encode(body).decode()])


def sign_in(page: Page, person: Person) -> None:
    page.locator(".bar .enter").click()
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("#sign-in form button.main").click()
    expect(page.locator(".bar .me")).to_be_visible()


def test_somebody_new_publishes_likes_finds_changes_and_deletes(page: Page, tmp_path: Path) -> None:
    word = f"goat{uuid.uuid4().hex[:8]}"
    page.get_by_role("link", name="Community").click()
    expect(page.get_by_role("heading", name="Community", level=1)).to_be_visible()

    picture = tmp_path / "goat.png"
    picture.write_bytes(memes.png(SEED, (640, 480)))
    page.locator(".head input[type=file]").set_input_files(picture)
    expect(page.locator("#sign-in")).to_contain_text("Sign in to publish.")
    page.get_by_role("button", name="Make an account").click()
    page.get_by_label("E-mail").fill(f"{word}@example.com")
    page.get_by_label("User name").fill(word)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("#sign-in form button.main").click()

    dialog = page.locator("#publish")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(dialog.locator(".field .error:visible")).to_have_text("This is needed.")
    dialog.get_by_label("Title").fill(f"L'Été {word} <i>")
    dialog.get_by_label("What can be seen?").fill("A goat in the snow")
    dialog.get_by_label("Tags").fill("a" * 51)
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(dialog.locator(".field .error:visible")).to_have_text("At most 10 tags, of at most 50 letters each.")
    dialog.get_by_label("Tags").fill(f"{word}, #Chèvre")
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("heading", name=f"L'Été {word} <i>")).to_be_visible()
    sight = page.locator(".whole img")
    expect(sight).to_have_attribute("alt", "A goat in the snow")
    assert sight.evaluate("image => image.decode().then(() => image.naturalWidth)") == 640

    heart = page.locator(".meme-deeds .heart")
    heart.click()
    expect(heart).to_have_attribute("aria-pressed", "true")
    expect(heart).to_have_text("1")
    page.get_by_role("button", name="Use").click()
    with page.expect_download() as taken:
        page.locator("#use").get_by_role("link", name="WEBP").click()
    assert taken.value.suggested_filename == f"l-ete-{word}-i.webp"
    page.keyboard.press("Escape")
    expect(page.locator(".facts")).to_contain_text("used once")

    page.get_by_role("button", name="Edit").click()
    page.locator("#edit").get_by_label("Title").fill(f"L'Hiver {word}")
    page.locator("#edit").get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name=f"L'Hiver {word}")).to_be_visible()

    page.locator("a.leave").click()
    search = page.get_by_role("searchbox")
    search.fill(f"hiv {word[:8]}")  # beginnings of words, whatever their accents and their order
    page.wait_for_url(f"**/community?query=hiv+{word[:8]}")
    cards = page.locator(".meme article")
    expect(cards).to_have_count(1)
    expect(cards).to_contain_text(f"L'Hiver {word}")
    page.get_by_role("link", name="New", exact=True).click()
    page.wait_for_url(f"**/community?sort=recent&query=hiv+{word[:8]}")  # another order of what was searched for
    expect(page.get_by_role("link", name="New", exact=True)).to_have_attribute("aria-current", "true")
    expect(search).to_have_value(f"hiv {word[:8]}")
    expect(cards).to_have_count(1)
    search.fill("nothing at all is called so")
    expect(page.get_by_text("Nothing is called")).to_be_visible()

    page.goto("/community")
    page.get_by_role("link", name="My favourites").click()
    expect(cards).to_have_count(1)
    cards.locator(".sight").click()
    page.get_by_role("button", name="Delete").click()
    page.locator("#confirm").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No favourites yet")).to_be_visible()


def test_a_dropped_animation_is_published_and_moves(page: Page, someone: Callable[[str], Person]) -> None:
    ada = someone("ada")
    page.get_by_role("link", name="Community").click()
    sign_in(page, ada)
    drop(page, "notes.txt", "text/plain", b"no picture")
    expect(page.locator(".toast")).to_contain_text("notes.txt: PNG, JPEG, WebP, GIF and WebM are taken.")
    drop(page, "fake.png", "image/png", b"no picture either")
    dialog = page.locator("#publish")
    dialog.get_by_label("Title").fill("Fake")
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(dialog.get_by_role("alert")).to_have_text("This file cannot be read as a picture. Try another one.")
    expect(dialog.get_by_label("Title")).to_have_value("Fake")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    drop(page, "fake.png", "image/png", b"no picture either")
    expect(dialog.get_by_label("Title")).to_have_value("Fake")  # nothing typed is lost
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)

    drop(page, "moves.gif", "image/gif", memes.gif(SEED + 1))
    dialog.get_by_label("Title").fill("It moves")
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("heading", name="It moves")).to_be_visible()
    film = page.locator(".whole video")  # once the worker has made it
    expect(film).to_be_visible()
    page.wait_for_function("document.querySelector('.whole video').currentTime > 0")


def test_the_wall_goes_on_as_one_scrolls_and_is_where_it_was(page: Page, someone: Callable[[str], Person]) -> None:
    ada, tag = someone("ada"), f"wall{SEED}"
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda at: send(ada, SEED + 2 + at, tags=tag, title=f"Number {at}"), range(30)))
    hidden = send(ada, SEED + 40, tags=tag, title="Not for all", sensitive="true")
    page.goto(f"/community?tag={tag}")
    cards = page.locator(".meme article")
    expect(page.locator("h1 + p")).to_have_text("30 memes")
    page.mouse.move(600, 500)
    page.mouse.wheel(0, 20_000)
    expect(cards).to_have_count(30)
    tops = page.evaluate("[...document.querySelectorAll('.meme')].map(card => card.getBoundingClientRect().bottom)")
    assert len({round(top) for top in tops}) > 5  # rows of their own height, none over another

    last = cards.last.locator(".name").inner_text()
    cards.last.locator(".sight").click()
    expect(page.get_by_role("heading", name=last)).to_be_visible()
    page.locator("a.leave").click()
    expect(cards).to_have_count(30)
    expect(cards.last).to_be_in_viewport()

    page.get_by_label("Sensitive ones, too").check()
    expect(page.locator("h1 + p")).to_have_text("31 memes")
    page.goto(f"/community/{hidden}")
    page.get_by_role("button", name="Sensitive: press to see it").click()
    expect(page.locator(".whole .cover")).to_have_count(0)


def test_a_link_that_is_shared_leads_people_to_the_page_and_robots_to_the_preview(
    page: Page, platform: str, someone: Callable[[str], Person]
) -> None:
    ada = someone("ada")
    slug = send(ada, SEED + 41, title="A shared <b>one")
    page.goto(f"/contents/{slug}")
    expect(page.get_by_role("heading", name="A shared <b>one")).to_be_visible()
    assert page.url.endswith(f"/community/{slug}")
    page.get_by_role("link", name=re.compile("ada-")).click()
    expect(page.locator(".person")).to_contain_text("here since")
    robot = httpx.get(f"{platform}/contents/{slug}", headers={"user-agent": "Twitterbot/1.0"}, timeout=60)
    assert 'content="A shared &lt;b&gt;one"' in robot.text
    page.goto("/community/nothing-is-called-so")
    expect(page.get_by_role("heading", name="This meme is not here")).to_be_visible()


def test_what_is_reported_is_decided_and_what_is_banned_does_not_come_back(
    page: Page, administrator: Person, someone: Callable[[str], Person]
) -> None:
    ada, spam = someone("ada"), f"Buy this {uuid.uuid4().hex[:6]}"
    slug = send(ada, SEED + 42, title=spam)
    page.goto(f"/community/{slug}")
    page.get_by_role("button", name="Report").click()
    expect(page.locator("#sign-in")).to_contain_text("Sign in to report it.")
    page.get_by_label("E-mail").fill(administrator.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("#sign-in form button.main").click()
    page.locator("#report").get_by_label("Spam").check()
    page.locator("#report").get_by_label("Tell us more").fill("again & again")
    page.locator("#report").get_by_role("button", name="Report").click()
    expect(page.get_by_text("Thank you: the moderators will look at it")).to_be_visible()

    page.goto("/community/moderation/categories")
    name = f"Animals {uuid.uuid4().hex[:6]}"
    page.get_by_role("button", name="New category").click()
    page.get_by_label("Name").fill(name)
    page.locator("#category").get_by_role("button", name="Save").click()
    expect(page.locator(".sorted")).to_contain_text(name)

    page.get_by_role("link", name="Reports").click()
    row = page.locator(".reports > li").filter(has_text=spam)
    expect(row).to_contain_text("again & again")
    row.get_by_label("Decision").select_option(label="Delete it, and refuse whatever looks like it")
    row.get_by_label("Note").fill("seen often")
    row.get_by_role("button", name="Decide").click()
    expect(row.or_(page.locator(".reports > li").filter(has_text="seen often")).first).to_contain_text(
        "deleted and banned"
    )
    assert ada.http.get(f"/contents/{slug}").status_code == 404

    page.goto("/community")
    expect(page.get_by_role("heading", name="Community", level=1)).to_be_visible()
    drop(page, "again.png", "image/png", memes.png(SEED + 42))
    page.locator("#publish").get_by_label("Title").fill("Once more")
    page.locator("#publish").get_by_label("Category").select_option(label=name)
    page.locator("#publish").get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator("#publish").get_by_role("alert")).to_contain_text("was removed by the moderators before")
