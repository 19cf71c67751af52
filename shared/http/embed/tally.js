const SLICES = 32;
const COMPLETE_SLICES = 31;
// Faster than this, people search for a moment rather than watch.
const FASTEST_WATCHED = 2;
// How far a position may run ahead of the clock: a browser reports it in steps.
const SLACK_SECONDS = 0.5;
// How near to its end and beginning a clip that loops is seen, and how far a viewer goes back.
const EDGE_SECONDS = 0.25;

/** How much of one view was watched: what the clock and the positions of its player say. */
export class Tally {
  playedMs = 0;
  visibleMs = 0;
  bins = 0;
  loops = 0;
  replays = 0;
  #media;
  #position = null;
  #at = 0;

  constructor(media) {
    this.#media = media;
  }

  /** Count what was played since the last call. A jump counts nothing. */
  sample(isVisible, hasJumped = this.#media.seeking) {
    const { currentTime, duration, loop, playbackRate } = this.#media;
    const [from, now] = [this.#position, performance.now()];
    const reach = ((now - this.#at) / 1000) * playbackRate;
    this.#position = currentTime;
    this.#at = now;
    if (from === null || !(duration > 0)) return;
    const moved = currentTime - from;
    if (!hasJumped && moved > 0 && moved <= reach + SLACK_SECONDS) {
      this.#add(from, currentTime, isVisible);
    }
    if (moved > -EDGE_SECONDS) return;
    const isAtEdge = currentTime <= EDGE_SECONDS && duration - from <= reach + EDGE_SECONDS;
    if (loop && isAtEdge) {
      this.#add(from, duration, isVisible);
      this.loops += 1;
    } else this.replays += 1;
  }

  /** How many of the quarters were watched: one after the other, and all slices of each. */
  get quarters() {
    const isWatched = (slices) => {
      const wanted = 2 ** slices - 1;
      return (this.bins & wanted) === wanted;
    };
    if (countOf(this.bins) >= COMPLETE_SLICES) return 4;
    return [8, 16, 24].filter(isWatched).length;
  }

  #add(from, to, isVisible) {
    const { duration, playbackRate } = this.#media;
    // Slow motion plays no more than the clip has.
    const ms = ((to - from) / Math.max(playbackRate, 1)) * 1000;
    this.playedMs += ms;
    if (isVisible) this.visibleMs += ms;
    if (playbackRate > FASTEST_WATCHED) return;
    const last = Math.min(SLICES, Math.ceil((to / duration) * SLICES));
    for (let slice = Math.floor((from / duration) * SLICES); slice < last; slice += 1) {
      this.bins = (this.bins | (1 << slice)) >>> 0;
    }
  }
}

function countOf(bins) {
  return bins.toString(2).replaceAll("0", "").length;
}
