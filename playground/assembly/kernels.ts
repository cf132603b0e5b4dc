// The engine's inner loops in AssemblyScript, four numbers at a time. `src/engine/plain.ts` says what each one does, in
// plain JavaScript; both take offsets and strides in numbers (not bytes) into one block of 32-bit floats.
// Widths (`cols`, `ldb`, `ldc`, `stride`, `count`) are multiples of 4: the engine pads its tables with zeros.

import { exp4, log4 } from "./functions";

const NUMBER: usize = 4; // bytes

// C = A · B. A's element (i, k) stands at a + i·rs + k·cs, so that a transposed A needs no copy.
export function gemm(
  c: usize, ldc: usize, a: usize, rs: usize, cs: usize, b: usize, ldb: usize, rows: usize, cols: usize, depth: usize,
): void {
  c *= NUMBER; a *= NUMBER; b *= NUMBER; ldc *= NUMBER; ldb *= NUMBER; rs *= NUMBER; cs *= NUMBER;
  const whole = rows & ~3;
  for (let j: usize = 0; j + 8 <= cols; j += 8) {
    const bj = b + j * NUMBER;
    const cj = c + j * NUMBER;
    for (let i: usize = 0; i < whole; i += 4) tile4x8(cj + i * ldc, ldc, a + i * rs, rs, cs, bj, ldb, depth);
    for (let i = whole; i < rows; i++) {
      tile1x4(cj + i * ldc, a + i * rs, cs, bj, ldb, depth);
      tile1x4(cj + i * ldc + 16, a + i * rs, cs, bj + 16, ldb, depth);
    }
  }
  if (cols & 4) {
    const j = (cols & ~7) * NUMBER;
    for (let i: usize = 0; i < rows; i++) tile1x4(c + j + i * ldc, a + i * rs, cs, b + j, ldb, depth);
  }
}

// Four rows and eight columns of C stay in registers while the sum over `depth` runs.
// @ts-ignore: decorator
@inline
function tile4x8(c: usize, ldc: usize, a: usize, rs: usize, cs: usize, b: usize, ldb: usize, depth: usize): void {
  let s00 = f32x4.splat(0), s01 = f32x4.splat(0), s10 = f32x4.splat(0), s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0), s21 = f32x4.splat(0), s30 = f32x4.splat(0), s31 = f32x4.splat(0);
  for (let k: usize = 0; k < depth; k++) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    s00 = f32x4.add(s00, f32x4.mul(x, b0));
    s01 = f32x4.add(s01, f32x4.mul(x, b1));
    x = v128.load32_splat(a + rs);
    s10 = f32x4.add(s10, f32x4.mul(x, b0));
    s11 = f32x4.add(s11, f32x4.mul(x, b1));
    x = v128.load32_splat(a + 2 * rs);
    s20 = f32x4.add(s20, f32x4.mul(x, b0));
    s21 = f32x4.add(s21, f32x4.mul(x, b1));
    x = v128.load32_splat(a + 3 * rs);
    s30 = f32x4.add(s30, f32x4.mul(x, b0));
    s31 = f32x4.add(s31, f32x4.mul(x, b1));
    a += cs;
    b += ldb;
  }
  v128.store(c, s00); v128.store(c, s01, 16);
  v128.store(c + ldc, s10); v128.store(c + ldc, s11, 16);
  v128.store(c + 2 * ldc, s20); v128.store(c + 2 * ldc, s21, 16);
  v128.store(c + 3 * ldc, s30); v128.store(c + 3 * ldc, s31, 16);
}

// @ts-ignore: decorator
@inline
function tile1x4(c: usize, a: usize, cs: usize, b: usize, ldb: usize, depth: usize): void {
  let s = f32x4.splat(0);
  for (let k: usize = 0; k < depth; k++) {
    s = f32x4.add(s, f32x4.mul(v128.load32_splat(a), v128.load(b)));
    a += cs;
    b += ldb;
  }
  v128.store(c, s);
}

export function transpose(out: usize, ldo: usize, a: usize, lda: usize, rows: usize, cols: usize): void {
  for (let i: usize = 0; i < rows; i += 8) {
    const end = min(i + 8, rows);
    for (let j: usize = 0; j < cols; j++) {
      for (let r = i; r < end; r++) {
        store<f32>((out + j * ldo + r) * NUMBER, load<f32>((a + r * lda + j) * NUMBER));
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function sigmoid4(z: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(z))));
}

export function activate(z: usize, bias: usize, rows: usize, stride: usize, kind: i32): void {
  const one = f32x4.splat(1), two = f32x4.splat(2);
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < stride; j += 4) {
      const at = (z + i * stride + j) * NUMBER;
      let v = f32x4.add(v128.load(at), v128.load((bias + j) * NUMBER));
      if (kind == 1) v = f32x4.max(v, f32x4.splat(0));
      else if (kind == 2) v = f32x4.sub(f32x4.mul(two, sigmoid4(f32x4.mul(two, v))), one);
      else if (kind == 3) v = sigmoid4(v);
      v128.store(at, v);
    }
  }
}

