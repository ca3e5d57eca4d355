// A line drawn by hand around points: with the button on, or with shift held down.

export class Lasso {
  constructor(map, button, done) {
    this.map = map;
    this.button = button;
    this.done = done;
    this.sheet = map.querySelector(".lasso");
    this.path = this.sheet.querySelector("path");
    button.onclick = () => this.on(!map.classList.contains("drawing"));
    map.addEventListener("pointerdown", (event) => this.begin(event), { capture: true });
    map.addEventListener("pointermove", (event) => this.go(event));
    map.addEventListener("pointerup", () => this.end());
    map.addEventListener("pointercancel", () => (this.line = null));
  }

  on(drawing) {
    this.map.classList.toggle("drawing", drawing);
    this.button.setAttribute("aria-pressed", String(drawing));
  }

  begin(event) {
    if (event.target.closest?.(".tools")) return;
    if (!event.shiftKey && !this.map.classList.contains("drawing")) return;
    event.stopPropagation();
    event.preventDefault();
    this.map.setPointerCapture(event.pointerId);
    this.line = [this.spot(event)];
  }

  go(event) {
    if (!this.line) return;
    this.line.push(this.spot(event));
    this.path.setAttribute("d", `M${this.line.map((each) => each.join(",")).join("L")}Z`);
  }

  end() {
    const line = this.line;
    this.line = null;
    if (line?.length > 2) this.done(line);
    if (line) this.on(false);
  }

  spot(event) {
    const box = this.map.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /** Whether a spot lies in a polygon: a ray from it crosses the outline an odd number of times. */
  static holds(polygon, [x, y]) {
    let inside = false;
    for (let at = 0, before = polygon.length - 1; at < polygon.length; before = at++) {
      const [[x1, y1], [x2, y2]] = [polygon[at], polygon[before]];
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
    }
    return inside;
  }
}
