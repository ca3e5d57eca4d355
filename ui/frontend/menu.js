// What can be done with one sound, as a menu: where rows are too narrow for a button each.

let opened = null; // {menu, button}

/** Show a menu at a button. `entries`: [text, what to do]; null between two groups. */
export function openMenu(button, label, entries) {
  const again = opened?.button === button;
  opened?.menu.remove();
  opened = null;
  if (again) return;
  const menu = document.createElement("div");
  menu.className = "menu";
  menu.setAttribute("role", "menu");
  menu.setAttribute("aria-label", label);
  menu.append(...entries.map((entry) => item(menu, entry)));
  menu.popover = "auto";
  menu.onkeydown = (event) => walk(event, menu);
  menu.onclick = (event) => event.stopPropagation();
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    menu.remove();
    button.setAttribute("aria-expanded", "false");
    if (opened?.menu === menu) opened = null;
  });
  button.after(menu);
  menu.showPopover();
  place(menu, button.getBoundingClientRect());
  button.setAttribute("aria-expanded", "true");
  opened = { menu, button };
  menu.querySelector("button").focus({ preventScroll: true });
}

function item(menu, entry) {
  if (!entry) return document.createElement("hr");
  const [text, act] = entry;
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("role", "menuitem");
  button.textContent = text;
  button.onclick = () => {
    menu.hidePopover();
    act();
  };
  return button;
}

/** Below the button and within the window, else above it. */
function place(menu, at) {
  const { width, height } = menu.getBoundingClientRect();
  const below = at.bottom + height + 8 < window.innerHeight;
  menu.style.left = `${Math.max(8, Math.min(at.right - width, window.innerWidth - width - 8))}px`;
  menu.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - height - 4)}px`;
}

function walk(event, menu) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Tab") menu.hidePopover();
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  const items = [...menu.querySelectorAll("button")];
  const here = items.indexOf(menu.getRootNode().activeElement);
  items.at((here + step) % items.length).focus();
}
