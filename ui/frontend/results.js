// The list of sounds: rows that play, seek, and can be chosen.

import { theDock } from "./dock.js";
import { walk } from "./keys.js";
import { apiUrl, player } from "./player.js";
import { Reorder } from "./reorder.js";
import { makeRow } from "./row.js";
import { Selection } from "./selection.js";
import { peaksOf, draw } from "./waveform.js";

const mounted = new WeakMap();

class Results {
  constructor(parent) {
    this.parent = parent;
    this.list = parent.querySelector("ol");
    this.rows = []; // {data, element}
    this.active = -1;
    this.selection = new Selection(this, parent.querySelector(".selection"));
    this.reorder = new Reorder(this);
    this.seen = new IntersectionObserver((entries) => this.appear(entries), { rootMargin: "300px" });
    this.forget = walk(this);
    this.follow = () => this.tick();
    player.addEventListener("state", this.follow);
    player.addEventListener("track", this.follow);
    this.resized = new ResizeObserver(() => this.redraw());
    this.resized.observe(this.list);
    parent.querySelector(".more").onclick = () => this.act({ do: "more" });
    theDock();
  }

  update({ data, setTriggerValue }) {
    this.trigger = setTriggerValue;
    this.data = data;
    theDock().dress(this.parent.host ?? this.parent);
    if (JSON.stringify(data.rows) !== this.drawn) this.build(data.rows);
    else this.askAgain();
    this.list.setAttribute("aria-label", data.label);
    this.selection.update(data);
    this.parent.querySelector(".more").hidden = !data.more;
    player.list = this.rows.map((row) => row.data);
    this.redraw();
    this.tick();
    window.performance.mark("foundsound-results");
    if (data.fetch && data.fetch !== this.fetched) this.fetch(data.fetch);
    if (data.focus && !this.focused) {
      this.focused = true;
      // Unless somebody has gone elsewhere meanwhile.
      const elsewhere = document.activeElement?.closest("input, textarea, select, button, summary");
      if (!elsewhere) document.querySelector(".st-key-q input")?.focus({ preventScroll: true });
    }
  }

  /** Other rows than before, until the page says otherwise. */
  show(rows) {
    this.build(rows);
    this.selection.show();
    player.list = rows;
    this.tick();
  }

  build(rows) {
    const kept = this.rows[this.active]?.data.id;
    this.drawn = JSON.stringify(rows);
    this.seen.disconnect();
    this.rows = rows.map((row, place) => ({ data: row, element: makeRow(row, place, this) }));
    this.list.replaceChildren(...this.rows.map((row) => row.element));
    this.rows.forEach((row) => this.seen.observe(row.element));
    this.active = this.rows.findIndex((row) => row.data.id === kept);
    this.mark();
  }

  /** Have the browser save what the API gives for the chosen sounds. */
  fetch(path) {
    this.fetched = path;
    const link = document.createElement("a");
    link.href = apiUrl(path);
    link.download = "";
    link.click();
  }

  /** Peaks are fetched for what is in sight. */
  async appear(entries) {
    for (const entry of entries.filter((each) => each.isIntersecting)) {
      const row = this.rows.find((each) => each.element === entry.target);
      this.seen.unobserve(entry.target);
      if (!row) continue;
      row.peaks = await peaksOf(row.data.id);
      this.paint(row);
    }
  }

  /** Peaks that did not come are asked for once more with the same rows, not with every run. */
  askAgain() {
    for (const row of this.rows.filter((each) => each.peaks === null && !each.again)) {
      row.again = true;
      this.seen.observe(row.element);
    }
  }

  paint(row) {
    const { start, end, dur } = row.data;
    const style = getComputedStyle(row.element);
    const whole = !dur || (start < 0.05 && end > dur - 0.05);
    draw(row.element.querySelector("canvas"), row.peaks, {
      start: whole ? 0 : start / dur,
      end: whole ? 0 : end / dur,
      colour: style.getPropertyValue("--wave").trim(),
      marked: style.getPropertyValue("--accent").trim(),
    });
  }

  redraw() {
    for (const row of this.rows) if (row.peaks !== undefined) this.paint(row);
  }

  /** Show what plays, and how far it is. */
  tick() {
    for (const { data, element } of this.rows) {
      const here = player.track?.id === data.id;
      if (!here && !element.classList.contains("current")) continue;
      element.classList.toggle("current", here && !player.failed);
      element.classList.toggle("playing", here && player.playing);
      element.querySelector(".play").setAttribute(
        "aria-label",
        `${here && player.playing ? "Pause" : "Play"} ${data.name}`,
      );
      const share = here && data.dur ? Math.min(1, player.at / data.dur) : 0;
      element.style.setProperty("--played", `${share * 100}%`);
    }
  }

  mark() {
    this.rows.forEach(({ element }, place) => {
      element.classList.toggle("active", place === this.active);
      if (place === this.active) element.setAttribute("aria-current", "true");
      else element.removeAttribute("aria-current");
    });
  }

  go(place) {
    this.active = place;
    this.mark();
    this.rows[place]?.element.scrollIntoView({ block: "nearest" });
  }

  play(place, at = null) {
    this.go(place);
    player.list = this.rows.map((row) => row.data);
    player.play(this.rows[place].data, at);
  }

  // What the keyboard does; true when it did something.

  visible() {
    return this.list.isConnected && this.list.offsetParent !== null;
  }

  move(step) {
    const place = Math.max(0, Math.min(this.rows.length - 1, this.active + step));
    if (!this.rows.length || place === this.active) return this.rows.length > 0;
    this.play(place);
    return true;
  }

  toggle() {
    const row = this.rows[this.active];
    if (row && player.track?.id !== row.data.id) this.play(this.active);
    else if (player.track) player.toggle();
    else if (this.rows.length) this.play(0);
    return true;
  }

  shift(by) {
    return this.reorder.step(this.active, by);
  }

  favourite(place = this.active) {
    const row = this.rows[place];
    if (!row) return false;
    row.data.fav = !row.data.fav; // shown at once; the library follows
    row.element.classList.toggle("favourite", row.data.fav);
    row.element.querySelector(".fav").setAttribute("aria-pressed", String(row.data.fav));
    this.act({ do: "favourite", id: row.data.id, on: row.data.fav });
    return true;
  }

  similar(place = this.active) {
    const row = this.rows[place];
    if (row) this.act({ do: "similar", id: row.data.id });
    return Boolean(row);
  }

  select(place = this.active) {
    const row = this.rows[place];
    if (row) this.selection.toggle(place);
    return Boolean(row);
  }

  open(place = this.active) {
    const row = this.rows[place];
    if (row) this.act({ do: "open", id: row.data.id });
    return Boolean(row);
  }

  clear() {
    return this.selection.clear();
  }

  act(event) {
    this.trigger("act", event);
  }

  close() {
    this.forget();
    this.seen.disconnect();
    this.resized.disconnect();
    player.removeEventListener("state", this.follow);
    player.removeEventListener("track", this.follow);
  }
}

export function mount(component) {
  const parent = component.parentElement;
  if (!mounted.has(parent)) mounted.set(parent, new Results(parent));
  mounted.get(parent).update(component);
  return () => {
    mounted.get(parent)?.close();
    mounted.delete(parent);
  };
}
