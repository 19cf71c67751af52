const RESTING_MILLISECONDS = 150;

const mayMove = matchMedia("(hover: hover) and (prefers-reduced-motion: no-preference)");

/** Let posters of videos move while a mouse is over `target`. Nothing is loaded before. */
export function moveOnHover(target, posters) {
  let timer = null;
  const show = (variant) => {
    for (const poster of posters) showVariant(poster, variant);
  };
  target.addEventListener("pointerenter", ({ pointerType }) => {
    if (!mayMove.matches || pointerType !== "mouse") return;
    timer = setTimeout(() => show("preview"), RESTING_MILLISECONDS);
  });
  target.addEventListener("pointerleave", () => {
    clearTimeout(timer);
    show("thumbnail");
  });
}

/** A video of an early release has no preview: its poster stays. */
function showVariant(poster, variant) {
  const src = poster.getAttribute("src").replace(/\bvariant=\w+/, `variant=${variant}`);
  if (src === poster.getAttribute("src")) return;
  poster.onerror = variant === "preview" ? () => showVariant(poster, "thumbnail") : null;
  poster.setAttribute("src", src);
}
