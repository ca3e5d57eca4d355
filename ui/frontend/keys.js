// The keyboard: up and down walk through the list, space plays, left and right seek; Alt moves.

import { player } from "./player.js";

const lists = (window.foundsoundLists ??= new Set()); // mounted lists, the last one is walked

export function walk(list) {
  lists.delete(list);
  lists.add(list);
  return () => lists.delete(list);
}

function list() {
  return [...lists].filter((each) => each.visible()).at(-1);
}

let clicked = null; // what of a row the pointer gave the focus, and not Tab

function onPointer(event) {
  clicked = event.composedPath()[0].closest?.("li.row :is(button, input)");
}

function typing(target) {
  return target?.matches?.("input:not([type=checkbox]), textarea, select, [contenteditable=true]");
}

function onKey(event) {
  if (event.key === "Tab") clicked = null;
  if (event.ctrlKey || event.metaKey || event.defaultPrevented) return;
  const target = event.composedPath()[0];
  const here = list();
  if (event.altKey) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && !typing(target) && here?.shift(by)) event.preventDefault();
    return;
  }
  if (typing(target)) {
    // Out of the query line, down goes to the first sound.
    const query = event.key === "ArrowDown" && target.closest?.(".st-key-q");
    if (!query || !here) return;
    target.blur();
  }
  if (target?.closest?.("[role=listbox], [role=menu], [role=dialog], [role=tablist], [role=slider]")) return;
  const pressed = target?.closest?.("button, a, input, [role=button], summary");
  const done = {
    ArrowDown: () => here?.move(1),
    ArrowUp: () => here?.move(-1),
    ArrowRight: () => player.track && (player.nudge(1), true),
    ArrowLeft: () => player.track && (player.nudge(-1), true),
    " ": () => !pressed && here?.toggle(),
    f: () => here?.favourite(),
    s: () => here?.similar(),
    x: () => here?.select(),
    l: () => player.track && ((player.loop = !player.loop), true),
    Enter: () => (!pressed || pressed === clicked) && here?.open(),
    Escape: () => here?.clear(),
  }[event.key];
  if (done?.()) event.preventDefault();
}

if (!window.foundsoundKeys) {
  window.foundsoundKeys = true;
  document.addEventListener("keydown", onKey);
  document.addEventListener("pointerdown", onPointer, { capture: true });
}
