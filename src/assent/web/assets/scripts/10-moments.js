// Moments in the reader's own zone; the exact one, in UTC, stays where a mouse rests on it.
(() => {
  const today = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
  const thisYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const before = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });

  function words(at, now) {
    if (at.toDateString() === now.toDateString()) return `today, ${today.format(at)}`;
    return at.getFullYear() === now.getFullYear() ? thisYear.format(at) : before.format(at);
  }

  function localize(within) {
    const now = new Date();
    for (const time of within.querySelectorAll("time[datetime]:not([data-local])")) {
      const at = new Date(time.dateTime);
      if (Number.isNaN(at.getTime())) continue;
      time.textContent = words(at, now);
      time.dataset.local = "";
    }
  }

  localize(document);
  document.addEventListener("htmx:load", (event) => localize(event.detail.elt));
})();
