// In every page of the preview: reloads it after a build, and shows what is wrong with the newest one. Never published.
(function (facts) {
  var box = null;
  function show(text) {
    if (!box) {
      box = document.createElement("section");
      box.id = "xz-problems"; box.lang = facts.lang; box.setAttribute("role", "alert");
      box.style.cssText = "position:fixed;inset:auto 0 0 0;max-height:60vh;overflow:auto;z-index:1000;margin:0;padding:1rem 1.5rem;" +
        "background:#5c1a13;color:#fff;font:14px/1.6 ui-monospace,monospace;border-top:4px solid #ffb4a8;box-shadow:0 -4px 24px #0008";
      box.appendChild(document.createElement("strong")).textContent = facts.title;
      box.appendChild(document.createElement("pre")).style.cssText = "white-space:pre-wrap;margin:.5rem 0 0;color:#fff;background:none";
      document.body.appendChild(box);
    }
    box.querySelector("pre").textContent = text;
  }
  new EventSource(facts.events).onmessage = function (event) {
    var told = JSON.parse(event.data);
    if (told.wrong) show(told.wrong);
    else if (String(told.number) !== facts.number) location.reload();
    else if (box) { box.remove(); box = null; }
  };
})(document.currentScript.dataset);
