// What keeps a page true that stays open: it tells when nobody is signed in any more, and before typed text is lost.
(() => {
  const KEPT = "assent-unsent";
  const WHO = "assent-who";
  const NOT_KEPT = ["csrf_token", "digest", "reviewed", "username"];

  function kept() {
    try {
      return JSON.parse(sessionStorage.getItem(KEPT) || "[]");
    } catch {
      return [];
    }
  }

  function keep(forms) {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(forms));
      return true;
    } catch {
      return false;
    }
  }

  function leadsTo(form) {
    return decodeURIComponent(new URL(form.getAttribute("action"), location.href).pathname);
  }

  // Who signs in after somebody else in the same tab finds nothing of theirs.
  function forgetOthers(who) {
    try {
      if (sessionStorage.getItem(WHO) !== who) sessionStorage.removeItem(KEPT);
      sessionStorage.setItem(WHO, who);
    } catch {
      // Then nothing is kept either.
    }
  }

  // What was typed while nobody was signed in any more goes back into its form; it is for them to send it again.
  function giveBack() {
    const forms = [...document.querySelectorAll('form[method="post"]')];
    const left = kept().filter(({ to, fields }) => {
      const form = forms.find((each) => leadsTo(each) === to);
      if (form) fill(form, fields);
      return !form;
    });
    keep(left);
  }

  function fill(form, fields) {
    for (const [name, text] of Object.entries(fields)) {
      const field = form.elements.namedItem(name);
      if (field && !["password", "checkbox", "file"].includes(field.type)) field.value = text;
    }
    for (let fold = form.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    const told = document.createElement("p");
    told.className = "notice";
    told.setAttribute("role", "status");
    told.textContent = "What you typed is here again. It has not been sent yet.";
    form.prepend(told);
    form.querySelector("textarea, input:not([type=hidden])")?.focus();
    typed.add(form);
  }

  function keepTyped() {
    const forms = [...typed].filter((form) => form.isConnected);
    const told = forms.map((form) => {
      const isTold = ([name]) => !NOT_KEPT.includes(name) && form.elements.namedItem(name)?.type !== "password";
      return { to: leadsTo(form), fields: Object.fromEntries([...new FormData(form)].filter(isTold)) };
    });
    if (told.length && keep(told)) typed.clear();
  }

  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status !== 401 || document.getElementById("signed-out")) return;
    const told = document.createElement("p");
    told.id = "signed-out";
    told.className = "problem";
    told.setAttribute("role", "alert");
    const link = document.createElement("a");
    link.href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
    link.textContent = "Sign in again";
    link.addEventListener("click", keepTyped);
    told.append("You are signed out, and this page is not kept up to date any more. ", link);
    document.getElementById("content")?.prepend(told);
  });

  const typed = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.closest('form[method="post"]');
    if (form) typed.add(form);
  });
  document.addEventListener("submit", () => typed.clear());
  window.addEventListener("beforeunload", (event) => {
    const isLost = [...typed].some(
      (form) => form.isConnected && [...form.querySelectorAll("textarea")].some((area) => area.value !== area.defaultValue),
    );
    if (isLost) event.preventDefault();
  });

  if (document.body.dataset.who) forgetOthers(document.body.dataset.who);
  const left = document.querySelector("[data-unsent]");
  if (left && keep([{ to: left.dataset.unsentTo, fields: JSON.parse(left.dataset.unsent) }])) {
    left.querySelector("[data-unsent-told]").textContent = "What you typed is put back into its form once you are signed in.";
  } else if (!left) giveBack();
})();
