import { ExperimentView } from "./experiment_view.js";
import { WatchedView } from "./watched_view.js";

/** The page of a campaign's plays, or of one comparison. */
export function watchedPage(query, { open }) {
  const [campaign, comparison] = [query.get("watched"), query.get("comparison")];
  return comparison
    ? new ExperimentView(campaign, comparison)
    : new WatchedView(campaign, { open });
}
