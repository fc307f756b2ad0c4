// Keyboard: / and Ctrl K open the command menu; an element with data-key="n" or data-key="g t" is followed by its key.
// A list with data-rows is walked by j and k or the arrows; in the row in focus, and there alone, data-row-key="c" is
// followed by its key (practice 0-13: one key for each draft). A row whose form was sent gives its place to the next.
// Off while one types, while an input method composes, and while another key is held.
// The second key of "g t" has no time limit: nobody is late for having slow hands (WCAG 2.2.1).

const menu = document.getElementById("menu");
let first = "";

// The field of a menu just closed keeps the focus until the page is drawn anew: nobody types into what is not seen.
const typing = (target) =>
  (target.checkVisibility?.() ?? true) && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
const PLACE = "makoto:row";
const rows = [...document.querySelectorAll("[data-rows] > *")];
const rowOf = (element) => element?.closest("[data-rows] > *");

// A key that opens a form goes on to its first field.
const follow = (target) => {
  target.click();
  if (target.matches("summary") && target.parentElement.open) target.parentElement.querySelector("input:not([type=hidden])").focus();
};

const openMenu = () => {
  if (!menu) return;
  if (!menu.open) menu.showModal();
  menu.querySelector("input")?.select();
};

addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openMenu();
    return;
  }
  if (event.key === "Escape" && typing(event.target)) rowOf(event.target)?.focus();
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "/" || event.key === "?") {
    event.preventDefault();
    openMenu();
    return;
  }
  const keys = first ? `${first} ${event.key}` : event.key;
  first = "";
  const row = rowOf(document.activeElement);
  const next = rows[row ? rows.indexOf(row) + STEPS[keys] : 0];
  const target =
    [...document.querySelectorAll("[data-key]")].find((element) => element.dataset.key === keys) ??
    [...(row?.querySelectorAll("[data-row-key]") ?? [])].find((element) => element.dataset.rowKey === keys);
  if (target) {
    event.preventDefault();
    if (!event.repeat) follow(target); // a key held down does not go on to the next draft
  } else if (keys in STEPS && next) {
    event.preventDefault();
    next.focus();
  } else if (event.key === "g") {
    first = "g";
  }
});

document.addEventListener("click", (event) => {
  first = ""; // who takes the mouse is no longer on the way
  const opener = event.target.closest("[data-opens=menu]");
  if (opener && menu && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    openMenu();
  } else if (event.target === menu) {
    menu.close(); // a tap on the backdrop; what was typed stays in the field
  }
});

addEventListener("submit", (event) => {
  const row = rowOf(event.target);
  if (row) sessionStorage.setItem(PLACE, JSON.stringify([location.pathname, rows.indexOf(row)]));
});

const [path, place] = JSON.parse(sessionStorage.getItem(PLACE) ?? "[]");
sessionStorage.removeItem(PLACE);
if (path === location.pathname) rows[Math.min(place, rows.length - 1)]?.focus();
for (const help of document.querySelectorAll("[data-keys]")) help.hidden = false; // who has no scripts has no keys
