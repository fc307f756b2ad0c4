// Keyboard: / and Ctrl K open the command menu; an element with data-key="n" or data-key="g t" is followed by its key.
// Off while one types, while an input method composes, and while another key is held.

const FOLLOW_MS = 1200; // time for the second key of "g t"
const menu = document.getElementById("menu");
let first = "";
let timer;

const typing = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);

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
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "/" || event.key === "?") {
    event.preventDefault();
    openMenu();
    return;
  }
  const keys = first ? `${first} ${event.key}` : event.key;
  first = "";
  clearTimeout(timer);
  const target = [...document.querySelectorAll("[data-key]")].find((element) => element.dataset.key === keys);
  if (target) {
    event.preventDefault();
    target.click();
  } else if (event.key === "g") {
    first = "g";
    timer = setTimeout(() => { first = ""; }, FOLLOW_MS);
  }
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens=menu]");
  if (opener && menu && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    openMenu();
  } else if (event.target === menu) {
    menu.close(); // a tap on the backdrop; what was typed stays in the field
  }
});
