// The player at the bottom of every page: it goes on while pages and results change.

import { clock, player } from "./player.js";
import { peaksOf } from "./waveform.js";

const ICONS = {
  play: "M8 5v14l11-7z",
  pause: "M6 5h4v14H6zM14 5h4v14h-4z",
  previous: "M6 6h2v12H6zM9.5 12l8.5 6V6z",
  next: "M16 6h2v12h-2zM6 18l8.5-6L6 6z",
  loop: "M7 7h10v3l4-4-4-4v3H5v6h2zm10 10H7v-3l-4 4 4 4v-3h12v-6h-2z",
  close: "M6.4 5 5 6.4l5.6 5.6L5 17.6 6.4 19l5.6-5.6 5.6 5.6 1.4-1.4-5.6-5.6L19 6.4 17.6 5 12 10.6z",
};

export function icon(name) {
  return `<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="${ICONS[name]}" fill="currentColor"/></svg>`;
}

let dock;

class Dock {
  constructor() {
    const host = document.createElement("div");
    host.id = "foundsound-dock";
    const root = host.attachShadow({ mode: "open" });
    root.innerHTML = `
      <link rel="stylesheet" href="${new URL("frontend/dock.css", document.baseURI).href}">
      <section aria-label="Player" hidden>
        <div class="buttons">
          <button class="previous" title="Previous (↑)" aria-label="Previous">${icon("previous")}</button>
          <button class="toggle" title="Play or pause (space)"></button>
          <button class="next" title="Next (↓)" aria-label="Next">${icon("next")}</button>
        </div>
        <div class="what"><b></b><span></span></div>
        <div class="wave" role="presentation"></div>
        <div class="time" role="timer" aria-label="Position"></div>
        <input class="volume" type="range" min="0" max="1" step="0.02" title="Volume" aria-label="Volume">
        <button class="loop" title="Loop (l)" aria-label="Loop" aria-pressed="false">${icon("loop")}</button>
        <button class="close" title="Close the player" aria-label="Close the player">${icon("close")}</button>
      </section>`;
    document.body.append(host);
    this.host = host;
    this.root = root;
    this.bar = root.querySelector("section");
    this.find("toggle").onclick = () => player.toggle();
    this.find("previous").onclick = () => player.step(-1);
    this.find("next").onclick = () => player.step(1);
    this.find("volume").value = player.volume;
    this.find("volume").oninput = (event) => (player.volume = Number(event.target.value));
    this.find("volume").onchange = (event) => event.target.blur(); // the arrows walk again
    this.find("loop").onclick = () => (player.loop = !player.loop);
    this.find("close").onclick = () => player.stop();
    player.addEventListener("track", () => this.show());
    player.addEventListener("state", () => this.tick());
    this.makeWaves();
  }

  find(name) {
    return this.root.querySelector(`.${name}`);
  }

  async makeWaves() {
    try {
      const vendor = (name) => import(new URL(`vendor/${name}`, document.baseURI).href);
      const [{ default: WaveSurfer }, { default: Regions }] = await Promise.all([
        vendor("wavesurfer.js"),
        vendor("wavesurfer-regions.js"),
      ]);
      this.WaveSurfer = WaveSurfer;
      this.Regions = Regions;
      this.show();
    } catch {
      this.find("wave").textContent = "For waveforms here, run once: python -m ui.assets";
    }
  }

  /** Take on the colours of the page that mounted a component. */
  dress(element) {
    const style = getComputedStyle(element);
    for (const name of ["text", "background", "secondary-background", "link", "border"]) {
      const value = style.getPropertyValue(`--st-${name}-color`);
      if (value) this.host.style.setProperty(`--${name}`, value);
    }
    this.host.style.fontFamily = style.getPropertyValue("--st-font") || "sans-serif";
    this.colours = {
      waveColor: style.getPropertyValue("--st-gray-color").trim() || "#888",
      progressColor: style.getPropertyValue("--st-link-color").trim() || "#d97706",
    };
    this.waves?.setOptions(this.colours);
  }

  async show() {
    const track = player.track;
    this.bar.hidden = !track;
    if (!track) return;
    this.root.querySelector("b").textContent = track.name;
    this.root.querySelector(".what span").textContent = track.folder ?? "";
    this.tick();
    const peaks = (await peaksOf(track.id, "overview")) ?? [0, 0];
    const audio = player.audio;
    // Until the element has taken the new address, the library would set it again, and stop it.
    if (audio.currentSrc !== audio.src) {
      await new Promise((done) => audio.addEventListener("loadstart", done, { once: true }));
    }
    if (player.track?.id !== track.id || !this.WaveSurfer) return;
    this.drawWaves(track, peaks);
  }

  drawWaves(track, peaks) {
    // The element plays already: the library only draws it and seeks in it. One instance for all
    // sounds, because destroying one pauses the element.
    if (this.waves) this.waves.load(player.audio.currentSrc, [peaks], track.dur);
    else this.makeOne(peaks, track.dur);
    this.regions.clearRegions();
    const whole = track.start < 0.05 && track.end > track.dur - 0.05;
    if (track.end && !whole) {
      const still = { drag: false, resize: false, color: "rgba(217, 119, 6, .16)" };
      this.regions.addRegion({ start: track.start, end: track.end, ...still });
    }
  }

  makeOne(peaks, duration) {
    this.waves = this.WaveSurfer.create({
      container: this.find("wave"),
      media: player.audio,
      url: player.audio.currentSrc,
      peaks: [peaks],
      duration,
      height: 44,
      barWidth: 2,
      barGap: 1,
      barRadius: 1,
      cursorWidth: 1,
      normalize: true,
      dragToSeek: true,
      ...this.colours,
    });
    this.regions = this.waves.registerPlugin(this.Regions.create());
  }

  tick() {
    const track = player.track;
    if (!track) return;
    const button = this.find("toggle");
    button.innerHTML = icon(player.playing ? "pause" : "play");
    button.setAttribute("aria-label", player.playing ? "Pause" : "Play");
    const time = `${clock(player.at)} / ${clock(track.dur)}`;
    this.find("time").textContent = player.failed ? "cannot be played" : time;
    this.find("loop").setAttribute("aria-pressed", String(player.loop));
  }
}

/** The dock, made when the first component needs it. */
export function theDock() {
  return (dock ??= window.foundsoundDock ??= new Dock());
}
