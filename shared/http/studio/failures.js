/** The slots, including those that are empty because their video failed. */
export function slotsWithFailures(slots, failures) {
  const byIndex = new Map(slots.map((slot) => [slot.index, slot]));
  for (const { index, phase } of failures) {
    if (phase === "cancelled" || byIndex.has(index)) continue;
    byIndex.set(index, { index, current: null, pending: null, historical: [] });
  }
  return [...byIndex.values()].toSorted((one, other) => one.index - other.index);
}

/** The latest failure of a slot, unless a later video exists. */
export function failureOf({ index, current, pending }, failures) {
  const latest = failures.find((video) => video.index === index && video.phase !== "cancelled");
  const isOver = pending || latest?.created_at <= current?.created_at;
  return isOver ? null : (latest ?? null);
}
