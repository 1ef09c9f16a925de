"""Where one stopped is kept: on every pause, in order, and whatever becomes of the line."""

from typing import Any

from tests.site.node import run

# A film that plays to wherever the test says, and a platform whose answers come when the test lets them.
SCENE = """
const { keep } = await load("shell/session.js");
keep({ id: "ada", name: "Ada", renewed: 0 });
const asked = [], waiting = [];
globalThis.fetch = (path, { body, keepalive }) => new Promise(resolve => {
  asked.push({ at: JSON.parse(body).current_time, keepalive: Boolean(keepalive) });
  waiting.push(status => resolve(new Response("{}", { status })));
});
const tick = () => new Promise(resolve => setTimeout(resolve, 5));
const later = () => new Promise(resolve => setTimeout(resolve, 1200)); // as long as a second try takes at most
const answer = async (status = 200) => { waiting.shift()(status); await tick(); };
const video = Object.assign(new EventTarget(), { paused: false, currentTime: 0, duration: 60, played: { length: 1 } });
const playTo = second => { video.currentTime = second; video.dispatchEvent(new Event("timeupdate")); };
const pause = () => { video.paused = true; video.dispatchEvent(new Event("pause")); };
const said = [], ending = new AbortController();
const { keepPlace, settled } = await load("library/place.js");
const save = keepPlace({ file_id: "f", duration: 60 }, video, words => said.push(words), ending.signal);
"""


def scene(script: str) -> Any:
    return run(f"{SCENE}{script}")


def test_it_is_saved_every_five_seconds_of_film() -> None:
    script = "for (const s of [1, 2, 3, 5.9, 6, 7, 11.2]) { playTo(s); if (waiting.length) await answer(); }"
    assert scene(f"{script} tell(asked.map(one => one.at));") == [1, 6, 11.2]


def test_a_pause_right_after_a_save_is_saved_where_it_was() -> None:
    """The page once left this out, the film having moved by less than a quarter of a second since."""
    script = (
        "playTo(20); await answer(); video.currentTime = 20.1; pause(); await answer(); tell(asked.map(one => one.at));"
    )
    assert scene(script) == [20, 20.1]


def test_a_pause_while_a_save_is_under_way_is_saved_after_it() -> None:
    script = """
      playTo(20); video.currentTime = 20.2; pause();
      const before = asked.length;
      await answer(); await answer();
      tell([before, asked.map(one => one.at)]);
    """
    assert scene(script) == [1, [20, 20.2]]


def test_a_pause_that_is_saved_already_asks_for_nothing() -> None:
    assert scene("playTo(20); await answer(); pause(); await tick(); tell(asked.length);") == 1


def test_a_refused_save_is_said_and_the_next_one_takes_it_back() -> None:
    script = "playTo(20); await answer(403); playTo(26); await answer(); tell(said.map(words => Boolean(words)));"
    assert scene(script) == [True, False]


def test_a_save_that_fails_in_passing_is_made_again() -> None:
    script = "playTo(20); await answer(503); pause(); await later(); await answer(); tell([asked.length, said]);"
    assert scene(script) == [2, [""]]


def test_who_leaves_is_saved_at_once_and_nothing_is_saved_after() -> None:
    script = """
      playTo(20); video.currentTime = 22; save(true); ending.abort(); video.currentTime = 0;
      await answer(); await answer(); await settled();
      tell(asked);
    """
    assert scene(script) == [{"at": 20, "keepalive": False}, {"at": 22, "keepalive": True}]


def test_nobody_signed_in_is_asked_for_nothing() -> None:
    assert scene("keep(null); playTo(20); pause(); await tick(); tell(asked);") == []
