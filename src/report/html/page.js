"use strict";
// Filters what is on the page already; the page is whole without it. The choice stands in the address,
// so a filtered view can be sent on.
(() => {
  const form = document.querySelector(".filter");
  const shown = document.querySelector(".shown");
  const findings = [...document.querySelectorAll(".finding")];
  const files = [...document.querySelectorAll(".file")];
  const rank = ["low", "medium", "high", "critical"];
  if (!form || !findings.length) return;

  const texts = new Map();
  const text = (finding) => {
    if (!texts.has(finding)) {
      texts.set(finding, (finding.textContent + " " + finding.parentElement.querySelector("h3").textContent).toLowerCase());
    }
    return texts.get(finding);
  };

  const apply = () => {
    const { state, severity, rule, stage, q } = Object.fromEntries(new FormData(form));
    const words = q.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const finding of findings) {
      const own = finding.dataset;
      const fits = (!state || own.state === state)
        && (!severity || rank.indexOf(own.severity) >= rank.indexOf(severity))
        && (!rule || own.rule === rule)
        && (!stage || own.stage === stage)
        && words.every((word) => text(finding).includes(word));
      finding.hidden = !fits;
      count += fits;
    }
    for (const file of files) file.hidden = !file.querySelector(".finding:not([hidden])");
    shown.textContent = count === findings.length ? "" : `${count} of ${findings.length} findings shown`;
  };

  const remember = () => {
    const chosen = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    history.replaceState(null, "", chosen.size ? `#${chosen}` : location.pathname + location.search);
  };

  const recall = () => {
    if (!location.hash.includes("=")) return;
    for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
      const field = form.elements.namedItem(name);
      if (field) field.value = value;
    }
  };

  form.addEventListener("input", () => { apply(); remember(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { apply(); remember(); }));
  addEventListener("hashchange", () => { recall(); apply(); });
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((part) => { part.open = true; }));
  form.hidden = false;
  recall();
  apply();
})();
