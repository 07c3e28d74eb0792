// The drawing of a lineage: laid out by dagre, panned and zoomed by mouse, keyboard and buttons. The table beside it
// says the same.
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const WIDTH = 236;
  const HEIGHT = 58;
  const MARGIN = 24;
  const STEP = 60;
  const SIGNS = { recalled: "✕ recalled", quarantined: "✕ quarantined" };
  // What a file for others needs of what the style sheet says.
  const KEPT = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-family", "font-size", "font-weight"];

  function made(name, attributes = {}, text = "") {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text) element.textContent = text;
    return element;
  }

  function cut(text, longest) {
    const letters = [...text];
    return letters.length > longest ? `${letters.slice(0, longest - 1).join("")}…` : text;
  }

  function laidOut(found) {
    const graph = new dagre.graphlib.Graph({ multigraph: true });
    graph.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 72, marginx: MARGIN, marginy: MARGIN });
    graph.setDefaultEdgeLabel(() => ({}));
    found.nodes.forEach((_, place) => graph.setNode(String(place), { width: WIDTH, height: HEIGHT }));
    found.edges.forEach((edge, place) => graph.setEdge(String(edge.from), String(edge.to), {}, String(place)));
    dagre.layout(graph);
    return graph;
  }

  function nodeOf(told, place) {
    const link = made("a", {
      href: told.address,
      class: ["node", told.start ? "is-start" : "", told.mark ? `is-${told.mark}` : ""].join(" ").trim(),
      transform: `translate(${place.x - WIDTH / 2} ${place.y - HEIGHT / 2})`,
    });
    const sign = SIGNS[told.mark];
    const under = [told.kind, sign || told.about].filter(Boolean).join(" · ");
    link.append(
      made("title", {}, [told.kind, told.name, told.about, sign].filter(Boolean).join(", ")),
      made("rect", { width: WIDTH, height: HEIGHT, rx: 8 }),
      made("text", { x: 12, y: 25, class: "name" }, cut(told.name, 24)),
      made("text", { x: 12, y: 44, class: "about" }, cut(under, 30)),
    );
    return link;
  }

  // From the side of one node to the side of another. A long one goes through the middles between its points, each of
  // which bends it.
  function curve(points, source, target) {
    const first = { x: source.x + WIDTH / 2, y: source.y };
    const last = { x: target.x - WIDTH / 2, y: target.y };
    if (points.length < 4) {
      const middle = (first.x + last.x) / 2;
      return `M${first.x} ${first.y}C${middle} ${first.y} ${middle} ${last.y} ${last.x} ${last.y}`;
    }
    const all = [first, ...points.slice(1, -1), last];
    const middles = all.slice(1).map((at, place) => ({ x: (at.x + all[place].x) / 2, y: (at.y + all[place].y) / 2 }));
    const bends = middles.slice(1).map((at, place) => `Q${all[place + 1].x} ${all[place + 1].y} ${at.x} ${at.y}`);
    return `M${first.x} ${first.y}L${middles[0].x} ${middles[0].y}${bends.join("")}L${last.x} ${last.y}`;
  }

  function edgeOf(d, relation) {
    const line = made("path", { d, "marker-end": "url(#graph-arrow)" });
    line.append(made("title", {}, relation));
    const group = made("g", { class: "edge" });
    group.append(line);
    return group;
  }

  function drawing(found) {
    const graph = laidOut(found);
    const svg = made("svg", { xmlns: SVG, role: "group", "aria-label": "The drawing of the lineage" });
    const arrow = made("marker", { id: "graph-arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto" });
    arrow.append(made("path", { d: "M0 0L8 4L0 8z", class: "arrow" }));
    svg.append(arrow);
    for (const each of graph.edges()) {
      const line = curve(graph.edge(each).points, graph.node(each.v), graph.node(each.w));
      svg.append(edgeOf(line, found.edges[Number(each.name)].relation));
    }
    // In the order of the table, which is that of the Tab key.
    found.nodes.forEach((told, place) => svg.append(nodeOf(told, graph.node(String(place)))));
    const { width, height } = graph.graph();
    return { svg, width, height, places: found.nodes.map((_, place) => graph.node(String(place))) };
  }

  // A window onto the drawing: where its left upper corner is, and how much of it one sees.
  class View {
    constructor(box, { svg, width, height }) {
      Object.assign(this, { box, svg, width, height });
      this.fit();
    }

    fit() {
      const whole = Math.min(this.box.clientWidth / this.width, this.box.clientHeight / this.height);
      // Not smaller than one can read: what does not fit is panned to.
      this.scale = Math.min(1, Math.max(whole, 0.7));
      this.centre(this.width / 2, this.height / 2);
    }

    centre(x, y) {
      this.x = x - this.box.clientWidth / this.scale / 2;
      this.y = y - this.box.clientHeight / this.scale / 2;
      this.show();
    }

    pan(right, down) {
      this.x += right / this.scale;
      this.y += down / this.scale;
      this.show();
    }

    zoom(by, atX = this.box.clientWidth / 2, atY = this.box.clientHeight / 2) {
      const next = Math.min(2.5, Math.max(0.1, this.scale * by));
      this.x += atX / this.scale - atX / next;
      this.y += atY / this.scale - atY / next;
      this.scale = next;
      this.show();
    }

    reveal({ x, y }) {
      const wide = this.box.clientWidth / this.scale;
      const high = this.box.clientHeight / this.scale;
      const isIn = x - WIDTH / 2 > this.x && x + WIDTH / 2 < this.x + wide && y - HEIGHT / 2 > this.y && y + HEIGHT / 2 < this.y + high;
      if (!isIn) this.centre(x, y);
    }

    show() {
      const size = [this.box.clientWidth / this.scale, this.box.clientHeight / this.scale];
      this.svg.setAttribute("viewBox", [this.x, this.y, ...size].map((each) => each.toFixed(1)).join(" "));
    }
  }

  function button(sign, label, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "small";
    made.textContent = sign;
    if (label) made.setAttribute("aria-label", label);
    if (label) made.title = label;
    made.addEventListener("click", act);
    return made;
  }

  function save({ svg, width, height }) {
    const copy = svg.cloneNode(true);
    const originals = [svg, ...svg.querySelectorAll("*")];
    [copy, ...copy.querySelectorAll("*")].forEach((element, place) => {
      const look = getComputedStyle(originals[place]);
      for (const name of KEPT) element.setAttribute(name, look.getPropertyValue(name));
      element.removeAttribute("class");
      if (element.hasAttribute("href")) element.setAttribute("href", new URL(element.getAttribute("href"), location.href).href);
    });
    copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
    copy.setAttribute("width", width);
    copy.setAttribute("height", height);
    const ground = made("rect", { width, height, fill: getComputedStyle(svg.parentElement).backgroundColor });
    copy.prepend(ground);
    const address = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = "lineage.svg";
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }

  function armed(box, view, shown) {
    const acts = document.createElement("div");
    acts.className = "graph-acts";
    acts.setAttribute("role", "toolbar");
    acts.setAttribute("aria-label", "The drawing");
    acts.append(
      button("←", "Pan left", () => view.pan(-STEP, 0)),
      button("↑", "Pan up", () => view.pan(0, -STEP)),
      button("↓", "Pan down", () => view.pan(0, STEP)),
      button("→", "Pan right", () => view.pan(STEP, 0)),
      button("+", "Zoom in", () => view.zoom(1.25)),
      button("−", "Zoom out", () => view.zoom(0.8)),
      button("Fit", "", () => view.fit()),
      button("Save as SVG", "", () => save(shown)),
      button("Print", "", () => print()),
    );
    box.before(acts);

    const KEYS = {
      ArrowLeft: () => view.pan(-STEP, 0),
      ArrowRight: () => view.pan(STEP, 0),
      ArrowUp: () => view.pan(0, -STEP),
      ArrowDown: () => view.pan(0, STEP),
      "+": () => view.zoom(1.25),
      "=": () => view.zoom(1.25),
      "-": () => view.zoom(0.8),
      0: () => view.fit(),
    };
    box.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
      event.preventDefault();
      KEYS[event.key]();
    });
    box.addEventListener(
      "wheel",
      (event) => {
        // A wheel alone scrolls the page, as everywhere.
        if (!event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        const at = box.getBoundingClientRect();
        view.zoom(event.deltaY < 0 ? 1.1 : 0.9, event.clientX - at.left, event.clientY - at.top);
      },
      { passive: false },
    );
    let held = null;
    let moved = false;
    box.addEventListener("pointerdown", (event) => {
      held = event.button === 0 ? [event.clientX, event.clientY] : null;
      moved = false;
    });
    box.addEventListener("pointermove", (event) => {
      if (!held) return;
      const [x, y] = held;
      if (!moved && Math.hypot(event.clientX - x, event.clientY - y) < 5) return;
      if (!moved) box.setPointerCapture(event.pointerId);
      moved = true;
      view.pan(x - event.clientX, y - event.clientY);
      held = [event.clientX, event.clientY];
    });
    for (const name of ["pointerup", "pointercancel"]) box.addEventListener(name, () => (held = null));
    // Who drags by a node does not mean to follow it.
    box.addEventListener("click", (event) => moved && event.preventDefault(), true);
    box.addEventListener("dragstart", (event) => event.preventDefault());
    shown.svg.querySelectorAll("a").forEach((link, place) => {
      link.addEventListener("focus", () => link.matches(":focus-visible") && view.reveal(shown.places[place]));
    });
    new ResizeObserver(() => view.show()).observe(box);
  }

  async function draw(box) {
    const told = document.querySelector("[data-graph-told]");
    const answer = await fetch(box.dataset.graph, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const found = await answer.json();
    if (!found.edges.length) {
      told.textContent = "There are no edges to draw.";
      return;
    }
    const shown = drawing(found);
    box.hidden = false;
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", "Drawing: arrow keys pan, plus and minus zoom, 0 fits; the table below says the same");
    box.append(shown.svg);
    const view = new View(box, shown);
    view.reveal(shown.places[0]);
    armed(box, view, shown);
    const more = found.truncated ? " There is more, further away." : "";
    told.textContent = found.left_out
      ? `The nearest ${found.nodes.length} of ${found.nodes.length + found.left_out} nodes are drawn; the table has the rest.${more}`
      : `${found.nodes.length} nodes. Drag to pan, Ctrl and the wheel to zoom; or the keys: arrows, + and −, 0 to fit.${more}`;
  }

  addEventListener("DOMContentLoaded", () => {
    const box = document.querySelector("[data-graph]");
    if (box && typeof dagre !== "undefined") draw(box);
  });
})();
