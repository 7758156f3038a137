// Shows the cited words, also when the link came without its fragment, and the way back.
const cited = document.getElementById("cited");
if (cited && !location.hash) cited.scrollIntoView({ block: "center" });
cited?.focus({ preventScroll: true });

const back = document.getElementById("back");
const answer = sessionStorage.getItem(`answer:${location.pathname}`);
back.hidden = !answer?.startsWith("/c/");
if (!back.hidden) back.href = answer;
