import { element, uniqueId } from "./dom.js";
import { grouped } from "./locale.js";
import { WATCHED_TEXTS } from "./watched_texts.js";

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT] = [320, 96];
const BAR_HEIGHT = 12;
// With fewer plays, a rate looks more certain than it is.
const FEW_PLAYS = 30;

/**
 * The part of the plays that saw each moment of a clip, with a table for screen readers.
 *
 * The pointer shows a moment, and a click seeks to it in `media`. Its position is a line.
 */
export class RetentionCurve {
  #retention;
  #seconds;
  #media;
  #cursor = shape("line", { class: "cursor", y1: 0, y2: HEIGHT, visibility: "hidden" });
  #note = element("p", { class: "hint", "aria-hidden": "true" }, WATCHED_TEXTS.curveHint);

  /** `retention` has a part of the plays for each slice of the clip. */
  constructor(retention, { media, seconds, label }) {
    this.#retention = retention;
    this.#seconds = seconds;
    this.#media = media;
    const drawing = shape("svg", {
      class: "curve",
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    });
    const points = steps(retention).join(" ");
    drawing.append(
      shape("line", { class: "half", x1: 0, x2: WIDTH, y1: HEIGHT / 2, y2: HEIGHT / 2 }),
      shape("polygon", { class: "area", points: `0,${HEIGHT} ${points} ${WIDTH},${HEIGHT}` }),
      shape("polyline", { class: "line", points }),
      this.#cursor,
    );
    drawing.addEventListener("pointermove", (event) => this.#point(this.#momentOf(event)));
    drawing.addEventListener("pointerleave", () => this.#point(media.currentTime));
    drawing.addEventListener("click", (event) => this.#seek(this.#momentOf(event)));
    media.addEventListener("timeupdate", () => this.#point(media.currentTime));
    this.root = element(
      "figure",
      { class: "retention" },
      element("p", { class: "hint" }, WATCHED_TEXTS.curveTitle),
      withAxes(drawing, seconds),
      this.#note,
      this.#table(label),
    );
  }

  #momentOf({ clientX, currentTarget }) {
    const { left, width } = currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (clientX - left) / width)) * this.#seconds;
  }

  #seek(moment) {
    this.#media.currentTime = moment;
  }

  #point(moment) {
    const part = moment / this.#seconds;
    const slice = Math.min(this.#retention.length - 1, Math.floor(part * this.#retention.length));
    this.#cursor.setAttribute("x1", part * WIDTH);
    this.#cursor.setAttribute("x2", part * WIDTH);
    this.#cursor.setAttribute("visibility", "visible");
    this.#note.textContent = WATCHED_TEXTS.moment(moment, this.#retention[slice]);
  }

  #table(label) {
    const slice = this.#seconds / this.#retention.length;
    return element(
      "details",
      {},
      element("summary", {}, WATCHED_TEXTS.asTable),
      table(
        `${WATCHED_TEXTS.retention}: ${label}`,
        [WATCHED_TEXTS.second, WATCHED_TEXTS.stillWatching],
        this.#retention.map((value, position) => [
          WATCHED_TEXTS.seconds(position * slice),
          percent(value),
        ]),
      ),
    );
  }
}

/** Rates side by side, each with its 95 % interval and with what it is a rate of. */
export function rateBars(rows, caption) {
  const cells = rows.map(({ label, rate }) => [label, rateCell(rate), grouped(rate.of)]);
  return table(caption, [WATCHED_TEXTS.version, caption, WATCHED_TEXTS.plays], cells);
}

function rateCell(rate) {
  if (rate.value === null) return element("span", { class: "hint" }, WATCHED_TEXTS.nothingYet);
  const words = [WATCHED_TEXTS.likely(rate.low, rate.high), isOfFew(rate) && WATCHED_TEXTS.fewPlays];
  return element(
    "div",
    {},
    element("span", { class: "rate" }, bar(rate), percent(rate.value)),
    element("span", { class: "hint" }, words.filter(Boolean).join(", ")),
  );
}

function isOfFew(rate) {
  return rate.of < FEW_PLAYS;
}

/** Seconds below a curve, and parts of the plays at its side. The table has them for others. */
function withAxes(drawing, seconds) {
  const axis = (kind, marks) =>
    element("div", { class: `axis ${kind}` }, ...marks.map((mark) => element("span", {}, mark)));
  return element(
    "div",
    { class: "plot", "aria-hidden": "true" },
    axis("parts", [1, 0.5, 0].map(percent)),
    drawing,
    axis("moments", [0, seconds / 2, seconds].map(WATCHED_TEXTS.atSecond)),
  );
}

/** "42 %" */
function percent(value) {
  return WATCHED_TEXTS.percent.format(value);
}

function bar(rate) {
  const { value, low, high } = rate;
  const drawing = shape("svg", {
    class: isOfFew(rate) ? "bar few" : "bar",
    viewBox: `0 0 100 ${BAR_HEIGHT}`,
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  });
  const middle = BAR_HEIGHT / 2;
  drawing.append(
    shape("rect", { class: "track", width: 100, height: BAR_HEIGHT }),
    shape("rect", { class: "value", width: 100 * value, height: BAR_HEIGHT }),
    shape("line", { class: "range", x1: 100 * low, x2: 100 * high, y1: middle, y2: middle }),
  );
  return drawing;
}

function table(caption, headings, rows) {
  const id = uniqueId("table");
  const cellsOf = ([first, ...others]) => [
    element("th", { scope: "row" }, first),
    ...others.map((cell) => element("td", {}, cell)),
  ];
  return element(
    "div",
    { class: "scrolled", tabindex: "0", role: "region", "aria-labelledby": id },
    element(
      "table",
      {},
      element("caption", { id }, caption),
      element(
        "thead",
        {},
        element("tr", {}, ...headings.map((text) => element("th", { scope: "col" }, text))),
      ),
      element("tbody", {}, ...rows.map((row) => element("tr", {}, ...cellsOf(row)))),
    ),
  );
}

/** The corners of a line that is level for each slice. */
function steps(values) {
  const width = WIDTH / values.length;
  return values.flatMap((value, position) => {
    const height = HEIGHT * (1 - value);
    return [`${position * width},${height}`, `${(position + 1) * width},${height}`];
  });
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG_NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
