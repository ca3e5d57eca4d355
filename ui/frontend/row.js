// One sound in a list.

import { openMenu } from "./menu.js";
import { clock } from "./player.js";

const MOST_COLLECTIONS = 5; // in the menu; the selection's bar has them all
const LONG_S = 60;
const PATHS = {
  play: "M8 5v14l11-7z",
  pause: "M6 5h4v14H6zM14 5h4v14h-4z",
  heart: "M12 21 4.6 13.6a5 5 0 0 1 7.1-7.1l.3.3.3-.3a5 5 0 0 1 7.1 7.1z",
  similar: "M4 9q4-5 8 0t8 0v3q-4 5-8 0t-8 0zM4 15q4-5 8 0t8 0v2q-4 5-8 0t-8 0z",
  more: "M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z",
  less: "M5 11h14v2H5z",
  open: "M14 4h6v6h-2V7.4l-7.3 7.3-1.4-1.4L16.6 6H14zM5 5h6v2H7v10h10v-4h2v6H5z",
  menu: "M5 10h4v4H5zM10 10h4v4h-4zM15 10h4v4h-4z",
  copy: "M8 3h11v13h-2V5H8zM5 7h10v14H5zm2 2v10h6V9z",
};

function icon(name) {
  return `<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path d="${PATHS[name]}"/></svg>`;
}

function make(kind, classes, text = "") {
  const element = document.createElement(kind);
  element.className = classes;
  element.textContent = text;
  return element;
}

function button(classes, label, name, onclick) {
  const element = make("button", classes);
  element.type = "button";
  element.title = label;
  element.setAttribute("aria-label", label);
  element.innerHTML = icon(name);
  element.onclick = (event) => {
    event.stopPropagation();
    onclick(event);
  };
  return element;
}

export function makeRow(row, place, results) {
  const element = make("li", "row");
  element.dataset.id = row.id;
  element.draggable = true;
  element.classList.toggle("favourite", row.fav);
  element.classList.toggle("weak", row.weak || row.offline);

  const tick = make("input", "tick");
  tick.type = "checkbox";
  tick.setAttribute("aria-label", `Select ${row.name}`);
  tick.onclick = (event) => {
    event.stopPropagation();
    results.selection.toggle(place, event.shiftKey);
  };

  const play = button("play", `Play ${row.name}`, "play", () => results.toggle());
  play.insertAdjacentHTML("beforeend", icon("pause"));
  play.disabled = row.offline;

  const wave = make("div", "wave");
  wave.append(document.createElement("canvas"), make("i", "head"));
  wave.title = "Click to play from here";
  wave.onclick = (event) => {
    event.stopPropagation();
    const box = wave.getBoundingClientRect();
    if (!row.offline) results.play(place, ((event.clientX - box.left) / box.width) * row.dur);
  };

  element.append(tick, play, wave, about(row, place, results), strength(row), time(row));
  element.append(actions(row, place, results));
  // Whatever of it is clicked: the keys mean this row from now on.
  element.addEventListener("click", () => results.go(place), { capture: true });
  element.onclick = () => row.offline || results.play(place);
  return element;
}

function about(row, place, results) {
  const box = make("div", "about");
  const first = make("div", "first");
  const name = make("a", "name", row.name);
  name.href = row.page;
  name.title = row.path;
  name.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    results.open(place);
  };
  first.append(name);
  if (row.takes) first.append(takes(row, results));
  if (row.offline) first.append(make("span", "badge off", "offline"));
  if (row.weak) first.append(make("span", "badge", "weak"));
  const second = make("div", "second");
  if (row.cat) second.append(make("span", "cat", row.cat));
  second.append(make("span", "folder", row.folder));
  for (const tag of row.tags) second.append(make("span", "tag", tag));
  if (row.why) second.append(make("span", "why", row.why));
  box.append(first, second);
  return box;
}

function takes(row, results) {
  const badge = make("button", "badge", `+ ${row.takes} takes`);
  badge.type = "button";
  badge.title = "Show each take";
  badge.onclick = (event) => {
    event.stopPropagation();
    results.act({ do: "takes", id: row.id });
  };
  return badge;
}

function strength(row) {
  const box = make("div", "strength");
  if (row.bar === null) return box;
  const bar = make("div", "bar");
  bar.style.setProperty("--share", `${Math.round(row.bar * 100)}%`);
  bar.setAttribute("role", "img");
  const fits = `Fits to ${Math.round(row.bar * 100)} %`;
  bar.setAttribute("aria-label", fits);
  bar.title = row.strength ? `${fits}; by ear ${row.strength} (below 2 is chance, 4 is clear)` : fits;
  box.append(bar);
  return box;
}

function time(row) {
  const box = make("div", "time");
  // Where a long recording is played from: its waveform is too small to tell.
  const at = row.dur >= LONG_S && row.start > 0 ? `${clock(row.start)} / ` : "";
  box.append(make("span", "dur", at + clock(row.dur)), make("span", "spec", row.spec));
  return box;
}

function actions(row, place, results) {
  const box = make("div", "actions");
  const fav = button("fav", "Favourite (f)", "heart", () => results.favourite(place));
  fav.setAttribute("aria-pressed", String(row.fav));
  const tell = (what) => () => results.act({ do: what, id: row.id });
  box.append(
    fav,
    button("similar", "Similar sounds (s)", "similar", () => results.similar(place)),
    button("plus", "More like this", "more", tell("like")),
    button("minus", "Less like this", "less", tell("unlike")),
    button("copy", "Copy the path", "copy", () => results.selection.copy([row.path])),
    button("open", "Open (Enter)", "open", () => results.open(place)),
    menu(row, place, results, tell),
  );
  return box;
}

/** All that the buttons do and more, where there is no room for them. */
function menu(row, place, results, tell) {
  const opener = button("rest", `More for ${row.name}`, "menu", () => {
    const chosen = results.selection.ids.has(row.id);
    const into = results.data.collections.map(({ id, name }) => [
      `Add to “${name}”`,
      () => results.act({ do: "collect", collection: id, ids: [row.id] }),
    ]);
    const order = results.reorder.on
      ? [
          ["Move up", () => results.reorder.step(place, -1)],
          ["Move down", () => results.reorder.step(place, 1)],
          null,
        ]
      : [];
    openMenu(opener, row.name, [
      ...order,
      ["Similar sounds", () => results.similar(place)],
      ["More like this", tell("like")],
      ["Less like this", tell("unlike")],
      null,
      [row.fav ? "No favourite any more" : "Favourite", () => results.favourite(place)],
      [chosen ? "Deselect" : "Select", () => results.select(place)],
      ...into.slice(0, MOST_COLLECTIONS),
      ["New collection…", () => results.selection.collectNew([row.id])],
      null,
      ["Copy the path", () => results.selection.copy([row.path])],
      ["Open", () => results.open(place)],
    ]);
  });
  opener.setAttribute("aria-haspopup", "menu");
  opener.setAttribute("aria-expanded", "false");
  return opener;
}
