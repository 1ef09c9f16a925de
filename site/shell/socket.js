// What happens, as it happens: one connection for all that a page wants to hear of, made when somebody listens and kept
// as long as anybody does. It comes back by itself, and says how things stand each time: a handler hears the present
// first, and may hear the same twice.

import { changes } from "./session.js";

const FIRST = 1_000, LONGEST = 60_000; // milliseconds to wait before a try; doubled each time
const SIGN_OF_LIFE = 5 * 60_000; // the platform hangs up after ten minutes of silence
const PASSING = ["SERVICE_UNAVAILABLE", "INTERNAL_ERROR", "RATE_LIMIT_EXCEEDED"];

const address = () => `${location.protocol.replace("http", "ws")}//${location.host}/ws`;

// `open` makes the connection; `wait` and `chance` are a test's.
export function socket({ open = () => new WebSocket(address()), wait = setTimeout, chance = Math.random } = {}) {
  const handlers = new Map(); // channel: set of handlers
  let connection = null, pause = FIRST, next = null, over = false;

  function connect() {
    clearTimeout(next);
    next = null;
    const mine = connection = open();
    const of = act => event => { if (connection === mine) act(event); }; // one that was given up has nothing to say
    mine.onopen = of(() => {
      for (const channel of handlers.keys()) say("subscribe", channel);
      live(mine);
    });
    mine.onmessage = of(({ data }) => hear(JSON.parse(data)));
    mine.onclose = of(() => { connection = null; again(); });
  }

  function again() {
    if (over || connection || next || !handlers.size) return;
    next = wait(connect, pause * (0.5 + chance() / 2));
    pause = Math.min(2 * pause, LONGEST);
  }

  function live(mine) {
    wait(() => {
      if (connection !== mine) return;
      mine.send('{"type":"ping"}');
      live(mine);
    }, SIGN_OF_LIFE);
  }

  function say(type, channel) {
    if (connection?.readyState === 1) connection.send(JSON.stringify({ type, channel }));
  }

  function hear(message) {
    const channel = message.channel ?? message.details?.channel;
    if (message.type === "subscribed") pause = FIRST; // it works: the next loss is a first one
    else if (message.type === "error" && PASSING.includes(message.code)) lost();
    else if (channel && message.type !== "unsubscribed") {
      const hearing = [...handlers.get(channel) ?? []];
      if (message.type === "error") handlers.delete(channel); // not for us: asking again would not help
      for (const handle of hearing) handle(message);
    }
  }

  // Begin again, later: who is here has changed, or the platform cannot answer now.
  function lost() {
    hangUp();
    again();
  }

  function hangUp() {
    const old = connection;
    connection = null;
    old?.close();
  }

  const anew = () => { pause = FIRST; lost(); };
  const soon = () => { if (next) connect(); };
  changes.addEventListener("change", anew);
  addEventListener("online", soon);

  return {
    // `handle` gets each message of the channel, and {type: "error", code, message} once if it may not listen. Answers
    // what ends it.
    subscribe(channel, handle) {
      const others = handlers.get(channel);
      handlers.set(channel, (others ?? new Set()).add(handle));
      say("subscribe", channel); // also for one more handler, who is to hear how things stand
      if (!connection && !next && !over) connect();
      return () => {
        const hearing = handlers.get(channel);
        if (!hearing?.delete(handle) || hearing.size) return;
        handlers.delete(channel);
        if (handlers.size) return say("unsubscribe", channel);
        clearTimeout(next);
        next = null;
        hangUp();
      };
    },

    close() {
      over = true;
      changes.removeEventListener("change", anew);
      removeEventListener("online", soon);
      handlers.clear();
      clearTimeout(next);
      hangUp();
    },
  };
}
