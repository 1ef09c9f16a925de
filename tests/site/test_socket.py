"""The page's one connection: it listens again after every loss, keeps itself open, and ends with its last listener."""

from typing import Any

from tests.site.node import run

FAKE = """
const { socket } = await load("shell/socket.js");
const { keep } = await load("shell/session.js");
const made = [], waiting = [], heard = [];
class Fake {
  constructor() { made.push(this); Object.assign(this, { readyState: 0, sent: [], closed: false }); }
  send(text) { const { type, channel } = JSON.parse(text); this.sent.push(channel ? `${type} ${channel}` : type); }
  close() { this.closed = true; this.readyState = 3; }
  opens() { this.readyState = 1; this.onopen(); return this; }
  says(message) { this.onmessage({ data: JSON.stringify(message) }); return this; }
  drops() { this.readyState = 3; this.onclose(); }
}
const wait = (act, milliseconds) => waiting.push({ act, milliseconds });
const pass = () => waiting.splice(0).forEach(({ act }) => act());
const news = socket({ open: () => new Fake(), wait, chance: () => 1 });
const hear = message => heard.push(message);
const last = () => made.at(-1);
"""


def tried(script: str) -> Any:
    return run(FAKE + script)


def test_it_opens_with_its_first_listener_and_closes_with_its_last() -> None:
    script = """
      const before = made.length;
      const first = news.subscribe("download:1", hear), second = news.subscribe("download:2", hear);
      last().opens();
      first(); first();
      const sent = [...last().sent];
      second();
      tell([before, made.length, sent, last().closed]);
    """
    sent = ["subscribe download:1", "subscribe download:2", "unsubscribe download:1"]
    assert tried(script) == [0, 1, sent, True]


def test_a_handler_hears_its_own_channel_and_a_second_one_hears_how_things_stand() -> None:
    script = """
      news.subscribe("download:1", message => heard.push(["first", message.percent]));
      last().opens();
      news.subscribe("download:1", message => heard.push(["second", message.percent]));
      last().says({ type: "subscribed", channel: "download:1" });
      last().says({ type: "progress", channel: "download:1", percent: 1 });
      last().says({ type: "progress", channel: "download:2", percent: 2 });
      last().says({ type: "pong" });
      tell([heard, last().sent]);
    """
    assert tried(script) == [[["first", 1], ["second", 1]], ["subscribe download:1", "subscribe download:1"]]


def test_after_a_loss_it_waits_longer_each_time_and_listens_again() -> None:
    script = """
      news.subscribe("download:1", hear);
      const pauses = [];
      for (let tries = 0; tries < 8; tries++) {
        last().drops();
        pauses.push(waiting.at(-1).milliseconds);
        pass();
      }
      last().opens().says({ type: "subscribed", channel: "download:1" }).drops();
      tell([pauses, last().sent, waiting.at(-1).milliseconds]);
    """
    pauses = [1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000]
    assert tried(script) == [pauses, ["subscribe download:1"], 1000]


def test_the_network_coming_back_is_not_waited_for() -> None:
    script = """
      news.subscribe("download:1", hear);
      last().drops();
      dispatchEvent(new Event("online"));
      dispatchEvent(new Event("online"));
      tell(made.length);
    """
    assert tried(script) == 2


def test_a_sign_of_life_keeps_it_open_every_five_minutes_and_a_lost_one_has_none() -> None:
    script = """
      news.subscribe("download:1", hear);
      const first = last().opens();
      const every = waiting.at(-1).milliseconds;
      pass(); pass();
      first.drops();
      pass();
      tell([every, first.sent, made.length]);
    """
    assert tried(script) == [300_000, ["subscribe download:1", "ping", "ping"], 2]


def test_what_it_may_not_hear_is_told_once_and_not_asked_for_again() -> None:
    script = """
      news.subscribe("download:1", hear);
      news.subscribe("download:2", hear);
      last().opens().says({ type: "error", code: "FORBIDDEN", message: "no", details: { channel: "download:1" } });
      last().drops();
      pass();
      tell([heard.map(message => message.code), last().opens().sent]);
    """
    assert tried(script) == [["FORBIDDEN"], ["subscribe download:2"]]


def test_what_cannot_be_answered_now_is_asked_again_later() -> None:
    script = """
      news.subscribe("download:1", hear);
      const first = last().opens();
      first.says({ type: "error", code: "SERVICE_UNAVAILABLE", message: "", details: { channel: "download:1" } });
      const pause = waiting.at(-1).milliseconds;
      pass();
      tell([first.closed, pause, last() === first, last().opens().sent, heard]);
    """
    assert tried(script) == [True, 1000, False, ["subscribe download:1"], []]


def test_somebody_else_listens_as_themselves() -> None:
    script = """
      news.subscribe("download:1", hear);
      const first = last().opens();
      keep({ id: "ada" });
      pass();
      first.onclose();
      last().opens();
      tell([first.closed, made.length, last().sent, waiting.length]);
    """
    assert tried(script) == [True, 2, ["subscribe download:1"], 1]


def test_closed_is_closed() -> None:
    script = """
      news.subscribe("download:1", hear);
      const first = last().opens();
      news.close();
      keep({ id: "ada" });
      news.subscribe("download:1", hear);
      dispatchEvent(new Event("online"));
      tell([first.closed, made.length]);
    """
    assert tried(script) == [True, 1]
