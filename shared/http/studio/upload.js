/**
 * Send a form as fetch does, and report the sent share, 0 to 1.
 *
 * fetch itself does not report the progress of an upload.
 */
export function sendingWithProgress(onProgress) {
  return (path, { method, body, signal }) =>
    new Promise((resolve, reject) => {
      const sending = new XMLHttpRequest();
      sending.open(method, path);
      sending.responseType = "blob";
      sending.upload.addEventListener("progress", (event) => onProgress(event.loaded / event.total));
      sending.addEventListener("load", () => resolve(responseOf(sending)));
      for (const name of ["error", "abort"]) sending.addEventListener(name, reject);
      signal.addEventListener("abort", () => sending.abort());
      sending.send(body);
    });
}

function responseOf(sending) {
  const lines = sending.getAllResponseHeaders().trim().split("\r\n");
  const headers = lines.map((line) => /** @type {[string, string]} */ (split(line)));
  return new Response(sending.response, { status: sending.status, headers });
}

function split(line) {
  const [name, ...rest] = line.split(": ");
  return [name, rest.join(": ")];
}
