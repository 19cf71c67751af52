/** The language of the page. The server chooses it, and with it the modules of texts. */
export const LANGUAGE = document.documentElement.lang;

const LONGEST_LABEL_WORDS = 12;
const integer = new Intl.NumberFormat(LANGUAGE);
const all = new Intl.ListFormat(LANGUAGE);
const either = new Intl.ListFormat(LANGUAGE, { type: "disjunction" });

/** "2,000", or "2.000" in German. */
export function grouped(count) {
  return integer.format(count);
}

/** "1, 2, and 3" */
export function listed(items) {
  return all.format(items.map(String));
}

/** "JPEG or PNG" */
export function kindNames(mediaTypes) {
  return either.format(mediaTypes.map((type) => type.replace(/^.*\//, "").toUpperCase()));
}

/** Seconds as a player shows them: 1:05. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** The beginning of a prompt, for labels. */
export function shortened(prompt) {
  const words = prompt.split(/\s+/, LONGEST_LABEL_WORDS + 1);
  const isLong = words.length > LONGEST_LABEL_WORDS;
  return isLong ? `${words.slice(0, -1).join(" ")}…` : prompt;
}

/** Keep the choice, and load the page in this language. The server reads the cookie. */
export function chooseLanguage(language) {
  document.cookie = `language=${language}; Path=/; Max-Age=31536000; SameSite=Strict`;
  const url = new URL(location.href);
  url.searchParams.delete("lang");
  location.replace(url);
}
