// Practice items: choose, see what is wrong with this choice, try again. Progress stays in this
// browser. Without JavaScript each item is a question with a fold.
"use strict";

(() => {
  const KEY = "pytorch-primer-practice";
  const READ = "pytorch-primer-read";
  const [MISSED, FOUND, RIGHT] = [0, 1, 2]; // missed, found after a miss, right at once
  const empty = () => ({ items: {}, exercises: {} });
  let kept = empty();
  let keeps = true;
  try {
    kept = { ...empty(), ...JSON.parse(localStorage.getItem(KEY) || "{}") };
  } catch {
    keeps = false; // a browser that keeps nothing
  }

  function keep() {
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      keeps = false;
    }
    showProgress();
  }

  // -- choosing -------------------------------------------------------------------------------------

  // Note the first try of this visit; what was missed before is forgiven when it is right at once.
  function note(item, right) {
    const { item: key, lesson } = item.dataset;
    const tried = item.dataset.tried === "yes";
    const state = right ? (tried ? FOUND : RIGHT) : MISSED;
    if (!right || !tried || kept.items[key]?.[1] === MISSED) kept.items[key] = [lesson, state];
    item.dataset.tried = "yes";
    keep();
  }

  function tell(item, said, right, ...words) {
    const mark = make("b", {}, right ? "✓ Right. " : "✗ Not yet. ");
    said.className = `practice-said ${right ? "right" : "wrong"}`;
    said.replaceChildren(mark, ...words);
    note(item, right);
  }

  const copyOf = (answer) => [...answer.cloneNode(true).childNodes].filter((it) => it.nodeName !== "B");

  function moveFocus(event, stops) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const place = stops.indexOf(event.target.closest("button"));
    if (!step || place < 0) return;
    event.preventDefault();
    stops[(place + step + stops.length) % stops.length].focus();
  }

  function setUpChoice(item) {
    const list = item.querySelector(".practice-options");
    const fold = item.querySelector("details");
    const answers = [...fold.querySelectorAll("li")];
    const answer = answers.find((it) => "right" in it.dataset);
    const rest = fold.querySelector("[data-rest]"); // one reason for all wrong lines
    const said = make("div", { className: "practice-said", role: "status" });
    const legend = make("legend", { className: "visually-hidden" }, "Options");
    const group = make("fieldset", { className: "practice-choice" }, legend);
    const buttons = [];
    list.before(group);
    group.append(list);
    group.after(said);
    fold.hidden = true;
    [...list.children].forEach((row, place) => {
      const mark = make("span", { className: "practice-mark" });
      const button = make("button", { type: "button", "aria-pressed": "false" }, mark, ...row.childNodes);
      row.append(button);
      buttons.push(button);
      button.addEventListener("click", () => {
        const right = Number(answer.dataset.right) === place;
        for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
        row.className = right ? "right" : "wrong";
        mark.textContent = right ? "✓" : "✗";
        tell(item, said, right, ...copyOf(right ? answer : (rest ?? answers[place])));
      });
    });
    list.addEventListener("keydown", (event) => moveFocus(event, buttons));
  }

  // -- lines in order ---------------------------------------------------------------------------------

  function setUpLines(item) {
    const list = item.querySelector(".practice-options");
    const fold = item.querySelector("details");
    const orders = item.dataset.orders.split(" ").map((order) => [...order]);
    const pool = make("ul", { className: "practice-pool" });
    const program = make("ol", { className: "practice-program" });
    const said = make("div", { className: "practice-said", role: "status" });
    const check = make("button", { type: "button", className: "practice-check" }, "Check");
    const rows = [...list.children].map((row, place) => {
      const button = make("button", { type: "button" }, ...row.childNodes);
      return make("li", { draggable: true, "data-place": place.toString(36) }, button);
    });
    const label = (words, box) => {
      const heading = make("p", { className: "practice-label" }, words);
      heading.id = `${item.id}-${words.split(" ")[0].toLowerCase()}`;
      box.setAttribute("aria-labelledby", heading.id);
      return heading;
    };
    const help =
      "Press a line to add it to your program, and once more to take it out; there ↑ and ↓ move it.";
    pool.append(...rows);
    fold.hidden = true;
    list.replaceWith(
      make("p", { className: "practice-help" }, help),
      label("Lines", pool),
      pool,
      label("Program", program),
      program,
      check,
    );
    check.after(said);
    const text = (row) => row.textContent.trim().replace(/\s+/g, " ");
    const place = (row) => `line ${[...program.children].indexOf(row) + 1} of ${program.children.length}`;

    function announceMove(row, words) {
      said.className = "practice-said";
      said.textContent = `${text(row)}: ${words}`;
    }

    function toggle(row) {
      const inside = row.parentNode === program;
      (inside ? pool : program).append(row);
      row.querySelector("button").focus();
      announceMove(row, inside ? "taken out" : place(row));
    }

    function move(row, step) {
      const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
      if (!other) return;
      if (step < 0) other.before(row);
      else other.after(row);
      row.querySelector("button").focus();
      announceMove(row, place(row));
    }

    for (const row of rows) {
      row.firstChild.addEventListener("click", () => toggle(row));
      row.addEventListener("keydown", (event) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        if (row.parentNode === program) {
          move(row, step);
        } else {
          moveFocus(event, [...pool.children].map((it) => it.firstChild));
        }
      });
      row.addEventListener("dragstart", (event) => {
        event.dataTransfer.setData("text/plain", `${item.id} ${row.dataset.place}`);
        event.dataTransfer.effectAllowed = "move";
      });
    }
    for (const box of [pool, program]) {
      box.addEventListener("dragover", (event) => event.preventDefault());
      box.addEventListener("drop", (event) => {
        const [from, dragged] = event.dataTransfer.getData("text/plain").split(" ");
        if (from !== item.id) return;
        event.preventDefault();
        const row = rows[parseInt(dragged, 36)];
        const over = event.target.closest("li");
        if (over && over !== row && over.parentNode === box) {
          const half = over.getBoundingClientRect();
          if (event.clientY < half.top + half.height / 2) over.before(row);
          else over.after(row);
        } else if (over !== row) {
          box.append(row);
        }
        announceMove(row, box === program ? place(row) : "taken out");
      });
    }

    check.addEventListener("click", () => {
      const order = [...program.children].map((row) => row.dataset.place);
      tell(item, said, ...judge(order));
    });

    // The first line whose indent does not follow from the line above it.
    function strayOf(lines) {
      const depth = (row) => row.textContent.search(/\S/);
      const opens = (row) => !row || row.textContent.trim().endsWith(":");
      return lines.find((row, n) => {
        const above = lines[n - 1];
        const most = Math.max(0, above ? depth(above) : 0);
        return opens(above) ? depth(row) <= (above ? most : -1) || (!above && depth(row)) : depth(row) > most;
      });
    }

    function judge(order) {
      const extra = [...fold.querySelectorAll("[data-extra]")].find((it) => order.includes(it.dataset.extra));
      if (extra) return [false, ...copyOf(extra)];
      const right = orders.some((each) => each.join("") === order.join(""));
      if (right) {
        const words = "The check of the exercise passes with this order. ";
        const exercise = document.getElementById(item.dataset.exercise);
        const link = exercise && make("a", { href: `#${exercise.id}` }, "Now write it.");
        return [true, words, ...(link ? [link] : [])];
      }
      const stray = strayOf([...program.children]);
      if (stray) {
        const line = make("code", { className: "literal" }, text(stray));
        return [false, line, " is indented, or should be: what stands above it does not fit."];
      }
      const code = (place) => make("code", { className: "literal" }, text(rows[parseInt(place, 36)]));
      for (const answer of fold.querySelectorAll("[data-pair]")) {
        for (const [first, second] of answer.dataset.pair.split(" ")) {
          const stands = order.includes(first) && order.indexOf(first) < order.indexOf(second);
          const never = orders.every((each) => each.indexOf(first) > each.indexOf(second));
          const said = copyOf(answer).slice(1);
          if (stands && never) {
            const words = answer.firstChild.textContent.replace("In another order: ", "");
            return [false, code(first), " before ", code(second), ": ", words, ...said];
          }
        }
      }
      const fits = Math.max(
        ...orders.map((each) => [...each, ""].findIndex((line, n) => line !== order[n])),
      );
      if (fits >= order.length) {
        const count = orders[0].length - order.length;
        return [false, `So far so good: ${count} more ${count === 1 ? "line" : "lines"} to add.`];
      }
      const line = make("code", { className: "literal" }, text(program.children[fits]));
      const before = fits ? `The first ${fits === 1 ? "line is" : `${fits} lines are`} right. ` : "";
      return [false, `${before}What comes next is not `, line, "."];
    }
  }

  function setUp(item) {
    if (item.dataset.orders) setUpLines(item);
    else setUpChoice(item);
  }

  // -- from before: what was missed comes first --------------------------------------------------------

  const script = document.currentScript.src;
  const links = [...document.querySelectorAll("#site-navigation a[data-lesson]")];
  const here = links.find((link) => link.hasAttribute("aria-current"))?.dataset.lesson;

  async function bringBackMissed(box) {
    const names = links.map((link) => link.dataset.lesson);
    const before = names.slice(0, names.indexOf(here));
    const missed = Object.entries(kept.items)
      .filter(([, [lesson, state]]) => state !== RIGHT && before.includes(lesson))
      .slice(-2);
    for (const [key, [lesson]] of missed) {
      if (box.querySelector(`[data-item="${key}"]`)) continue;
      await loadBeside(`practice/${lesson.replace("/", "-")}.js`, script);
      const text = window.PRACTICE?.[key];
      if (!text) {
        delete kept.items[key]; // the item is no more
        continue;
      }
      const item = new DOMParser().parseFromString(text, "text/html").body.firstChild;
      const link = links[names.indexOf(lesson)];
      const words = `From ${link.textContent.trim().replace(/\s+/g, " ")}`;
      const title = item.querySelector(".practice-title");
      const origin = make("a", { href: `${link.href}#practice-${key}` }, words);
      item.id = `before-${key}`;
      title.replaceChildren(origin, ` · ${title.textContent.split(",")[0]} · missed before`);
      box.querySelector(".practice:not([data-again])").replaceWith(item);
      item.dataset.again = "";
      setUp(item);
    }
  }

  // -- progress ----------------------------------------------------------------------------------------

  const done = (entries, lesson, least) =>
    Object.values(entries).filter(([of, state]) => of === lesson && state >= least).length;
  const share = (count, all, word) => (all ? `${word} ${count} of ${all}` : "");

  function showProgress() {
    for (const link of document.querySelectorAll("article a[data-items]")) {
      const { lesson, items, exercises } = link.dataset;
      const [one, other] = [done(kept.items, lesson, FOUND), done(kept.exercises, lesson, RIGHT)];
      const words = [share(one, Number(items), "items"), share(other, Number(exercises), "exercises")];
      link.parentNode.querySelector(".practice-progress")?.remove();
      if (!one && !other) continue;
      const told = words.filter(Boolean).join(" · ");
      link.after(make("span", { className: "practice-progress" }, told));
    }
    const line = document.querySelector(".lesson-progress");
    if (line) {
      const own = document.querySelectorAll(`.practice[data-lesson="${here}"]`).length;
      const tasks = document.querySelectorAll("div.exercise").length;
      const words = [
        share(done(kept.items, here, FOUND), own, "Practice"),
        share(done(kept.exercises, here, RIGHT), tasks, "exercises"),
      ];
      line.textContent = words.filter(Boolean).join(" · ");
    }
  }

  function setUpLesson() {
    const keys = [...document.querySelectorAll(`.practice[data-lesson="${here}"]`)].map((it) => it.dataset.item);
    for (const [key, [lesson]] of Object.entries(kept.items)) {
      if (lesson === here && !keys.includes(key)) delete kept.items[key]; // its text has changed
    }
    for (const box of document.querySelectorAll("div.exercise[id]")) {
      const id = box.id.replace("exercise-", "").replaceAll("-", "_");
      box.append(makeSwitch(["✓ Solved", "Mark as solved"], () => id in kept.exercises, () => {
        if (id in kept.exercises) delete kept.exercises[id];
        else kept.exercises[id] = [here, RIGHT];
        keep();
      }));
    }
  }

  function setUpTools() {
    const place = document.querySelector(".lanes") || document.querySelector(".home .rows, article .rows");
    const any = Object.keys(kept.items).length || Object.keys(kept.exercises).length;
    if (!place || !keeps || !(any || localStorage.getItem(READ))) return;
    const bring = make("button", { type: "button", className: "tick" }, "Export my progress");
    bring.addEventListener("click", () => {
      const read = JSON.parse(localStorage.getItem(READ) || "[]");
      const text = JSON.stringify({ read, ...kept }, null, 1);
      const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
      make("a", { href: address, download: "pytorch-primer-progress.json" }).click();
      URL.revokeObjectURL(address);
    });
    const clear = make("button", { type: "button", className: "tick" }, "Clear my progress");
    clear.addEventListener("click", () => {
      for (const key of [KEY, READ]) localStorage.removeItem(key);
      location.reload();
    });
    const words = make("span", {}, "Your progress is kept in this browser alone. ");
    place.before(make("p", { className: "progress-tools" }, words, bring, clear));
  }

  // -- paper: answers at the end ----------------------------------------------------------------------

  function setUpPaper() {
    let end = null;
    addEventListener("beforeprint", () => {
      const items = [...document.querySelectorAll("article .practice")];
      if (!items.length) return;
      end = make("section", { className: "practice-print" }, make("h2", {}, "Answers to the practice"));
      const list = make("ol");
      for (const item of items) {
        const fold = item.querySelector("details");
        const answer = make("li");
        answer.append(...[...fold.cloneNode(true).children].filter((it) => it.localName !== "summary"));
        list.append(answer);
      }
      end.append(list);
      document.querySelector("article").append(end);
    });
    addEventListener("afterprint", () => {
      end?.remove();
      end = null;
    });
  }

  const before = document.querySelector(".practice-before");
  inTurn(
    ...[...document.querySelectorAll(".practice")].map((item) => () => setUp(item)),
    () => here && setUpLesson(),
    () => before && here && bringBackMissed(before),
    showProgress,
    setUpTools,
    setUpPaper,
  );
})();
