/** 128 random bits in hexadecimal digits. */
export function randomId() {
  // Unlike crypto.randomUUID, this works without HTTPS.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
