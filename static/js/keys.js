// Keyboard: / and Ctrl K open the command menu; an element with data-key="n" or data-key="g t" is followed by its key.
// Off while one types, while an input method composes, and while another key is held.
// The second key of "g t" has no time limit: nobody is late for having slow hands (WCAG 2.2.1).

const menu = document.getElementById("menu");
let first = "";

// The field of a menu just closed keeps the focus until the page is drawn anew: nobody types into what is not seen.
const typing = (target) =>
  (target.checkVisibility?.() ?? true) && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

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
  const target = [...document.querySelectorAll("[data-key]")].find((element) => element.dataset.key === keys);
  if (target) {
    event.preventDefault();
    target.click();
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
