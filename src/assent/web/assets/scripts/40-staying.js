// What keeps a page true that stays open: it tells when nobody is signed in any more, and before typed text is lost.
(() => {
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status !== 401 || document.getElementById("signed-out")) return;
    const told = document.createElement("p");
    told.id = "signed-out";
    told.className = "problem";
    told.setAttribute("role", "alert");
    const link = document.createElement("a");
    link.href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
    link.textContent = "Sign in again";
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
})();
