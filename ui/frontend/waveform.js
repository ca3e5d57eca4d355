// Peaks from the API, and how a small waveform is drawn from them.

import { apiUrl } from "./player.js";

const kept = new Map(); // of this page's life: id and zoom -> promise of peaks
const MOST_KEPT = 400;
const BAR = 2;
const GAP = 1;

/** The loudest moments of a sound, from 0 to 1, evenly spaced; null when there are none. */
export function peaksOf(id, zoom = "overview") {
  const key = keyOf(id, zoom);
  if (!kept.has(key)) {
    if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value);
    kept.set(key, load(id, zoom));
  }
  return kept.get(key);
}

function keyOf(id, zoom) {
  return `${id} ${zoom}`;
}

async function load(id, zoom) {
  try {
    const answer = await fetch(apiUrl(`sounds/${id}/peaks?zoom=${zoom}`));
    if (answer.ok) return parse(await answer.json());
  } catch {
    // as if there were none
  }
  kept.delete(keyOf(id, zoom)); // whoever draws it again asks again
  return null;
}

/** Of audiowaveform's JSON, version 2: the least and the greatest sample of each pixel. */
function parse({ data, bits }) {
  const full = 2 ** (bits - 1);
  const peaks = new Float32Array(data.length / 2);
  for (let at = 0; at < peaks.length; at++) {
    peaks[at] = Math.max(Math.abs(data[2 * at]), Math.abs(data[2 * at + 1])) / full;
  }
  return peaks;
}

/** Draw bars; the stretch from `start` to `end` (shares of the whole) stands out. */
export function draw(canvas, peaks, { start = 0, end = 0, colour, marked }) {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (!width || !height) return;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  const bars = Math.floor(width / (BAR + GAP));
  const loudest = peaks?.reduce((most, each) => Math.max(most, each), 0.02) ?? 1;
  for (let bar = 0; bar < bars; bar++) {
    const share = bar / bars;
    const tall = Math.max(1.5, (peaks ? loudness(peaks, share, 1 / bars) / loudest : 0) * height);
    pen.fillStyle = share >= start && share < end ? marked : colour;
    pen.fillRect(bar * (BAR + GAP), (height - tall) / 2, BAR, tall);
  }
}

function loudness(peaks, share, step) {
  const from = Math.floor(share * peaks.length);
  const to = Math.max(from + 1, Math.floor((share + step) * peaks.length));
  let most = 0;
  for (let i = from; i < to && i < peaks.length; i++) most = Math.max(most, peaks[i]);
  return most;
}
