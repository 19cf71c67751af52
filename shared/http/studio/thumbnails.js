import { button, element } from "./dom.js";
import { PICTURE_TEXTS } from "./picture_texts.js";

const PICTURE_FIELDS = Object.keys(PICTURE_TEXTS.fields);

/** A small view of a picture. One that cannot be read is named instead. */
export function thumbnail(id, alt) {
  const image = element("img", {
    src: `/v1/inputs/${id}/content`,
    alt,
    loading: "lazy",
    width: 72,
    height: 72,
    onerror: () => image.replaceWith(element("span", { class: "gone" }, PICTURE_TEXTS.gone(alt))),
  });
  return image;
}

/** The chosen picture of a field, with its name, its size and a button that removes it. */
export function chosenPicture(picture, { label, onRemove }) {
  const { id, name, width } = picture;
  return element(
    "li",
    {},
    thumbnail(id, PICTURE_TEXTS.picture(label, name)),
    element(
      "span",
      { class: "about" },
      name && element("span", { dir: "auto" }, name),
      width && element("span", { class: "hint" }, PICTURE_TEXTS.sizeOf(picture)),
    ),
    button("", {
      kind: "small quiet",
      icon: "close",
      "aria-label": PICTURE_TEXTS.remove(label, name),
      onclick: () => onRemove(picture),
    }),
  );
}

/** The pictures from which a video was made, each a link to the whole picture; or nothing. */
export function madeFrom(video) {
  const pictures = PICTURE_FIELDS.flatMap((field) =>
    [video[field] ?? []].flat().map((id) => ({ id, label: PICTURE_TEXTS.single[field] })),
  );
  if (pictures.length === 0) return null;
  const links = pictures.map(({ id, label }) =>
    element(
      "a",
      { href: `/v1/inputs/${id}/content`, target: "_blank", rel: "noopener" },
      thumbnail(id, label),
    ),
  );
  return element(
    "div",
    { class: "made-from" },
    element("p", { class: "meta" }, PICTURE_TEXTS.madeFrom),
    element("ul", { class: "thumbs" }, ...links.map((link) => element("li", {}, link))),
  );
}
