import { grouped, kindNames } from "./locale.js";

/** The texts about pictures. */
export const PICTURE_TEXTS = {
  legend: "Pictures",
  tasks: {
    text_to_video: "Words only",
    image_to_video: "First frame",
    first_and_last_frame: "First and last",
    reference_to_video: "References",
  },
  task: "Start from",
  taskHints: {
    text_to_video: "To start from a picture, drop or paste it here, or choose another option.",
    image_to_video: "Each video begins with this picture, such as a product photo.",
    first_and_last_frame: "Each video leads from one picture to the other.",
    reference_to_video: "Each video shows what is in these pictures: a product, a person, a place.",
  },
  taskMissing: (model, task) => `${model} cannot use “${task}”. The pictures stay here, unused.`,
  fields: {
    image: "First frame",
    last_frame: "Last frame",
    reference_images: "References",
  },
  single: { image: "First frame", last_frame: "Last frame", reference_images: "Reference" },
  fieldUpTo: (name, most) => (most > 1 ? `${name} (up to ${most})` : name),
  choose: "Choose a picture",
  chooseSome: "Choose pictures",
  chooseEarlier: "Use an earlier one",
  replace: "Replace it",
  ofField: (field) => ` as ${field.toLowerCase()}`,
  accepted: ({ media_types: types, max_bytes: bytes }) =>
    `Drop, paste or choose a ${kindNames(types)}, up to ${bytes / 1e6} MB.`,
  stored: "Pictures are stored with the videos of this campaign.",
  staysHere: "They are not sent to Google: this installation makes synthetic videos.",
  goesTo: (model, location) => `They are sent to Google: ${model} reads them (${location}).`,
  picture: (field, name) => (name ? `${field}: ${name}` : field),
  sizeOf: ({ width, height }) => `${grouped(width)} × ${grouped(height)}`,
  remove: (field, name) => `Remove ${name ?? "the picture"}: ${field}`,
  removed: "The picture is removed.",
  uploading: (name) => `Uploading ${name}`,
  uploaded: (name) => `${name} is uploaded.`,
  cancelUpload: (name) => `Cancel the upload of ${name}`,
  sending: "The price appears when the pictures are uploaded.",
  earlier: (field) => `Earlier pictures: ${field}`,
  earlierPicture: (size, added) => `${size}, added ${added}`,
  noEarlier: "This campaign has no pictures yet.",
  missing: "Add a picture, or choose “Words only”.",
  takesNone: (model) => `${model} takes no pictures. Choose another model.`,
  tooMany: (most) =>
    ({ 0: "There is no room: remove a picture first.", 1: "There is room for one picture." })[most] ??
    `There is room for ${most} pictures.`,
  tooLarge: (name, size, most) => `${name} has ${size}. The maximum is ${most}.`,
  wrongKind: (name, types) => `${name} is not a ${kindNames(types)}.`,
  secondsOfTask: (seconds) =>
    seconds.length === 1
      ? `With these pictures, clips are ${seconds[0]} s long.`
      : `With these pictures, clips are ${Math.min(...seconds)} to ${Math.max(...seconds)} s long.`,
  madeFrom: "Made from",
  gone: (alt) => `${alt} (not available)`,
};
