// exp and log of four floats at once, to about two units in the last place, after the Cephes library's expf and logf
// (Stephen L. Moshier, 1989): reduce to a small interval, then a polynomial.

// @ts-ignore: decorator
@inline
function plus(v: v128, c: f32): v128 {
  return f32x4.add(v, f32x4.splat(c));
}

// @ts-ignore: decorator
@inline
function times(v: v128, c: f32): v128 {
  return f32x4.mul(v, f32x4.splat(c));
}

// @ts-ignore: decorator
@inline
export function exp4(z: v128): v128 {
  const x = f32x4.min(f32x4.max(z, f32x4.splat(-87.3)), f32x4.splat(88));
  const n = f32x4.nearest(times(x, 1.44269504));
  // ln 2 in two parts, so that the remainder stays exact.
  const r = f32x4.sub(f32x4.sub(x, times(n, 0.693359375)), times(n, -2.12194440e-4));
  let p = plus(times(r, 1.9875691500e-4), 1.3981999507e-3);
  p = plus(f32x4.mul(p, r), 8.3334519073e-3);
  p = plus(f32x4.mul(p, r), 4.1665795894e-2);
  p = plus(f32x4.mul(p, r), 1.6666665459e-1);
  p = plus(f32x4.mul(p, r), 5.0000001201e-1);
  p = f32x4.add(f32x4.mul(f32x4.mul(p, r), r), plus(r, 1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

// For normal positive numbers.
// @ts-ignore: decorator
@inline
export function log4(z: v128): v128 {
  const bits = i32x4.sub(z, i32x4.splat(0x3f3504f3)); // 1/√2: the mantissa comes to lie in [1/√2, √2)
  const e = f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23));
  const mantissa = i32x4.add(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const r = plus(mantissa, -1);
  const square = f32x4.mul(r, r);
  let p = plus(times(r, 7.0376836292e-2), -1.1514610310e-1);
  p = plus(f32x4.mul(p, r), 1.1676998740e-1);
  p = plus(f32x4.mul(p, r), -1.2420140846e-1);
  p = plus(f32x4.mul(p, r), 1.4249322787e-1);
  p = plus(f32x4.mul(p, r), -1.6668057665e-1);
  p = plus(f32x4.mul(p, r), 2.0000714765e-1);
  p = plus(f32x4.mul(p, r), -2.4999993993e-1);
  p = plus(f32x4.mul(p, r), 3.3333331174e-1);
  p = f32x4.mul(f32x4.mul(p, r), square);
  p = f32x4.add(p, times(e, -2.12194440e-4));
  p = f32x4.sub(p, times(square, 0.5));
  return f32x4.add(f32x4.add(r, p), times(e, 0.693359375));
}
