// The library in two dimensions: every sound a point, drawn by deck.gl.

import { theDock } from "./dock.js";
import { Lasso } from "./lasso.js";
import { points } from "./map_points.js";
import { player } from "./player.js";

const DWELL_MS = 120; // a pointer that only passes plays nothing
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
    const { count, positions, colours, legend } = this.points;
    const layer = new deck.ScatterplotLayer({
      id: "sounds",
      data: {
        length: count,
        attributes: {
          getPosition: { value: positions, size: 2 },
          getFillColor: { value: colours, size: 4, normalized: true },
        },
      },
      getRadius: 1,
      radiusUnits: "pixels",
      radiusMinPixels: count > 5000 ? 2.5 : 5,
      radiusMaxPixels: 9,
      pickable: true,
      autoHighlight: true,
      highlightColor: [255, 255, 255, 220],
    });
    this.view = new deck.OrthographicView({ flipY: false });
    this.gl?.finalize();
    this.gl = new deck.Deck({
      parent: this.find("canvas"),
      views: this.view,
      initialViewState: this.whole(),
      controller: true,
      layers: [layer],
      pickingRadius: 6,
      onHover: (info) => this.hover(info),
      onClick: (info) => info.index >= 0 && this.play(info.index),
      getCursor: ({ isHovering }) => (isHovering ? "pointer" : "grab"),
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
    this.find("map").dataset.drawn = String(count);
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

  showAll() {
    this.gl?.setProps({ initialViewState: { ...this.whole(), at: Date.now() } });
  }

  hover({ index, x, y }) {
    const tip = this.find("tip");
    clearTimeout(this.dwell);
    tip.hidden = index < 0;
    if (index < 0) return;
    tip.textContent = this.points.names[index];
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
    const [viewport] = this.gl.getViewports();
    const { count, positions, ids } = this.points;
    const chosen = [];
    for (let at = 0; at < count; at++) {
      const spot = viewport.project([positions[2 * at], positions[2 * at + 1]]);
      if (Lasso.holds(polygon, spot)) chosen.push(ids[at]);
    }
    this.trigger("act", { do: "lasso", ids: chosen.slice(0, 1000), count: chosen.length, at: Date.now() });
  }

  close() {
    clearTimeout(this.dwell);
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
