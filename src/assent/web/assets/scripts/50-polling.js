// What a page asks for again and again: never while nobody sees it, and never so that somebody loses their place.
(() => {
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.detail.elt.hasAttribute("data-polls")) event.preventDefault();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const list = event.detail.target;
    if (!list?.hasAttribute("data-keeps-focus") || !list.contains(document.activeElement)) return;
    const here = document.activeElement.id;
    // Where the row that has the focus is gone, the list waits until one has left it.
    if (!here || !event.detail.serverResponse.includes(`id="${here}"`)) event.detail.shouldSwap = false;
  });
})();
