// One sound at large: waveform, spectrogram, windows; played by the dock's player.

import { icon, theDock } from "./dock.js";
import { apiUrl, clock, player } from "./player.js";
import { peaksOf } from "./waveform.js";

const mounted = new WeakMap();
const MOST_ZOOM = 6; // doublings: 64 times
const MOST_WIDTH = 60_000; // pixels; there are no finer peaks

class Sound {
  constructor(parent) {
    this.parent = parent;
    this.find = (name) => parent.querySelector(`.${name}`);
    this.find("play").onclick = () => this.toggle();
    this.find("picture").onclick = (event) => {
      const box = this.find("sheet").getBoundingClientRect();
      this.playAt(((event.clientX - box.left) / box.width) * this.track.dur);
    };
    this.find("picture").addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    parent.querySelector("input").oninput = (event) => this.zoom(Number(event.target.value));
    this.follow = () => this.tick();
    player.addEventListener("state", this.follow);
    player.addEventListener("track", this.follow);
    theDock();
  }

  update({ data }) {
    theDock().dress(this.parent.host ?? this.parent);
    this.track = data.track;
    this.showPicture(data);
    const style = getComputedStyle(this.parent.host ?? this.parent);
    const colours = {
      waveColor: style.getPropertyValue("--st-gray-color").trim(),
      progressColor: style.getPropertyValue("--st-link-color").trim(),
    };
    if (this.shown !== data.track.id) this.showWaves(data, colours);
    else this.waves?.setOptions(colours);
    this.find("windows").replaceChildren(...data.windows.map((each) => this.window(each)));
    this.tick();
  }

  showPicture({ track, theme }) {
    const picture = this.parent.querySelector("img");
    const url = apiUrl(`sounds/${track.id}/spectrogram.png?theme=${theme}`);
    if (picture.src === url) return;
    picture.hidden = false;
    picture.onerror = () => (picture.hidden = true);
    picture.alt = `Spectrogram of ${track.name}`;
    picture.src = url;
  }

  async showWaves({ track, windows }, colours) {
    this.shown = track.id;
    try {
      const vendor = (name) => import(new URL(`vendor/${name}`, document.baseURI).href);
      const [peaks, { default: WaveSurfer }, { default: Regions }, { default: Timeline }] =
        await Promise.all([
          peaksOf(track.id, "detail"),
          vendor("wavesurfer.js"),
          vendor("wavesurfer-regions.js"),
          vendor("wavesurfer-timeline.js"),
        ]);
      if (this.shown !== track.id) return;
      this.waves?.destroy();
      this.waves = WaveSurfer.create({
        container: this.find("wave"),
        peaks: [peaks ?? [0, 0]],
        duration: track.dur,
        height: 88,
        cursorWidth: 2,
        normalize: true,
        interact: true,
        ...colours,
      });
      this.waves.registerPlugin(Timeline.create({ height: 18, secondaryLabelOpacity: 0.9, style: { fontSize: "11.5px", color: "inherit" } }));
      const regions = this.waves.registerPlugin(Regions.create());
      this.waves.on("ready", () => {
        for (const each of windows.length > 1 ? windows : []) {
          regions.addRegion({ ...each, drag: false, resize: false, color: "rgba(217,119,6,.08)" });
        }
      });
      this.waves.on("interaction", (second) => this.playAt(second));
      this.waves.on("scroll", (from, to, left) => this.slide(left));
      this.waves.on("redraw", () => this.slide(this.waves.getScroll()));
      this.parent.querySelector("input").value = 0;
    } catch {
      this.find("wave").textContent = "For waveforms here, run once: python -m ui.assets";
    }
  }

  window(each) {
    const button = document.createElement("button");
    button.type = "button";
    const [time, text] = [document.createElement("b"), document.createElement("span")];
    time.textContent = `${clock(each.start)} – ${clock(each.end)}`;
    text.textContent = each.text ?? "";
    button.append(time, text);
    button.title = "Play from here";
    button.onclick = () => this.playAt(each.start);
    const item = document.createElement("li");
    item.append(button);
    return item;
  }

  /** Show a stretch of the sound at large, waveform and spectrogram alike. */
  zoom(doublings) {
    const whole = this.find("wave").clientWidth;
    const times = Math.min(2 ** Math.min(doublings, MOST_ZOOM), Math.max(1, MOST_WIDTH / whole));
    this.find("sheet").style.width = `${times * 100}%`;
    this.waves?.zoom(times > 1 ? (times * whole) / this.track.dur : 0);
    this.slide(this.waves?.getScroll() ?? 0);
  }

  /** The spectrogram lies under the same stretch of the waveform. */
  slide(left) {
    this.find("sheet").style.transform = `translateX(${-left}px)`;
  }

  wheel(event) {
    const by = Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : 0;
    if (!by || !this.waves) return;
    event.preventDefault();
    this.waves.setScroll(this.waves.getScroll() + by);
  }

  playAt(second) {
    player.list = [this.track];
    player.play(this.track, second);
  }

  toggle() {
    if (player.track?.id === this.track.id) player.toggle();
    else this.playAt(this.track.start ?? 0);
  }

  tick() {
    const here = player.track?.id === this.track?.id;
    const playing = here && player.playing;
    const at = here ? player.at : 0;
    const button = this.find("play");
    button.innerHTML = icon(playing ? "pause" : "play");
    button.setAttribute("aria-label", playing ? "Pause" : "Play");
    this.find("time").textContent = `${clock(at)} / ${clock(this.track?.dur)}`;
    this.find("sheet").style.setProperty("--played", `${(at / (this.track?.dur || 1)) * 100}%`);
    if (here) this.waves?.setTime(at);
  }

  close() {
    player.removeEventListener("state", this.follow);
    player.removeEventListener("track", this.follow);
    this.waves?.destroy();
  }
}

export function mount(component) {
  const parent = component.parentElement;
  if (!mounted.has(parent)) mounted.set(parent, new Sound(parent));
  mounted.get(parent).update(component);
  return () => {
    mounted.get(parent)?.close();
    mounted.delete(parent);
  };
}
