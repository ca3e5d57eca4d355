// The library in two dimensions: every sound a point, drawn by deck.gl.

import { theDock } from "./dock.js";
import { Lasso } from "./lasso.js";
import { MapGrid } from "./map_grid.js";
import { points } from "./map_points.js";
import { player } from "./player.js";

const DWELL_MS = 120; // a pointer that only passes plays nothing
const REACH = 6; // pixels beyond a point's edge within which it is meant
const STILL = 4; // pixels a pointer may move within a click
const MOVING = 8000; // points that are drawn while the map moves, once all of them were seen to be slow
const SLOW_MS = 80; // two frames that take longer are no movement
const SETTLED_MS = 200; // after which a map that moved is drawn whole again
const mounted = new WeakMap();

/** deck.gl comes as a script that leaves itself in the window. */
function deckGl() {
  return (window.foundsoundDeck ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = new URL("vendor/deck.js", document.baseURI).href;
    script.onload = () => done(window.deck);
    script.onerror = () => failed(new Error("For the map, run once: python -m ui.assets"));
    document.head.append(script);
  }));
}

class SoundMap {
  constructor(parent) {
    this.parent = parent;
    this.find = (name) => parent.querySelector(`.${name}`);
    this.hear = true;
    this.find("hear").onclick = (event) => {
      this.hear = !this.hear;
      event.target.setAttribute("aria-pressed", String(this.hear));
    };
    this.find("whole").onclick = () => this.showAll();
    this.pointed = -1;
    const canvas = this.find("canvas");
    canvas.addEventListener("pointermove", (event) => this.hover(event));
    canvas.addEventListener("pointerleave", () => this.point(-1));
    canvas.addEventListener("pointerdown", ({ clientX, clientY }) => (this.pressed = [clientX, clientY]));
    canvas.addEventListener("click", (event) => this.click(event));
    this.lasso = new Lasso(this.find("map"), this.find("draw"), (polygon) => this.choose(polygon));
    theDock();
  }

  async update({ data, setTriggerValue }) {
    theDock().dress(this.parent.host ?? this.parent);
    this.trigger = setTriggerValue;
    const wanted = `${data.version} ${data.dark}`;
    if (this.wanted === wanted) return;
    this.wanted = wanted;
    try {
      const [deck, drawn] = await Promise.all([deckGl(), points(data)]);
      if (this.wanted !== wanted || !drawn) return;
      this.points = drawn;
      this.draw(deck);
    } catch (error) {
      this.find("none").hidden = false;
      this.find("none").textContent = error.message;
    }
  }

  draw(deck) {
    const { count, positions, colours, legend, low, high } = this.points;
    this.grid = new MapGrid(positions, low, high);
    this.radius = count > 5000 ? 2.5 : 5;
    this.point(-1);
    this.layer = (shown) =>
      new deck.ScatterplotLayer({
        id: "sounds",
        data: {
          length: shown,
          attributes: {
            getPosition: { value: positions, size: 2 },
            getFillColor: { value: colours, size: 4, normalized: true },
          },
        },
        getRadius: this.radius,
        radiusUnits: "pixels",
      });
    this.shown = count;
    this.slow = false;
    this.view = new deck.OrthographicView({ flipY: false });
    this.gl?.finalize();
    this.gl = new deck.Deck({
      parent: this.find("canvas"),
      views: this.view,
      initialViewState: this.whole(),
      controller: true,
      deviceProps: { type: "webgl", webgl: { antialias: false } }, // points have soft edges of their own
      layers: [this.layer(count)],
      onViewStateChange: () => this.move(),
      onLoad: () => (this.find("map").dataset.drawn = String(count)),
      getCursor: ({ isDragging }) => (isDragging ? "grabbing" : this.pointed < 0 ? "grab" : "pointer"),
    });
    this.find("legend").replaceChildren(
      ...legend.map(({ name, css }) => {
        const item = document.createElement("li");
        const dot = document.createElement("i");
        dot.style.setProperty("--dot", css);
        item.append(dot, name);
        return item;
      }),
    );
  }

