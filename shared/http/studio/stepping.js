const FURTHEST_APART = 0.12;

/** Let two players do everything together, from where the first one is. Answer how to end it. */
export function keepInStep(first, second) {
  const stopping = new AbortController();
  mirror(first, second, stopping.signal);
  mirror(second, first, stopping.signal);
  const { signal } = stopping;
  first.addEventListener("timeupdate", () => catchUp(second, first), { signal });
  whenReady(second, signal, () => follow(second, first));
  return () => stopping.abort();
}

function mirror(from, to, signal) {
  const on = (name, does) => from.addEventListener(name, does, { signal });
  on("play", () => play(to));
  on("pause", () => from.ended || to.pause());
  on("seeking", () => align(to, from));
  on("ratechange", () => {
    to.playbackRate = from.playbackRate;
  });
}

function follow(second, first) {
  align(second, first);
  second.playbackRate = first.playbackRate;
  if (!first.paused) play(second);
}

function catchUp(second, first) {
  const isMoving = !first.seeking && !second.seeking && !first.ended && !second.ended;
  if (isMoving) align(second, first);
}

function align(to, from) {
  const place = Math.min(from.currentTime, to.duration || 0);
  if (Math.abs(to.currentTime - place) > FURTHEST_APART) to.currentTime = place;
}

function play(media) {
  // A browser may refuse to play aloud without a click; then only this one stays behind.
  if (media.paused) media.play().catch(() => {});
}

function whenReady(media, signal, does) {
  if (media.readyState >= HTMLMediaElement.HAVE_METADATA) does();
  else media.addEventListener("loadedmetadata", does, { once: true, signal });
}
