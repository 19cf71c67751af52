import { element, setText } from "./dom.js";
import { Choice } from "./fields.js";
import { acceptDrops } from "./file_drop.js";
import { modelName } from "./format.js";
import { PictureField } from "./picture_field.js";
import { PICTURE_TEXTS } from "./picture_texts.js";

const WORDS = "text_to_video";
const FIELDS_OF_TASK = {
  [WORDS]: [],
  image_to_video: ["image"],
  first_and_last_frame: ["image", "last_frame"],
  reference_to_video: ["reference_images"],
};
const TASKS = Object.keys(FIELDS_OF_TASK);
const REFERENCES = "reference_images";
const PARAM = /^(image|last_frame|reference_images)(?:\[\d+\])?$/;

/** The pictures from which videos are made: the task, and a field for each kind of picture. */
export class Pictures {
  #fields;
  #task = new Choice({ label: PICTURE_TEXTS.task });
  #wanted = WORDS;
  #note = element("p", { class: "hint" });
  #error = element("p", { class: "error", role: "alert" });
  #model = null;
  #loaded = "{}";
  #onChange;

  /** `onChange` runs when the pictures change, and when an upload begins or ends. */
  constructor({ campaignId, onChange }) {
    this.#onChange = onChange;
    const options = { campaignId, onChange };
    this.#fields = new Map(
      Object.keys(PICTURE_TEXTS.fields).map((name) => [name, new PictureField(name, options)]),
    );
    const fields = [...this.#fields.values()].map((field) => field.root);
    this.root = element(
      "fieldset",
      { class: "section pictures" },
      element("legend", {}, PICTURE_TEXTS.legend),
      this.#task.root,
      ...fields,
      this.#error,
      this.#note,
    );
    this.#task.root.addEventListener("change", () => {
      this.#wanted = this.#task.value;
      this.#show();
      onChange();
    });
  }

  /** What the model makes a video from. */
  get task() {
    return this.#task.value ?? WORDS;
  }

  get isSending() {
    return this.#shown().some((field) => field.isSending);
  }

  /** The fields of a request. */
  get values() {
    const names = FIELDS_OF_TASK[this.task];
    const ids = names.map((name) => [name, this.#fields.get(name).ids]);
    return Object.fromEntries(
      ids
        .filter(([, each]) => each.length)
        .map(([name, each]) => [name, name === REFERENCES ? each : each[0]]),
    );
  }

  /** The values if they differ from the pictures that were loaded, else nothing. */
  get changes() {
    const { values } = this;
    if (JSON.stringify(values) === this.#loaded) return {};
    return Object.keys(values).length ? values : { image: null };
  }

  /** Load the pictures of a video, or of a request. */
  fill(source) {
    for (const [name, field] of this.#fields) {
      field.fill([source[name] ?? []].flat());
    }
    this.#choose(taskOf(source));
    this.#loaded = JSON.stringify(this.values);
  }

  /** Offer what the model can do. */
  offer(model) {
    this.#model = model;
    const tasks = TASKS.filter((task) => model.tasks.includes(task));
    this.#task.offer(
      tasks.map((task) => [task, PICTURE_TEXTS.tasks[task]]),
      WORDS,
    );
    const { max_reference_images: most } = model.inputs;
    for (const [name, field] of this.#fields) {
      field.offer(model.inputs, name === REFERENCES ? most : 1);
    }
    this.#task.root.hidden = tasks.length < 2;
    this.#choose(this.#wanted);
  }

  /** Show errors in the fields. Return whether all are valid and uploaded. */
  check() {
    return !this.isSending && this.#shown().map((field) => field.check()).every(Boolean);
  }

  /** Show an API error at the field it names. Return whether the field is here. */
  showError(param, text) {
    const name = PARAM.exec(param ?? "")?.[1];
    const field = this.#shown().includes(this.#fields.get(name)) && this.#fields.get(name);
    if (field) field.showError(text);
    return Boolean(field);
  }

  clearErrors() {
    for (const field of this.#shown()) field.showError(null);
  }

  /** Take files that are dropped on `target`, or pasted into it. */
  listenTo(target) {
    acceptDrops(target, (files, below) => this.#add([...files], below));
    target.addEventListener("paste", (event) => {
      const { files: pasted, types } = event.clipboardData;
      const files = [...pasted];
      // Office programs put a picture of copied text beside the text.
      if (files.length === 0 || types.includes("text/plain")) return;
      event.preventDefault();
      this.#add(files, event.target);
    });
  }

  /** Add files to the field below the pointer, else to the first one with room. */
  #add(files, below) {
    if (this.#shown().length === 0) this.#chooseForFiles();
    const shown = this.#shown();
    const field =
      shown.find((each) => each.root.contains(below)) ??
      shown.find((each) => each.ids.length === 0) ??
      shown[0];
    setText(this.#error, field ? "" : PICTURE_TEXTS.takesNone(modelName(this.#model.id)));
    field?.add(files);
  }

  #chooseForFiles() {
    const task = TASKS.find((each) => each !== WORDS && this.#model.tasks.includes(each));
    if (!task) return;
    this.#choose(task);
    this.#onChange();
  }

  /** Choose what is wanted if the model can do it; else its pictures stay for another model. */
  #choose(task) {
    this.#wanted = task;
    const isOffered = this.#model.tasks.includes(task);
    this.#task.value = isOffered ? task : WORDS;
    this.#show();
  }

  #show() {
    const shown = this.#shown();
    for (const field of this.#fields.values()) field.root.hidden = !shown.includes(field);
    const isMissing = this.#wanted !== this.task;
    setText(
      this.#task.hint,
      isMissing
        ? PICTURE_TEXTS.taskMissing(modelName(this.#model.id), PICTURE_TEXTS.tasks[this.#wanted])
        : PICTURE_TEXTS.taskHints[this.task],
    );
    setText(this.#note, shown.length ? destinationOf(this.#model) : "");
    setText(this.#error, "");
  }

  #shown() {
    return FIELDS_OF_TASK[this.task].map((name) => this.#fields.get(name));
  }
}

function taskOf({ image, last_frame: lastFrame, reference_images: references = [] }) {
  if (references.length) return "reference_to_video";
  if (lastFrame) return "first_and_last_frame";
  return image ? "image_to_video" : WORDS;
}

/** Where the bytes of a picture go. */
function destinationOf({ id, location, simulated }) {
  const reader = simulated ? PICTURE_TEXTS.staysHere : PICTURE_TEXTS.goesTo(modelName(id), location);
  return `${PICTURE_TEXTS.stored} ${reader}`;
}
