import { ReviewPage } from "./review_page.js";

// The fragment is the secret: no request for this page has it, and no page that a link leads to.
const token = location.hash.slice(1);
const review = new ReviewPage(token, {
  banner: document.getElementById("banner"),
  main: document.getElementById("main"),
  reviewer: document.getElementById("reviewer"),
});
review.start();
addEventListener("hashchange", () => location.reload());
