// Rows are dragged: to another program as a file, in a collection to another place (Alt and the
// arrows do that as well).

import { apiUrl } from "./player.js";

export class Reorder {
  constructor(results) {
    this.results = results;
    this.held = null; // ids on their way
    const { list } = results;
    list.addEventListener("dragstart", (event) => this.begin(event));
    list.addEventListener("dragover", (event) => this.over(event));
    list.addEventListener("drop", (event) => this.drop(event));
    list.addEventListener("dragend", () => this.end());
  }

  get on() {
    return Boolean(this.results.data?.ordered);
  }

  begin(event) {
    const row = this.rowOf(event);
    if (!row) return;
    const { dataTransfer } = event;
    dataTransfer.effectAllowed = this.on ? "copyMove" : "copy";
    dataTransfer.setData("text/plain", row.path);
    // Chromium hands the file itself to a desktop or a workstation that it is dropped on.
    const file = `application/octet-stream:${row.name}:${apiUrl(`sounds/${row.id}/audio`)}`;
    if (!row.offline) dataTransfer.setData("DownloadURL", file);
    if (!this.on) return;
    const chosen = this.results.selection.ids;
    this.held = chosen.has(row.id) ? this.ids().filter((id) => chosen.has(id)) : [row.id];
  }

  over(event) {
    if (!this.held) return;
    event.preventDefault();
    this.unmark();
    const target = event.target.closest("li.row");
    if (target) target.classList.add(this.after(event, target) ? "drop-after" : "drop-before");
  }

  drop(event) {
    const target = event.target.closest("li.row");
    if (!this.held || !target) return;
    event.preventDefault();
    const rest = this.ids().filter((id) => !this.held.includes(id));
    let at = this.ids().indexOf(target.dataset.id) + (this.after(event, target) ? 1 : 0);
    at -= this.ids().slice(0, at).filter((id) => this.held.includes(id)).length;
    this.place(this.held, rest[at] ?? null);
    this.end();
  }

  end() {
    this.held = null;
    this.unmark();
  }

  /** Move one sound up or down; true when it could be. */
  step(place, by) {
    const ids = this.ids();
    const to = place + by;
    if (!this.on || !ids[place] || to < 0 || to >= ids.length) return false;
    this.place([ids[place]], by < 0 ? ids[to] : (ids[to + 1] ?? null));
    return true;
  }

  /** Put sounds before another one, or behind all: shown at once, the library follows. */
  place(ids, before) {
    const { results } = this;
    const rows = results.rows.map((row) => row.data);
    const moved = rows.filter((row) => ids.includes(row.id));
    const rest = rows.filter((row) => !ids.includes(row.id));
    const at = before === null ? rest.length : rest.findIndex((row) => row.id === before);
    rest.splice(at, 0, ...moved);
    results.show(rest);
    results.act({ do: "move", ids, before });
  }

  ids() {
    return this.results.rows.map((row) => row.data.id);
  }

  rowOf(event) {
    const id = event.target.closest?.("li.row")?.dataset.id;
    return this.results.rows.find((row) => row.data.id === id)?.data;
  }

  after(event, target) {
    const box = target.getBoundingClientRect();
    return event.clientY > box.top + box.height / 2;
  }

  unmark() {
    for (const { element } of this.results.rows) element.classList.remove("drop-before", "drop-after");
  }
}
