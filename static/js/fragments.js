// A whole page where a part was asked for means that the session ended: the part must not show the sign-in page.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  if (!/^\s*<!doctype/i.test(xhr.responseText.slice(0, 100))) return;
  event.detail.shouldSwap = false;
  const unhandled = target.dispatchEvent(new CustomEvent("uplift:wholePage", { bubbles: true, cancelable: true }));
  if (unhandled) window.location.reload();
});

// What somebody unfolded stays unfolded when a part of the page takes its own place.
(() => {
  let unfolded = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    unfolded = Array.from(event.detail.target.querySelectorAll("details[id][open]"), (details) => details.id);
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
    unfolded = [];
  });
})();
