// A link with data-dialog opens its page's fragment in the shell's one dialog. Without this file it opens the page.
(() => {
  const dialog = document.getElementById("dialog");
  let opener = null;

  const plain = (event) => event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;

  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-dialog-close]");
    if (close && dialog.open) {
      event.preventDefault();
      dialog.close();
      return;
    }
    const link = event.target.closest("a[data-dialog]");
    if (!link || event.defaultPrevented || !plain(event)) return;
    event.preventDefault();
    opener = link;
    htmx.ajax("GET", link.href, { source: link, target: dialog, swap: "innerHTML" });
  });

  dialog.addEventListener("htmx:afterSwap", () => {
    if (dialog.open) return;
    opener?.focus();
    dialog.showModal();
  });

  dialog.addEventListener("close", () => {
    dialog.replaceChildren();
    opener = null;
  });

  // What cannot be shown in the dialog (an error, a page that is not a fragment) is opened as a page.
  const openAsPage = () => {
    if (opener) window.location.assign(opener.href);
  };
  for (const name of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(name, (event) => {
      if (event.detail.target === dialog) openAsPage();
    });
  }
  dialog.addEventListener("uplift:wholePage", (event) => {
    event.preventDefault();
    openAsPage();
  });
})();
