import { send } from "./api.js";
import { openDialog } from "./dialogs.js";
import { button, element } from "./dom.js";
import { Field } from "./fields.js";
import { shortened } from "./locale.js";
import { contentPath } from "./player.js";
import { REVIEW_LINK_TEXTS } from "./review_link_texts.js";
import { SHARE_TEXTS } from "./share_texts.js";
import { TEXTS } from "./texts.js";

const LINK_SECONDS = 12 * 60 * 60;

/** Show what can be copied to show a video elsewhere: a link that expires, and code of pages. */
export async function share(video, { askForReview }) {
  const { body } = await send(`/v1/videos/${video.id}/signed-url`, { ttl_seconds: LINK_SECONDS });
  const status = element("p", { class: "hint", role: "status" });
  const link = textToCopy(body.url, SHARE_TEXTS.link, SHARE_TEXTS.linkHint);
  const codes = codesOf(video).map(([name, code]) =>
    textToCopy(code, SHARE_TEXTS[name], SHARE_TEXTS[`${name}Hint`]),
  );
  for (const code of codes) code.root.append(copyButton(code, status));
  const go = button(SHARE_TEXTS.copyLink, { kind: "primary" });
  await openDialog({
    title: SHARE_TEXTS.title(video.index + 1),
    content: [
      link.root,
      ...codes.map((code) => code.root),
      element("p", {}, button(REVIEW_LINK_TEXTS.ask, { kind: "small", onclick: askForReview })),
      element(
        "p",
        {},
        element(
          "a",
          { href: contentPath(video.id), target: "_blank", rel: "noopener" },
          TEXTS.openFile,
        ),
      ),
      status,
    ],
    go,
    isFit: async () => {
      await copy(link, status);
      return false;
    },
    answer: () => null,
  });
}

/** Copy the text of a field. Without HTTPS, browsers leave that to the user. */
async function copy(field, status) {
  try {
    await navigator.clipboard.writeText(field.value);
    status.textContent = SHARE_TEXTS.copied;
  } catch {
    field.control.select();
    status.textContent = SHARE_TEXTS.copyByHand;
  }
}

function textToCopy(text, label, hint) {
  const control = element("textarea", { rows: 3, readonly: true, dir: "ltr", spellcheck: "false" });
  const field = new Field(control, { label, hint });
  field.value = text;
  return field;
}

function copyButton(field, status) {
  return button(SHARE_TEXTS.copy(field.label), {
    kind: "small",
    onclick: () => copy(field, status),
  });
}

/** The player counts its plays and follows the live take. The element needs no script. */
function codesOf(video) {
  const plain = ["video", elementOf(video)];
  return video.embed_url ? [["player", playerOf(video)], plain] : [plain];
}

function playerOf({ embed_url: embed, prompt }) {
  const script = new URL("../../embed.js", embed);
  const player = element("showreel-video", { embed, label: shortened(prompt) });
  return `<script src="${script}" async></script>\n${player.outerHTML}`;
}

function elementOf(video) {
  const [width, height] = video.size.split("x");
  const made = element("video", {
    src: video.content_url,
    poster: video.thumbnail_url,
    width,
    height,
    controls: true,
    playsinline: true,
    preload: "none",
  });
  return made.outerHTML;
}
