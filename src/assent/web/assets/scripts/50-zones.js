// Beside a field for a moment in UTC: what that is in the reader's own zone.
(() => {
  const words = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });

  for (const told of document.querySelectorAll("[data-in-my-zone]")) {
    const field = told.closest("form")?.elements[told.dataset.inMyZone];
    if (!field) continue;
    const tell = () => {
      const at = new Date(`${field.value}Z`);
      told.hidden = Number.isNaN(at.getTime());
      told.textContent = told.hidden ? "" : `For you that is ${words.format(at)}.`;
    };
    field.addEventListener("input", tell);
    tell();
  }
})();
