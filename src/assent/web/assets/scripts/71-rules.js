// The lines of a text that is typed have numbers beside them; a fault leads to its line. The reader's own zone is offered.
(() => {
  for (const area of document.querySelectorAll("textarea[data-numbered]")) {
    const frame = document.createElement("div");
    const gutter = document.createElement("div");
    frame.className = "with-numbers";
    gutter.className = "gutter";
    gutter.setAttribute("aria-hidden", "true");
    area.before(frame);
    frame.append(gutter, area);
    const number = () => {
      const count = area.value.split("\n").length;
      gutter.textContent = Array.from({ length: count }, (_, each) => each + 1).join("\n");
      gutter.style.height = `${area.clientHeight}px`;
      gutter.scrollTop = area.scrollTop;
    };
    area.addEventListener("input", number);
    area.addEventListener("scroll", () => (gutter.scrollTop = area.scrollTop));
    new ResizeObserver(number).observe(area);
    number();
  }

  for (const link of document.querySelectorAll("a[data-line]")) {
    link.addEventListener("click", (event) => {
      const area = document.querySelector("textarea[data-numbered]");
      if (!area) return;
      event.preventDefault();
      const lines = area.value.split("\n");
      const before = lines.slice(0, Number(link.dataset.line) - 1).join("\n").length;
      const begin = before ? before + 1 : 0;
      area.focus();
      area.setSelectionRange(begin, begin + (lines[Number(link.dataset.line) - 1] || "").length);
      area.scrollTop = (area.scrollHeight * (Number(link.dataset.line) - 4)) / lines.length;
    });
  }

  for (const field of document.querySelectorAll("input[data-zone]")) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (zone && field.value === "UTC") field.value = zone;
  }
})();
