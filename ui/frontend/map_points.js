// The map's columns from the API, as the graphics card wants them.

import { apiUrl } from "./player.js";

const SATURATION = 62; // percent
const COLOURS = 14; // groups beyond the most frequent ones share a grey

/** Places, colours and names of all sounds; null while there is no map. */
export async function points({ version, dark }) {
  const answer = await fetch(apiUrl(`map?version=${encodeURIComponent(version)}`));
  if (!answer.ok) throw new Error("The map cannot be read now.");
  const told = await answer.json();
  if (!told.count) return null;
  const shades = groups(told, dark);
  const positions = new Float32Array(2 * told.count);
  const colours = new Uint8Array(4 * told.count);
  for (let at = 0; at < told.count; at++) {
    positions[2 * at] = told.x[at];
    positions[2 * at + 1] = told.y[at];
    colours.set(shades.of[told.category[at]] ?? shades.grey, 4 * at);
  }
  return {
    count: told.count,
    positions,
    colours,
    ids: told.ids,
    names: told.names,
    durations: told.durations,
    legend: shades.legend,
    low: [least(told.x), least(told.y)],
    high: [-least(told.x, -1), -least(told.y, -1)],
  };
}

function least(values, sign = 1) {
  return values.reduce((found, each) => Math.min(found, sign * each), Infinity);
}

/** A colour for each of the most frequent groups, as far apart on the wheel as can be. */
function groups({ categories, category }, dark) {
  const counts = new Map();
  for (const each of category) counts.set(each, (counts.get(each) ?? 0) + 1);
  const frequent = [...counts.keys()]
    .filter((each) => each >= 0)
    .sort((a, b) => counts.get(b) - counts.get(a))
    .slice(0, COLOURS);
  const of = {};
  const legend = frequent.map((group, place) => {
    const hue = (38 + (place * 360) / frequent.length) % 360;
    of[group] = [...rgb(hue, SATURATION, dark ? 64 : 44), 220];
    return { name: categories[group], css: `rgb(${of[group].slice(0, 3)})` };
  });
  return { of, legend, grey: dark ? [150, 150, 150, 170] : [120, 120, 120, 170] };
}

function rgb(hue, saturation, lightness) {
  const [s, l] = [saturation / 100, lightness / 100];
  const part = (n) => {
    const k = (n + hue / 30) % 12;
    return Math.round(255 * (l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [part(0), part(8), part(4)];
}
