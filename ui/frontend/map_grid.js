// Which point lies nearest: points sorted into squares, so that a look costs a few hundred distances.
//
// deck.gl's own picking draws every point anew for each look, which is slow without a graphics card.

const IN_SQUARE = 2; // points on average

export class MapGrid {
  /** Args: positions, x and y of each point in turn. */
  constructor(positions, low, high) {
    const count = positions.length / 2;
    this.positions = positions;
    this.low = low;
    this.side = Math.max(1, Math.ceil(Math.sqrt(count / IN_SQUARE)));
    this.step = Math.max(high[0] - low[0], high[1] - low[1], 1e-6) / this.side;
    this.starts = new Uint32Array(this.side * this.side + 1);
    this.points = new Uint32Array(count);
    const square = new Uint32Array(count);
    for (let at = 0; at < count; at++) {
      square[at] = this.column(positions[2 * at], 0) + this.side * this.column(positions[2 * at + 1], 1);
      this.starts[square[at] + 1]++;
    }
    for (let at = 0; at < this.side * this.side; at++) this.starts[at + 1] += this.starts[at];
    const next = this.starts.slice();
    for (let at = 0; at < count; at++) this.points[next[square[at]]++] = at;
  }

  /** The point nearest to a place and no further from it than `reach`; -1 when there is none. */
  nearest([x, y], reach) {
    let [found, least] = [-1, reach * reach];
    const [left, right] = [this.column(x - reach, 0), this.column(x + reach, 0)];
    const [down, up] = [this.column(y - reach, 1), this.column(y + reach, 1)];
    for (let row = down; row <= up; row++) {
      const [from, to] = [this.starts[row * this.side + left], this.starts[row * this.side + right + 1]];
      for (let at = from; at < to; at++) {
        const point = this.points[at];
        const [across, along] = [this.positions[2 * point] - x, this.positions[2 * point + 1] - y];
        const distance = across * across + along * along;
        if (distance <= least) [found, least] = [point, distance];
      }
    }
    return found;
  }

  column(value, axis) {
    return Math.min(this.side - 1, Math.max(0, Math.floor((value - this.low[axis]) / this.step)));
  }
}