export function slope(d: usize, y: usize, count: usize, kind: i32): void {
  const one = f32x4.splat(1), zero = f32x4.splat(0);
  for (let i: usize = 0; i < count; i += 4) {
    const at = (d + i) * NUMBER;
    const dv = v128.load(at), yv = v128.load((y + i) * NUMBER);
    if (kind == 1) v128.store(at, v128.and(dv, f32x4.gt(yv, zero)));
    else if (kind == 2) v128.store(at, f32x4.mul(dv, f32x4.sub(one, f32x4.mul(yv, yv))));
    else if (kind == 3) v128.store(at, f32x4.mul(dv, f32x4.mul(yv, f32x4.sub(one, yv))));
  }
}

export function column_sums(out: usize, d: usize, rows: usize, stride: usize): void {
  for (let j: usize = 0; j < stride; j += 4) {
    let s = f32x4.splat(0);
    for (let i: usize = 0; i < rows; i++) s = f32x4.add(s, v128.load((d + i * stride + j) * NUMBER));
    v128.store((out + j) * NUMBER, s);
  }
}

// @ts-ignore: decorator
@inline
function total(v: v128): f64 {
  return <f64>f32x4.extract_lane(v, 0) + <f64>f32x4.extract_lane(v, 1)
    + <f64>f32x4.extract_lane(v, 2) + <f64>f32x4.extract_lane(v, 3);
}

export function output_loss(
  d: usize, y: usize, x: usize, rows: usize, stride: usize, kind: i32, scale: f32,
): f64 {
  const one = f32x4.splat(1), s = f32x4.splat(scale), s2 = f32x4.splat(2 * scale);
  const low = f32x4.splat(1e-7), high = f32x4.splat(1 - 1e-7);
  let sum: f64 = 0;
  for (let i: usize = 0; i < rows; i++) {
    let row = f32x4.splat(0);
    for (let j: usize = 0; j < stride; j += 4) {
      const at = (i * stride + j) * NUMBER;
      const yv = v128.load(y * NUMBER + at), xv = v128.load(x * NUMBER + at);
      const gap = f32x4.sub(yv, xv);
      if (kind == 0) {
        row = f32x4.add(row, f32x4.mul(gap, gap));
        v128.store(d * NUMBER + at, f32x4.mul(f32x4.mul(gap, s2), f32x4.mul(yv, f32x4.sub(one, yv))));
      } else {
        const p = f32x4.min(f32x4.max(yv, low), high);
        const ink = f32x4.mul(xv, log4(p)), paper = f32x4.mul(f32x4.sub(one, xv), log4(f32x4.sub(one, p)));
        row = f32x4.sub(row, f32x4.add(ink, paper));
        v128.store(d * NUMBER + at, f32x4.mul(gap, s));
      }
    }
    sum += total(row);
  }
  return sum;
}

export function row_errors(out: usize, y: usize, x: usize, rows: usize, stride: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    let row = f32x4.splat(0);
    for (let j: usize = 0; j < stride; j += 4) {
      const at = (i * stride + j) * NUMBER;
      const gap = f32x4.sub(v128.load(y * NUMBER + at), v128.load(x * NUMBER + at));
      row = f32x4.add(row, f32x4.mul(gap, gap));
    }
    store<f32>((out + i) * NUMBER, <f32>total(row));
  }
}

export function adam(w: usize, g: usize, m: usize, v: usize, count: usize, rate: f32): void {
  const b1 = f32x4.splat(0.9), r1 = f32x4.splat(1 - 0.9), b2 = f32x4.splat(0.999), r2 = f32x4.splat(1 - 0.999);
  const alpha = f32x4.splat(rate), tiny = f32x4.splat(1e-7);
  for (let i: usize = 0; i < count; i += 4) {
    const at = i * NUMBER;
    const gv = v128.load(g * NUMBER + at);
    const mv = f32x4.add(f32x4.mul(b1, v128.load(m * NUMBER + at)), f32x4.mul(r1, gv));
    const vv = f32x4.add(f32x4.mul(b2, v128.load(v * NUMBER + at)), f32x4.mul(r2, f32x4.mul(gv, gv)));
    v128.store(m * NUMBER + at, mv);
    v128.store(v * NUMBER + at, vv);
    const move = f32x4.div(f32x4.mul(alpha, mv), f32x4.add(f32x4.sqrt(vv), tiny));
    v128.store(w * NUMBER + at, f32x4.sub(v128.load(w * NUMBER + at), move));
  }
}

export function sgd(w: usize, g: usize, count: usize, rate: f32): void {
  const r = f32x4.splat(rate);
  for (let i: usize = 0; i < count; i += 4) {
    const at = w * NUMBER + i * NUMBER;
    v128.store(at, f32x4.sub(v128.load(at), f32x4.mul(r, v128.load((g + i) * NUMBER))));
  }
}
