// The keyboard: j and k go through what a list marks with data-row, Enter opens it, / searches, ? tells of all this.
(() => {
  const PLACES = { i: "/inbox", m: "/models", a: "/audit" };
  let leader = false;

  function isTyping(target) {
    return target.closest("input, textarea, select, [contenteditable]") !== null;
  }

  function rows() {
    return [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
  }

  function step(by) {
    const all = rows();
    if (!all.length) return;
    const here = all.findIndex((row) => row.contains(document.activeElement));
    const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1);
    const link = all[next].querySelector("a[href]") || all[next];
    link.focus();
    link.scrollIntoView({ block: "nearest" });
  }

  const keys = document.getElementById("keys");
  const ACTS = {
    j: () => step(1),
    k: () => step(-1),
    "/": () => document.querySelector("[data-search]")?.focus(),
    "?": () => keys?.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || keys?.open) return;
    if (leader) {
      leader = false;
      if (PLACES[event.key]) location.assign(PLACES[event.key]);
      return;
    }
    if (event.key === "g") {
      leader = true;
      setTimeout(() => (leader = false), 1000);
    } else if (ACTS[event.key]) {
      event.preventDefault();
      ACTS[event.key]();
    }
  });

  for (const button of document.querySelectorAll("[data-shows]")) {
    button.hidden = false;
    button.addEventListener("click", () => document.getElementById(button.dataset.shows)?.showModal());
  }
})();
