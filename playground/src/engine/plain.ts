// The inner loops in plain JavaScript: what runs where WebAssembly does not, and what the fast ones are tested against.

import type { Engine, Heap, Kernels } from "./kernels";

class GrowingHeap implements Heap {
  numbers = new Float32Array(1024);
  private used = 0;

  allocate(count: number): number {
    const at = this.used;
    this.used += count;
    if (this.used > this.numbers.length) {
      const larger = new Float32Array(Math.max(this.used, 2 * this.numbers.length));
      larger.set(this.numbers);
      this.numbers = larger;
    }
    return at;
  }
}

const clip = (p: number) => Math.min(Math.max(p, 1e-7), 1 - 1e-7);
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

function addTerms(sums: Float32Array, f: Float32Array, u: number, p: number, v: number, q: number): void {
  for (let j = 0; j < sums.length; j++) sums[j] += u * f[p + j] + v * f[q + j];
}

export function plainEngine(): Engine {
  const heap = new GrowingHeap();
  const kernels: Kernels = {
    // C = A · B; A's element (i, k) stands at a + i·rs + k·cs.
    gemm(c, ldc, a, rs, cs, b, ldb, rows, cols, depth) {
      const f = heap.numbers;
      for (let i = 0; i < rows; i++) {
        const sums = f.subarray(c + i * ldc, c + i * ldc + cols);
        sums.fill(0);
        let waiting = -1; // terms go in by pairs: that halves the traffic with memory
        for (let k = 0; k < depth; k++) {
          if (f[a + i * rs + k * cs] === 0) continue; // most of a digit is paper
          if (waiting < 0) {
            waiting = k;
            continue;
          }
          addTerms(sums, f, f[a + i * rs + waiting * cs], b + waiting * ldb, f[a + i * rs + k * cs], b + k * ldb);
          waiting = -1;
        }
        if (waiting >= 0) addTerms(sums, f, f[a + i * rs + waiting * cs], b + waiting * ldb, 0, b);
      }
    },
    transpose(out, ldo, a, lda, rows, cols) {
      const f = heap.numbers;
      for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) f[out + j * ldo + i] = f[a + i * lda + j];
    },
    // z = activation(z + bias); kinds as in ACTIVATIONS.
    activate(z, bias, rows, stride, kind) {
      const f = heap.numbers;
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < stride; j++) {
          const v = f[z + i * stride + j] + f[bias + j];
          f[z + i * stride + j] = kind === 1 ? Math.max(v, 0) : kind === 2 ? Math.tanh(v) : kind === 3 ? sigmoid(v) : v;
        }
      }
    },
    // d becomes d · activation'(z), told from the activation's value y.
    slope(d, y, count, kind) {
      const f = heap.numbers;
      if (kind === 0) return;
      for (let i = 0; i < count; i++) {
        const v = f[y + i];
        f[d + i] *= kind === 1 ? (v > 0 ? 1 : 0) : kind === 2 ? 1 - v * v : v * (1 - v);
      }
    },
    column_sums(out, d, rows, stride) {
      const f = heap.numbers;
      f.fill(0, out, out + stride);
      for (let i = 0; i < rows; i++) for (let j = 0; j < stride; j++) f[out + j] += f[d + i * stride + j];
    },
    // The summed loss of sigmoid outputs y against targets x; d becomes scale · its gradient before the sigmoid.
    output_loss(d, y, x, rows, stride, kind, scale) {
      const f = heap.numbers;
      let sum = 0;
      for (let i = 0; i < rows * stride; i++) {
        const v = f[y + i];
        const target = f[x + i];
        const gap = v - target;
        if (kind === 0) {
          sum += gap * gap;
          f[d + i] = 2 * scale * gap * v * (1 - v);
        } else {
          sum -= target * Math.log(clip(v)) + (1 - target) * Math.log(1 - clip(v));
          f[d + i] = scale * gap;
        }
      }
      return sum;
    },
    row_errors(out, y, x, rows, stride) {
      const f = heap.numbers;
      for (let i = 0; i < rows; i++) {
        let sum = 0;
        for (let j = 0; j < stride; j++) sum += (f[y + i * stride + j] - f[x + i * stride + j]) ** 2;
        f[out + i] = sum;
      }
    },
    // Kingma & Ba, 2015, with Keras's constants; `rate` comes with the correction for the first steps.
    adam(w, g, m, v, count, rate) {
      const f = heap.numbers;
      for (let i = 0; i < count; i++) {
        const gradient = f[g + i];
        f[m + i] = 0.9 * f[m + i] + 0.1 * gradient;
        f[v + i] = 0.999 * f[v + i] + 0.001 * gradient * gradient;
        f[w + i] -= (rate * f[m + i]) / (Math.sqrt(f[v + i]) + 1e-7);
      }
    },
    sgd(w, g, count, rate) {
      const f = heap.numbers;
      for (let i = 0; i < count; i++) f[w + i] -= rate * f[g + i];
    },
  };
  return { name: "js", kernels, heap };
}