  /** Where the camera shows everything. */
  whole() {
    const { low, high } = this.points;
    const box = this.find("canvas").getBoundingClientRect();
    const across = Math.max(high[0] - low[0], 1e-6);
    const down = Math.max(high[1] - low[1], 1e-6);
    const zoom = Math.log2(0.86 * Math.min(box.width / across, box.height / down));
    return { target: [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, 0], zoom, maxZoom: zoom + 10, minZoom: zoom - 2 };
  }

  /** The camera goes on: without a graphics card, with a part of the points until it rests. */
  move() {
    this.point(-1);
    const { count } = this.points;
    if (count <= MOVING) return;
    clearTimeout(this.settled);
    this.settled = setTimeout(() => this.show(count), SETTLED_MS);
    if (this.slow) {
      this.show(MOVING);
      return;
    }
    const begun = performance.now();
    requestAnimationFrame(() => requestAnimationFrame(() => (this.slow ||= performance.now() - begun > SLOW_MS)));
  }

  show(count) {
    if (count === this.shown) return;
    this.shown = count;
    this.gl?.setProps({ layers: [this.layer(count)] });
  }

  showAll() {
    this.gl?.setProps({ initialViewState: { ...this.whole(), at: Date.now() } });
  }

  hover(event) {
    if (event.buttons) return; // it drags the map
    this.point(this.under(event));
  }

  click(event) {
    const [x, y] = this.pressed ?? [Infinity, Infinity];
    if (Math.hypot(event.clientX - x, event.clientY - y) > STILL) return;
    const index = this.under(event);
    if (index >= 0) this.play(index);
  }

  /** The point under a pointer, or -1. */
  under({ clientX, clientY }) {
    if (!this.gl?.isInitialized) return -1;
    const [viewport] = this.gl.getViewports();
    const box = this.find("canvas").getBoundingClientRect();
    const place = viewport.unproject([clientX - box.left, clientY - box.top]);
    return this.grid.nearest(place, (this.radius + REACH) / viewport.scale);
  }

  /** Mark a point, name it, and play it if the pointer stays; -1: none. */
  point(index) {
    if (index === this.pointed) return;
    this.pointed = index;
    clearTimeout(this.dwell);
    const [tip, ring] = [this.find("tip"), this.find("ring")];
    tip.hidden = ring.hidden = index < 0;
    if (index < 0) return;
    const { positions, names } = this.points;
    const [viewport] = this.gl.getViewports();
    const [x, y] = viewport.project([positions[2 * index], positions[2 * index + 1]]);
    ring.style.translate = `${x}px ${y}px`;
    tip.textContent = names[index];
    tip.style.left = `${Math.min(x + 14, this.find("canvas").clientWidth - 200)}px`;
    tip.style.top = `${y + 14}px`;
    if (this.hear) this.dwell = setTimeout(() => this.play(index), DWELL_MS);
  }

  play(index) {
    const { ids, names, durations } = this.points;
    if (player.track?.id === ids[index] && player.playing) return;
    const dur = durations?.[index] ?? 0;
    player.list = [];
    player.play({ id: ids[index], name: names[index], folder: "", dur, start: 0, end: dur });
  }

  /** List what lies in a polygon of the screen. */
  choose(polygon) {
    if (!this.gl?.isInitialized) return;
    const [viewport] = this.gl.getViewports();
    const { count, positions, ids } = this.points;
    const chosen = [];
    for (let at = 0; at < count; at++) {
      const spot = viewport.project([positions[2 * at], positions[2 * at + 1]]);
      if (Lasso.holds(polygon, spot)) chosen.push(ids[at]);
    }
    this.trigger("act", { do: "lasso", ids: chosen.slice(0, 1000), count: chosen.length });
  }

  close() {
    clearTimeout(this.dwell);
    clearTimeout(this.settled);
    this.gl?.finalize();
  }
}

export function mount(component) {
  const parent = component.parentElement;
  if (!mounted.has(parent)) mounted.set(parent, new SoundMap(parent));
  mounted.get(parent).update(component);
  return () => {
    mounted.get(parent)?.close();
    mounted.delete(parent);
  };
}
