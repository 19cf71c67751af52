import { grouped, kindNames } from "../locale.js";

/** @type {typeof import("../picture_texts.js").PICTURE_TEXTS} */
export const PICTURE_TEXTS = {
  legend: "Bilder",
  tasks: {
    text_to_video: "Nur Worte",
    image_to_video: "Erstes Bild",
    first_and_last_frame: "Erstes und letztes",
    reference_to_video: "Vorlagen",
  },
  task: "Ausgehen von",
  taskHints: {
    text_to_video:
      "Um von einem Bild auszugehen, legen Sie es hier ab, fügen Sie es ein, oder wählen Sie eine andere Möglichkeit.",
    image_to_video: "Jedes Video beginnt mit diesem Bild, etwa einem Produktfoto.",
    first_and_last_frame: "Jedes Video führt von einem Bild zum anderen.",
    reference_to_video:
      "Jedes Video zeigt, was auf diesen Bildern ist: ein Produkt, eine Person, einen Ort.",
  },
  taskMissing: (model, task) =>
    `${model} kann „${task}“ nicht verwenden. Die Bilder bleiben hier, unbenutzt.`,
  fields: {
    image: "Erstes Bild",
    last_frame: "Letztes Bild",
    reference_images: "Vorlagen",
  },
  single: { image: "Erstes Bild", last_frame: "Letztes Bild", reference_images: "Vorlage" },
  fieldUpTo: (name, most) => (most > 1 ? `${name} (bis zu ${most})` : name),
  choose: "Bild wählen",
  chooseSome: "Bilder wählen",
  chooseEarlier: "Ein früheres verwenden",
  replace: "Ersetzen",
  ofField: (field) => ` – ${field}`,
  accepted: ({ media_types: types, max_bytes: bytes }) =>
    `${kindNames(types)} ablegen, einfügen oder wählen, bis ${grouped(bytes / 1e6)} MB.`,
  stored: "Bilder werden bei den Videos dieser Kampagne gespeichert.",
  staysHere: "An Google werden sie nicht gesendet: Diese Installation erzeugt künstliche Videos.",
  goesTo: (model, location) => `An Google werden sie gesendet: ${model} liest sie (${location}).`,
  picture: (field, name) => (name ? `${field}: ${name}` : field),
  sizeOf: ({ width, height }) => `${grouped(width)} × ${grouped(height)}`,
  remove: (field, name) => `${name ?? "Bild"} entfernen: ${field}`,
  removed: "Das Bild ist entfernt.",
  uploading: (name) => `${name} wird hochgeladen`,
  uploaded: (name) => `${name} ist hochgeladen.`,
  cancelUpload: (name) => `Hochladen von ${name} abbrechen`,
  sending: "Der Preis erscheint, wenn die Bilder hochgeladen sind.",
  earlier: (field) => `Frühere Bilder: ${field}`,
  earlierPicture: (size, added) => `${size}, hinzugefügt ${added}`,
  noEarlier: "Diese Kampagne hat noch keine Bilder.",
  missing: "Fügen Sie ein Bild hinzu, oder wählen Sie „Nur Worte“.",
  takesNone: (model) => `${model} nimmt keine Bilder. Wählen Sie ein anderes Modell.`,
  tooMany: (most) =>
    ({
      0: "Es ist kein Platz: Entfernen Sie zuerst ein Bild.",
      1: "Es ist Platz für ein Bild.",
    })[most] ?? `Es ist Platz für ${most} Bilder.`,
  tooLarge: (name, size, most) => `${name} hat ${size}. Das Maximum ist ${most}.`,
  wrongKind: (name, types) => `${name} ist kein ${kindNames(types)}.`,
  secondsOfTask: (seconds) =>
    seconds.length === 1
      ? `Mit diesen Bildern sind Clips ${seconds[0]} s lang.`
      : `Mit diesen Bildern sind Clips ${Math.min(...seconds)} bis ${Math.max(...seconds)} s lang.`,
  madeFrom: "Gemacht aus",
  gone: (alt) => `${alt} (nicht verfügbar)`,
};
