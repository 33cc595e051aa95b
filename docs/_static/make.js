// What the scripts of the pages share: it stands before them in the script that every page loads.
"use strict";

function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

// A button with two states and words for each.
function makeSwitch([on, off], isOn, change) {
  const button = make("button", { type: "button", className: "tick" });
  const say = () => {
    button.setAttribute("aria-pressed", String(isOn()));
    button.textContent = isOn() ? on : off;
  };
  button.addEventListener("click", () => {
    change();
    say();
  });
  say();
  return button;
}

// What sets a page up is done in turn, and never long at once: a slow phone answers its reader between.
// What fails does not keep the rest from its turn. Tests wait for the class "ready".
const turns = [];

function inTurn(...acts) {
  turns.push(...acts);
  if (turns.length === acts.length) takeTurns();
}

function takeTurns() {
  const begun = performance.now();
  try {
    while (turns.length && performance.now() < begun + 10) turns.shift()();
  } finally {
    document.documentElement.classList.toggle("ready", !turns.length);
    if (turns.length) setTimeout(takeTurns);
  }
}

// Load a script that the build has written beside another, whether it is there or not.
function loadBeside(name, script) {
  return new Promise((done) => {
    const { href } = new URL(name, script);
    document.head.append(make("script", { src: href, onload: done, onerror: done }));
  });
}
