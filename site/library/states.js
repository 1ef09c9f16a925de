// The states a file can be in: the one list of them, the server's (tests/site/test_states.py compares them).

export const STREAM = ["pending", "ready", "failed", "none"]; // its stream; none: there is nothing to stream in it
export const HASH = ["unknown", "claimed", "verified", "mismatch"]; // the SHA-256 its client named

const [PENDING, , FAILED] = STREAM;
const [, , , MISMATCH] = HASH;

export const isComing = state => state === PENDING;
export const hasFailed = state => state === FAILED;
export const isOver = state => STREAM.includes(state) && !isComing(state);
export const isNotWhatWasPromised = ({ hash_state: state }) => state === MISMATCH;
