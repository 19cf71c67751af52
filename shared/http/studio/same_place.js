/** Resolve the service's own URLs against the page's origin, which a proxy may change. */
export function samePlace(url) {
  const { pathname, search } = new URL(url);
  return pathname.startsWith("/local-bucket/") ? pathname + search : url;
}
