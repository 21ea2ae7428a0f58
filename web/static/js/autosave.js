/* <form data-autosave="/address">: what was typed is saved a moment after the last key.
   The answer names the time; a failure is said, and nothing typed is ever lost from the page. */
(() => {
  "use strict";
  const WAIT = 1500;

  const watch = (form) => {
    const line = form.querySelector("[data-autosave-state]");
    let timer = 0;
    let running = false;
    let again = false;
    const say = (words) => { if (line) line.textContent = words || ""; };

    const save = async () => {
      if (running) { again = true; return; }
      running = true;
      try {
        const response = await fetch(form.dataset.autosave, {
          method: "POST",
          body: new FormData(form),
          headers: { Accept: "application/json" },
          credentials: "same-origin",
        });
        const answer = await response.json();
        if (!response.ok) throw new Error(answer.detail || "");
        const version = form.querySelector('input[name="version"]');
        if (version && answer.version) version.value = answer.version;
        if (answer.address && form.dataset.autosave !== answer.address) {
          // a new record has an address of its own from its first saving on
          form.dataset.autosave = answer.address;
          form.action = answer.address;
          window.history.replaceState(null, "", answer.address);
        }
        say(answer.message || form.dataset.saved);
      } catch (error) {
        say(error.message || form.dataset.unsaved);
      } finally {
        running = false;
        if (again) { again = false; save(); }
      }
    };

    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, WAIT); });
    form.addEventListener("submit", () => clearTimeout(timer));
  };

  document.querySelectorAll("form[data-autosave]").forEach(watch);
})();
