// The plane that the map shows: the two numbers of the code; of longer codes, the two directions in which they spread
// most (principal components); of a single number, a line with the classes one above the other.

export class Plane {
  code = 0;
  private mean = new Float64Array(0);
  private axes: Float64Array[] = [];
  centre: [number, number] = [0, 0];
  reach = 1; // half the side of the square that is shown
  private fitted = false;

  get names(): [string, string] {
    if (this.code === 1) return ["h₁", "kind of digit"];
    return this.code === 2 ? ["h₁", "h₂"] : ["the direction of most spread", "the next"];
  }

  // Follow the codes (n, code); `gently` moves the frame only part of the way, so that a live map does not jump. Codes
  // that are no numbers are not followed.
  follow(all: Float32Array, code: number, gently: boolean): void {
    if (code !== this.code) this.fitted = false;
    this.code = code;
    if (code > 2 && this.axes[0]?.length !== code) this.components(new Float32Array(0), 0);
    const codes = finite(all, code);
    const n = codes.length / code;
    if (!n) return;
    if (code > 2) this.components(codes, n);
    const spread = [0, 1].map((axis) => {
      const values = Float64Array.from({ length: n }, (_, i) => this.place(codes.subarray(i * code, (i + 1) * code))[axis]).sort();
      return [values[Math.floor(0.01 * (n - 1))], values[Math.ceil(0.99 * (n - 1))]];
    });
    const axes = code === 1 ? [spread[0]] : spread;
    const reach = Math.max(1e-3, ...axes.map(([low, high]) => (high - low) / 2)) * 1.2;
    const centre = spread.map(([low, high]) => (low + high) / 2) as [number, number];
    if (!Number.isFinite(reach + centre[0] + centre[1])) return; // numbers too large to tell apart
    const share = gently && this.fitted ? 0.25 : 1;
    this.reach += share * (reach - this.reach);
    this.centre = this.centre.map((c, i) => c + share * (centre[i] - c)) as [number, number];
    this.fitted = true;
  }

  // Where a code lies in the plane; of one number only the first coordinate counts.
  place(h: ArrayLike<number>): [number, number] {
    if (this.code === 1) return [h[0], 0];
    if (this.code === 2) return [h[0], h[1]];
    return this.axes.map((axis) => axis.reduce((sum, a, j) => sum + a * (h[j] - this.mean[j]), 0)) as [number, number];
  }

  // How numbers drawn with these standard deviations spread over the plane: variances across and up, covariance between.
  covariance(spread: ArrayLike<number>): [number, number, number] {
    const squares = Array.from(spread, (s) => s * s);
    if (this.code === 2) return [squares[0], 0, squares[1]];
    const [u, v] = this.axes;
    const sum = (p: Float64Array, q: Float64Array) => squares.reduce((all, s, j) => all + s * p[j] * q[j], 0);
    return [sum(u, u), sum(u, v), sum(v, v)];
  }

  // The code at a place: what `h` has outside the plane stays.
  codeAt([u, v]: [number, number], h: Float32Array): Float32Array<ArrayBuffer> {
    if (this.code === 1) return Float32Array.of(u);
    if (this.code === 2) return Float32Array.of(u, v);
    const from = h.length === this.code ? this.place(h) : [0, 0];
    const start = h.length === this.code ? h : this.mean;
    return Float32Array.from(start, (value, j) => value + (u - from[0]) * this.axes[0][j] + (v - from[1]) * this.axes[1][j]);
  }

  // Two principal components by power iteration from the last ones, so that they turn slowly while the codes change.
  private components(codes: Float32Array, n: number): void {
    const k = this.code;
    const mean = new Float64Array(k);
    for (let i = 0; i < codes.length; i++) mean[i % k] += codes[i] / n;
    const spread = Array.from({ length: k }, () => new Float64Array(k));
    for (let i = 0; i < n; i++) {
      for (let a = 0; a < k; a++) {
        const d = codes[i * k + a] - mean[a];
        for (let b = 0; b <= a; b++) spread[a][b] += d * (codes[i * k + b] - mean[b]);
      }
    }
    for (let a = 0; a < k; a++) for (let b = 0; b < a; b++) spread[b][a] = spread[a][b];
    const fresh = this.axes.length !== 2 || this.axes[0].length !== k;
    const axes = fresh ? [0, 1].map((a) => Float64Array.from({ length: k }, (_, j) => (j === a ? 1 : 0.01 * (j + 1)))) : this.axes;
    for (let turn = 0; turn < (fresh ? 60 : 12); turn++) {
      for (let a = 0; a < 2; a++) {
        const next = Float64Array.from(spread, (row) => row.reduce((sum, s, j) => sum + s * axes[a][j], 0));
        if (a === 1) {
          const along = next.reduce((sum, s, j) => sum + s * axes[0][j], 0);
          for (let j = 0; j < k; j++) next[j] -= along * axes[0][j];
        }
        const length = Math.hypot(...next);
        if (length > 1e-12 && length < Infinity) axes[a] = next.map((s) => s / length);
      }
    }
    this.mean = mean;
    this.axes = axes;
  }
}

// What of the codes (n, code) is numbers.
function finite(codes: Float32Array, code: number): Float32Array {
  if (codes.every(Number.isFinite)) return codes;
  const rows = Array.from({ length: codes.length / code }, (_, i) => codes.subarray(i * code, (i + 1) * code));
  return Float32Array.from(rows.filter((row) => row.every(Number.isFinite)).flatMap((row) => [...row]));
}
