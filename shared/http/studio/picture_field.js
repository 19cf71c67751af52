import { upload } from "./api.js";
import { button, element, setText, showIn, uniqueId, unseen } from "./dom.js";
import { EarlierPictures } from "./earlier_pictures.js";
import { size } from "./format.js";
import { PICTURE_TEXTS } from "./picture_texts.js";
import { TEXTS } from "./texts.js";
import { chosenPicture } from "./thumbnails.js";

/** One field with pictures: what is chosen, and how to upload or choose more. */
export class PictureField {
  #label;
  #single;
  #path;
  #onChange;
  #limits = null;
  #most = 1;
  #pictures = [];
  #sending = null;
  #failure = null;
  #legend = element("legend");
  #thumbs = element("ul", { class: "thumbs" });
  #file = element("input", { type: "file", hidden: true });
  #chooseLabel = element("span");
  #choose;
  #earlier;
  #upload = element("div", { class: "upload", hidden: true });
  #news = element("span", { class: "unseen", role: "status" });
  #hint = element("p", { class: "hint", id: uniqueId("hint") });
  #error = element("p", { class: "error", role: "alert", id: uniqueId("error") });

  /** `onChange` runs when the pictures change, and when an upload begins or ends. */
  constructor(name, { campaignId, onChange }) {
    this.#label = PICTURE_TEXTS.fields[name];
    this.#single = PICTURE_TEXTS.single[name];
    this.#path = `/v1/campaigns/${campaignId}/inputs`;
    this.#onChange = onChange;
    this.#choose = button([this.#chooseLabel, unseen(PICTURE_TEXTS.ofField(this.#label))], {
      kind: "small",
      icon: "plus",
      onclick: () => this.#file.click(),
    });
    this.#earlier = new EarlierPictures({
      path: this.#path,
      label: this.#label,
      onChoose: (input) => this.#take(input),
    });
    this.root = element(
      "fieldset",
      { class: "field", "aria-describedby": `${this.#hint.id} ${this.#error.id}` },
      this.#legend,
      this.#thumbs,
      this.#upload,
      element("div", { class: "actions" }, this.#choose, this.#earlier.button, this.#file),
      this.#earlier.root,
      this.#hint,
      this.#error,
      this.#news,
    );
    this.#file.addEventListener("change", () => {
      const files = [...this.#file.files];
      this.#file.value = "";
      this.add(files);
    });
  }

  get ids() {
    return this.#pictures.map(({ id }) => id);
  }

  get isSending() {
    return this.#sending !== null;
  }

  /** Limit the field to what the model takes. */
  offer(limits, most) {
    [this.#limits, this.#most] = [limits, most];
    setText(this.#legend, PICTURE_TEXTS.fieldUpTo(this.#label, most));
    setText(this.#hint, PICTURE_TEXTS.accepted(limits));
    this.#earlier.offer(limits);
    this.#file.accept = limits.media_types.join();
    this.#file.multiple = most > 1;
    this.#show();
  }

  fill(ids) {
    this.#pictures = ids.map((id) => this.#pictures.find((known) => known.id === id) ?? { id });
    this.#show();
  }

  /** Show an error if there are too few or too many pictures. Return whether all is well. */
  check() {
    const count = this.#pictures.length;
    if (!count) this.showError(PICTURE_TEXTS.missing);
    else this.showError(count > this.#most ? PICTURE_TEXTS.tooMany(this.#most) : null);
    return count > 0 && count <= this.#most;
  }

  /** Show an error, unless an upload has just failed. */
  showError(text) {
    setText(this.#error, this.#failure ?? text ?? "");
  }

  /** Upload files. The one picture of a field is replaced. */
  async add(files) {
    if (this.isSending) return;
    this.#failure = this.#problemOf(files);
    this.showError(null);
    if (this.#failure) return;
    const sending = new AbortController();
    this.#sending = sending;
    this.#onChange();
    try {
      for (const file of files) await this.#send(file, sending);
    } catch (error) {
      if (!sending.signal.aborted) this.#failure = error.message;
    }
    this.#sending = null;
    this.#closeUpload();
    this.showError(null);
    this.#onChange();
  }

  #problemOf(files) {
    const { media_types: types, max_bytes: most } = this.#limits;
    const room = this.#most === 1 ? 1 : this.#most - this.#pictures.length;
    if (files.length > room) return PICTURE_TEXTS.tooMany(room);
    const wrong = files.find((file) => file.type && !types.includes(file.type));
    if (wrong) return PICTURE_TEXTS.wrongKind(wrong.name, types);
    const large = files.find((file) => file.size > most);
    return large ? PICTURE_TEXTS.tooLarge(large.name, size(large.size), size(most)) : null;
  }

  async #send(file, sending) {
    const text = PICTURE_TEXTS.uploading(file.name);
    const bar = element("progress", { max: 1, "aria-label": text });
    const cancel = button(TEXTS.cancel, {
      kind: "small quiet last",
      "aria-label": PICTURE_TEXTS.cancelUpload(file.name),
      onclick: () => sending.abort(),
    });
    const line = element("div", { class: "row" }, element("span", { class: "meta" }, text), cancel);
    this.#upload.replaceChildren(line, bar);
    this.#upload.hidden = false;
    const onProgress = (share) => {
      bar.value = share;
    };
    const { body } = await upload(this.#path, file, { onProgress, signal: sending.signal });
    this.#take({ ...body, name: file.name });
    setText(this.#news, PICTURE_TEXTS.uploaded(file.name));
  }

  #closeUpload() {
    const hadFocus = this.#upload.contains(document.activeElement);
    this.#upload.hidden = true;
    if (hadFocus) this.#choose.focus();
  }

  #take(picture) {
    const others = this.#most === 1 ? [] : this.#pictures.filter(({ id }) => id !== picture.id);
    if (others.length >= this.#most) {
      this.#failure = PICTURE_TEXTS.tooMany(0);
      this.showError(null);
      return;
    }
    this.#pictures = [...others, picture];
    this.#failure = null;
    this.#show();
    this.#onChange();
  }

  #remove(picture) {
    this.#pictures = this.#pictures.filter((each) => each !== picture);
    this.#failure = null;
    this.#show();
    this.#choose.focus();
    setText(this.#news, PICTURE_TEXTS.removed);
    this.#onChange();
  }

  #show() {
    const options = { label: this.#single, onRemove: (picture) => this.#remove(picture) };
    showIn(this.#thumbs, this.#pictures, () =>
      this.#pictures.map((picture) => chosenPicture(picture, options)),
    );
    this.#thumbs.hidden = this.#pictures.length === 0;
    setText(this.#chooseLabel, chooseText(this.#most, this.#pictures.length));
  }
}

function chooseText(most, count) {
  if (most > 1) return PICTURE_TEXTS.chooseSome;
  return count ? PICTURE_TEXTS.replace : PICTURE_TEXTS.choose;
}
