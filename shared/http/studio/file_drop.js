/** Take files that are dropped on `target`; `onFiles` also takes the element below the pointer. */
export function acceptDrops(target, onFiles) {
  const isOver = (event, over) => {
    // Text that is dragged belongs to the field below it.
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    target.classList.toggle("dropping", over);
  };
  target.addEventListener("dragover", (event) => isOver(event, true));
  target.addEventListener("dragleave", (event) => isOver(event, false));
  target.addEventListener("drop", (event) => {
    isOver(event, false);
    if (event.dataTransfer.files.length) onFiles(event.dataTransfer.files, event.target);
  });
}
