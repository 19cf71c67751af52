const FURTHEST_APART = 0.12;
const SAME_PLACE = 0.03;

/** Synchronize two players from the first one's position. Return the function that ends it. */
export function keepInStep(first, second) {
  const stopping = new AbortController();
  const { signal } = stopping;
  const sent = new Map();

  const send = (to, from) => {
    const place = Math.min(from.currentTime, to.duration || 0);
    if (Math.abs(to.currentTime - place) <= FURTHEST_APART) return;
    sent.set(to, place);
    to.currentTime = place;
  };
  // A seek made by synchronization must not be sent back.
  const wasSent = (media) => Math.abs(media.currentTime - sent.get(media)) < SAME_PLACE;

  const mirror = (from, to) => {
    from.addEventListener("play", () => play(to), { signal });
    from.addEventListener("pause", () => from.ended || to.pause(), { signal });
    from.addEventListener("seeking", () => wasSent(from) || send(to, from), { signal });
    from.addEventListener("ratechange", () => takeRate(to, from), { signal });
  };
  mirror(first, second);
  mirror(second, first);
  first.addEventListener("timeupdate", () => isMoving(first, second) && send(second, first), {
    signal,
  });
  whenReady(second, signal, () => {
    send(second, first);
    takeRate(second, first);
    if (!first.paused) play(second);
  });
  return () => stopping.abort();
}

function isMoving(...players) {
  return players.every((media) => !media.seeking && !media.ended);
}

function play(media) {
  // The browser may refuse to play with sound without a click; then only this player stays paused.
  if (media.paused) media.play().catch(() => {});
}

function takeRate(to, from) {
  if (to.playbackRate !== from.playbackRate) to.playbackRate = from.playbackRate;
}

function whenReady(media, signal, does) {
  if (media.readyState >= HTMLMediaElement.HAVE_METADATA) does();
  else media.addEventListener("loadedmetadata", does, { once: true, signal });
}
