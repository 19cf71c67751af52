import { connection, readPages } from "./api.js";
import { button, element, showIn, unseen } from "./dom.js";
import { since } from "./format.js";
import { PICTURE_TEXTS } from "./picture_texts.js";
import { TEXTS } from "./texts.js";
import { thumbnail } from "./thumbnails.js";

const PICTURES_PAGE = 12;

/** A button that shows the pictures of a campaign, from which one can be chosen. */
export class EarlierPictures {
  #path;
  #onChoose;
  #pages = 1;
  #mediaTypes = [];
  #list = element("div", { class: "earlier", hidden: true });

  /** `path` is that of the campaign's inputs. `onChoose` takes an input. */
  constructor({ path, label, onChoose }) {
    this.#path = path;
    this.#onChoose = onChoose;
    this.button = button([PICTURE_TEXTS.chooseEarlier, unseen(PICTURE_TEXTS.ofField(label))], {
      kind: "small quiet",
      "aria-expanded": "false",
      onclick: () => this.#open(this.#list.hidden),
    });
    this.#list.role = "group";
    this.#list.ariaLabel = PICTURE_TEXTS.earlier(label);
    this.root = this.#list;
  }

  /** Offer only what the model takes: the clips of videos may be inputs, too. */
  offer({ media_types: types }) {
    this.#mediaTypes = types;
  }

  #open(isOpen) {
    this.#list.hidden = !isOpen;
    this.button.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.#load();
  }

  async #load() {
    try {
      const { data, hasMore } = await readPages(this.#path, { pages: this.#pages, limit: PICTURES_PAGE });
      const usable = data.filter((input) => this.#mediaTypes.includes(input.media_type));
      this.#show(usable, hasMore);
    } catch (error) {
      // A campaign that does not exist yet has no pictures.
      this.#show([], false, error.status === 404 ? PICTURE_TEXTS.noEarlier : error.message);
    }
  }

  #show(inputs, hasMore, text = PICTURE_TEXTS.noEarlier) {
    const ids = inputs.map(({ id }) => id);
    showIn(this.#list, [ids, hasMore, text], () => [
      inputs.length === 0 && element("p", { class: "hint" }, text),
      ...inputs.map((input) => this.#choice(input)),
      hasMore && button(TEXTS.showMore, { kind: "small", onclick: () => this.#showMore() }),
    ]);
  }

  #choice(input) {
    const added = since(input.created_at, connection.now());
    const about = PICTURE_TEXTS.earlierPicture(PICTURE_TEXTS.sizeOf(input), added);
    const choose = () => {
      this.#open(false);
      this.button.focus();
      this.#onChoose(input);
    };
    return element("button", { type: "button", onclick: choose }, thumbnail(input.id, about));
  }

  #showMore() {
    this.#pages += 1;
    this.#load();
  }
}
