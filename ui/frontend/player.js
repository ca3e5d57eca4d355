// One audio element for the whole interface: whoever plays, everybody else is silent.

const BASE = new URL("api/", document.baseURI);
const SEEK_S = 2;
const VOLUME = "foundsound-volume"; // where the browser keeps it

class Player extends EventTarget {
  constructor() {
    super();
    this.audio = new Audio();
    this.audio.preload = "auto";
    this.audio.volume = Number(localStorage.getItem(VOLUME) ?? 1);
    this.track = null; // {id, name, folder, dur, start, end}
    this.list = []; // what is before and behind it
    for (const name of ["play", "pause", "ended", "timeupdate", "loadedmetadata", "seeked"]) {
      this.audio.addEventListener(name, () => this.tell("state"));
    }
    this.audio.addEventListener("error", () => this.fellBack() || this.tell("state"));
  }

  tell(name) {
    this.dispatchEvent(new CustomEvent(name));
  }

  get playing() {
    return !this.audio.paused && !this.audio.ended && !this.failed;
  }

  /** The track cannot be played; the element does not call itself paused then. */
  get failed() {
    return this.audio.error !== null;
  }

  get at() {
    return this.audio.currentTime;
  }

  /** Play a track from the second that fits, or from `at`. */
  play(track, at = null) {
    const from = at ?? (track.start < track.dur - 0.05 ? track.start : 0) ?? 0;
    if (this.track?.id === track.id && !this.failed) {
      if (at !== null || this.audio.ended || !this.playing) this.seek(at ?? from);
    } else {
      this.track = track;
      this.asIs = false;
      this.from(rendition(track.id), from);
      this.tell("track");
    }
    this.track = track;
    this.start();
  }

  /** Take an address from a second on: the fragment tells the browser before it has loaded any. */
  from(url, second) {
    this.audio.src = second ? `${url}#t=${second.toFixed(3)}` : url;
  }

  start() {
    this.audio.play().catch((error) => {
      if (error.name === "NotAllowedError") this.tell("state"); // the browser wants a click first
    });
  }

  /** A format that the rendition does not serve may still play as it is. */
  fellBack() {
    if (!this.track || this.asIs) return false;
    this.asIs = true;
    this.from(apiUrl(`sounds/${this.track.id}/audio`), this.track.start || 0);
    this.start();
    return true;
  }

  toggle(track = this.track) {
    if (!track) return;
    if (this.track?.id === track.id && this.playing) this.audio.pause();
    else if (this.track?.id === track.id && !this.audio.ended && !this.failed) this.start();
    else this.play(track);
  }

  seek(second) {
    const last = this.audio.duration || this.track?.dur || 0;
    this.audio.currentTime = Math.max(0, Math.min(second, Math.max(0, last - 0.01)));
    this.tell("state");
  }

  nudge(direction) {
    if (this.track) this.seek(this.at + direction * Math.min(SEEK_S, (this.track.dur || 9) / 5));
  }

  /** Play the neighbour in the list that is on the page. */
  step(direction) {
    const here = this.list.findIndex((each) => each.id === this.track?.id);
    const next = this.list[here < 0 ? 0 : here + direction];
    if (next) this.play(next);
    return next;
  }

  get loop() {
    return this.audio.loop;
  }

  set loop(on) {
    this.audio.loop = on;
    this.tell("state");
  }

  get volume() {
    return this.audio.volume;
  }

  set volume(level) {
    this.audio.volume = level;
    localStorage.setItem(VOLUME, String(level));
  }

  stop() {
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
    this.track = null;
    this.tell("track");
  }
}

export function rendition(id) {
  return new URL(`sounds/${id}/rendition`, BASE).href;
}

export function apiUrl(path) {
  return new URL(path.replace(/^\//, ""), BASE).href;
}

export function clock(seconds) {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return "";
  if (seconds < 10) return `0:0${seconds.toFixed(1)}`;
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

// Modules may be loaded twice under two addresses; the page has one player all the same.
export const player = (window.foundsoundPlayer ??= new Player());
