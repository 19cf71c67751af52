import { send } from "./api.js";
import { openDialog } from "./dialogs.js";
import { button, element } from "./dom.js";
import { Field } from "./fields.js";
import { contentPath } from "./player.js";
import { SHARE_TEXTS } from "./share_texts.js";
import { TEXTS } from "./texts.js";

const LINK_SECONDS = 12 * 60 * 60;

/** Show what can be copied to show a video elsewhere: a link that expires, and code of pages. */
export async function share(video) {
  const { body } = await send(`/v1/videos/${video.id}/signed-url`, { ttl_seconds: LINK_SECONDS });
  const status = element("p", { class: "hint", role: "status" });
  const link = textToCopy(body.url, SHARE_TEXTS.link, SHARE_TEXTS.linkHint);
  const code = textToCopy(codeOf(video), SHARE_TEXTS.video, SHARE_TEXTS.videoHint);
  const go = button(SHARE_TEXTS.copyLink, { kind: "primary" });
  await openDialog({
    title: SHARE_TEXTS.title(video.index + 1),
    content: [
      link.root,
      code.root,
      button(SHARE_TEXTS.copy(SHARE_TEXTS.video), {
        kind: "small",
        onclick: () => copy(code, status),
      }),
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

function codeOf(video) {
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
