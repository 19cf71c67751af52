// What a user of OpenAI's Node SDK does. Prints what it saw, as JSON.

import { createRequire } from "node:module";

const [name, baseURL, folder] = process.argv.slice(2);
const { default: OpenAI } = createRequire(`${folder}/`)("openai");
const { VERSION } = createRequire(`${folder}/`)("openai/version");

const client = new OpenAI({ baseURL, apiKey: "none is needed" });
const { videos } = client;

// A picture of two by two pixels.
const PIXELS =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGM8EaDBwMDAxMDAwMDAAAAPygFEiUmOcwAAAABJRU5ErkJggg==";

async function bytesOf(id, query) {
  const response = await videos.downloadContent(id, query);
  return Buffer.from(await response.arrayBuffer());
}

async function idsOf(page) {
  const ids = [];
  for await (const video of page) ids.push(video.id);
  return ids;
}

async function refusal(call) {
  try {
    await call();
  } catch (error) {
    return [error.constructor.name, error.status, error.code, error.param];
  }
  return [];
}

async function deleteAll(campaign) {
  for (const number of [0, 1, 2, 3, 4]) {
    const doomed = { prompt: `Hopeless ${number}`, seconds: "4", campaign_id: campaign };
    await ended(await videos.create(doomed));
  }
  let deleted = 0;
  for await (const video of videos.list({ limit: 2, campaign_id: campaign })) {
    if ((await videos.delete(video.id)).deleted) deleted += 1;
  }
  return [deleted, (await videos.list({ campaign_id: campaign })).data.length];
}

async function ended(video) {
  for (;;) {
    const latest = await videos.retrieve(video.id);
    if (!["queued", "in_progress"].includes(latest.status)) return latest;
    await new Promise((wait) => setTimeout(wait, 200));
  }
}

const made = await ended(
  await videos.create({
    prompt: "Two lines\nof one prompt",
    seconds: "4",
    size: "1280x720",
    campaign_id: "lines",
  }),
);
const kettle = { prompt: `An unhurried kettle of ${name}`, seconds: "4" };
const own = await videos.create({
  ...kettle,
  metadata: { client: name },
  tags: [name, "shared"],
});
const again = await videos.create(kettle);
const takes = await videos.create({ ...kettle, seed: 1, n: 2 });
const pictured = await videos.create({ ...kettle, input_reference: { image_url: PIXELS } });
const base = await ended(await videos.create({ prompt: `A kettle of ${name}`, seconds: "4" }));
const remixed = await ended(await videos.remix(base.id, { prompt: `A hopeless cup of ${name}` }));
const source = { id: base.id };
const extended = await videos.extend({ prompt: "An unhurried end", seconds: "7", video: source });
const clip = await bytesOf(made.id);
const thumbnail = await bytesOf(made.id, { variant: "thumbnail" });
const sheet = await bytesOf(made.id, { variant: "spritesheet" });
const tagged = await idsOf(videos.list({ limit: 1, tag: name }));
const full = { seconds: "4", campaign_id: "full" };

console.log(
  JSON.stringify({
    version: VERSION,
    made: [made.id, made.status, made.progress],
    retrieved: JSON.stringify(await videos.retrieve(made.id)) === JSON.stringify(made),
    clip: clip.subarray(4, 8).toString("latin1"),
    thumbnail: thumbnail.subarray(0, 3).toString("hex"),
    sheet: sheet.subarray(0, 3).toString("hex"),
    own: [own.id === again.id, own.metadata, own.tags],
    takes: [takes.object, takes.data.length],
    pictured: pictured.image.split("-")[0],
    derived: [
      remixed.remixed_from_video_id === base.id && extended.remixed_from_video_id === base.id,
      remixed.status,
      extended.seconds,
    ],
    tagged: JSON.stringify(tagged) === JSON.stringify([own.id]),
    refused: [
      await refusal(() => videos.create({ prompt: "A kettle", seconds: "12" })),
      await refusal(() => videos.create({ ...full, prompt: "5" })),
      await refusal(() => videos.create({ prompt: "\u200b", seconds: "4" })),
    ],
    deleted: await deleteAll(`gone-${name}`),
    unknown: await refusal(() => videos.retrieve("video_lines.0123456789abcdef")),
  }),
);
