// The search: entries that the build wrote, ranked here. It needs no server and reads no other page.
"use strict";

(() => {
  // Words that readers use for what the course calls otherwise.
  const SYNONYMS = {
    gpu: "device cuda", cuda: "device", minimiser: "optimizer", solver: "optimizer",
    derivative: "gradient", differentiate: "derivative", autodiff: "automatic differentiation autograd",
    dataloader: "batch loader", minibatch: "batch", stepsize: "learning rate", lr: "learning rate",
    cnn: "convolutional convolution", conv: "convolution", mlp: "network layer", nan: "diverge",
    seed: "reproducibility", random: "seed reproducibility", deterministic: "reproducibility",
    array: "numpy", ndarray: "numpy", dimension: "shape", dim: "shape", reshape: "view shape",
    explode: "diverge", diverging: "diverge", weight: "parameter", neuron: "layer", image: "digit mnist",
    classify: "classifier digit", classification: "classifier digit loss", regression: "sine line fit",
    checkpoint: "checkpoint save", notebook: "download", pdf: "download", offline: "download",
    syllabus: "syllabus plan", teacher: "instructor", teach: "instructor", deprecated: "changed",
    scheduler: "schedule", handwriting: "digit mnist", dtype: "type convert", cast: "convert",
    memory: "share view", copy: "share view", backprop: "backpropagation backward",
    bug: "silent bug", debug: "silent bug", jacobian: "jacobian",
  };
  const STOP = new Set("a an the of to in on for is are do does how what why when my i it and or with not be can by from that this at as".split(" "));
  const WEIGHT = { lesson: 1.7, "in lesson": 1.25, glossary: 0.75, exercise: 0.6, reference: 1, page: 0.6, "in page": 0.35 };
  const FIELDS = [12, 4, 2, 1]; // title, headings, names in code, text

  function stem(word) {
    return word
      .replace(/is(e|es|ed|er|ers|ing|ation)$/, "iz$1")
      .replace(/our$/, "or")
      .replace(/(ll)(ing|ed)$/, "l$2")
      .replace(/(izations?|izers?|ized|izes|izing|ize)$/, "iz")
      .replace(/(abilit|ibilit)(y|ies)$|(able|ible)s?$/, "")
      .replace(/(ies)$/, "y")
      .replace(/(?<=\w{3})(ing|ed|es|s)$/, "")
      .replace(/(?<=\w{3})e$/, "");
  }

  // CrossEntropyLoss is three words and one; so are zero_grad and batch-norm.
  function words(text) {
    const found = [];
    for (const part of text.match(/[\p{L}\d_]+/gu) || []) {
      const split = part.replace(/([a-z\d])([A-Z])/g, "$1 $2").replace(/_/g, " ").toLowerCase().trim().split(/\s+/);
      found.push(...split);
      if (split.length > 1) found.push(part.toLowerCase().replace(/_/g, ""));
    }
    return found.map(stem);
  }

  function nearly(a, b) {
    if (Math.abs(a.length - b.length) > 1) return false;
    let i = 0;
    while (i < a.length && a[i] === b[i]) i++;
    if (a.length === b.length) {
      return a.slice(i + 1) === b.slice(i + 1)
        || (a[i] === b[i + 1] && a[i + 1] === b[i] && a.slice(i + 2) === b.slice(i + 2));
    }
    return a.length > b.length ? a.slice(i + 1) === b.slice(i) : a.slice(i) === b.slice(i + 1);
  }

  function add({ rows, known }, [kind, title, uri, text, names, note, heads]) {
    const place = rows.length;
    const fields = [words(title), words(heads), words(names), words(text)];
    fields.forEach((field, level) => {
      for (const word of level < 2 ? new Set(field) : field) {
        if (!known.has(word)) known.set(word, new Map());
        const places = known.get(word);
        places.set(place, (places.get(place) || 0) + FIELDS[level]);
      }
    });
    rows.push({ kind, title, uri, note, plain: fields[0].join(" "), length: fields[0].length });
  }

  // An index: rows, and for each word the weight that it has in which row.
  function makeIndex(entries) {
    const index = { rows: [], known: new Map() };
    for (const entry of entries) add(index, entry);
    return index;
  }

  function find(index, query) {
    const plain = words(query);
    const asked = plain.filter((word) => !STOP.has(word));
    const terms = (asked.length ? asked : plain).map((word) => [word, 1]);
    const raw = query.toLowerCase().match(/[a-z_]+/g) || [];
    for (const word of raw) {
      const more = SYNONYMS[word] || SYNONYMS[word.replace(/s$/, "")];
      if (more) terms.push(...words(more).map((other) => [other, 0.45]));
    }
    const total = index.rows.length;
    const scores = new Map();
    const matched = new Map();
    for (const [word, weight] of terms) {
      let hits = [[word, 1]];
      if (!index.known.has(word)) {
        hits = [...index.known.keys()].filter((other) =>
          word.length > 3 && (nearly(word, other) || (other.startsWith(word) && other.length < word.length + 5)),
        ).map((other) => [other, 0.7]);
      }
      const best = new Map();
      for (const [other, closeness] of hits) {
        const places = index.known.get(other);
        if (!places) continue;
        const rare = Math.log(1 + total / places.size);
        for (const [place, strength] of places) {
          best.set(place, Math.max(best.get(place) || 0, strength * rare * closeness * weight));
        }
      }
      for (const [place, score] of best) {
        scores.set(place, (scores.get(place) || 0) + score);
        if (weight === 1) matched.set(place, (matched.get(place) || 0) + 1);
      }
    }
    const wanted = plain.join(" ");
    const full = terms.filter(([, weight]) => weight === 1).length;
    return [...scores]
      .map(([place, score]) => {
        const row = index.rows[place];
        const kind = row.kind.replace(/ [\d.]+$/, "");
        const share = full ? (matched.get(place) || 0) / full : 1;
        let value = score * (WEIGHT[kind] || 0.7) * (0.25 + share * share) / (1 + 0.06 * row.length);
        if (row.plain === wanted) value *= kind === "glossary" ? 1.2 : 2;
        else if (` ${row.plain} `.includes(` ${wanted} `)) value *= 1.5;
        return { ...row, value };
      })
      .sort((a, b) => b.value - a.value || a.title.localeCompare(b.title))
      .slice(0, 40);
  }

  if (typeof module !== "undefined") {
    module.exports = { makeIndex, find, words };
    return;
  }

  const field = document.querySelector(".search-form input");
  const list = document.getElementById("search-results");
  const said = document.getElementById("search-said");
  const root = document.documentElement.dataset.content_root || "./";
  const index = makeIndex([]);

  // Grows while the browser has nothing else to do, or at once for who has asked.
  function grow(until) {
    const { rows } = index;
    while (rows.length < FINDER_ENTRIES.length && performance.now() < until) add(index, FINDER_ENTRIES[rows.length]);
    if (rows.length < FINDER_ENTRIES.length) setTimeout(() => grow(performance.now() + 8));
  }

  function show() {
    const query = field.value.trim();
    list.replaceChildren();
    if (!query) {
      said.textContent = "";
      return;
    }
    grow(Infinity);
    const found = find(index, query);
    for (const row of found) {
      const link = make("a", { href: root + row.uri }, row.title);
      const kind = make("span", { className: "result-kind" }, row.kind);
      list.append(make("li", {}, link, kind, make("p", {}, row.note)));
    }
    said.textContent = found.length ? `${found.length} found for “${query}”` : `Nothing found for “${query}”. Another word?`;
  }

  field.value = new URLSearchParams(location.search).get("q") || "";
  field.addEventListener("input", show);
  field.form.addEventListener("submit", (event) => {
    event.preventDefault();
    history.replaceState(null, "", `?q=${encodeURIComponent(field.value)}`);
    list.querySelector("a")?.focus();
  });
  show();
  grow(0);
})();
