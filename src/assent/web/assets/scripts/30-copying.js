// A button beside lines that are there to be copied.
(() => {
  function arm(within) {
    for (const sample of within.querySelectorAll("[data-copies]:not([data-armed])")) {
      sample.dataset.armed = "";
      const button = document.createElement("button");
      button.type = "button";
      button.className = "small copy";
      button.textContent = "Copy";
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(sample.textContent.trim());
          button.textContent = "Copied";
        } catch {
          getSelection().selectAllChildren(sample);
          button.textContent = "Selected";
        }
        setTimeout(() => (button.textContent = "Copy"), 2000);
      });
      const both = document.createElement("div");
      both.className = "copyable";
      sample.replaceWith(both);
      both.append(button, sample);
    }
  }

  arm(document);
  document.addEventListener("htmx:load", (event) => arm(event.detail.elt));
})();
