/* Small help for people with JavaScript; every page works without it. */
(() => {
  "use strict";

  // Menus close on Escape and on a click elsewhere.
  const openMenus = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    openMenus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    openMenus().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });

  // A second press of a submit button sends nothing; back from the next page it works again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
  });

  // <dialog>-free confirmation: <form data-confirm="…">
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) {
      event.preventDefault();
      delete event.target.dataset.sent;
    }
  }, true);

  // <button data-print>
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  // Without htmx's answer in time a form that loads parts of the page still says that it works.
  document.addEventListener("htmx:beforeRequest", (event) => event.target.setAttribute("aria-busy", "true"));
  document.addEventListener("htmx:afterRequest", (event) => event.target.removeAttribute("aria-busy"));

  // htmx carries the page's CSRF token.
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector('input[name="csrf_token"]');
    if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token.value;
  });
})();
