// The inner loops that both engine paths offer. Offsets and strides count numbers in `heap.numbers`.

export interface Kernels {
  gemm(
    c: number, ldc: number, a: number, rs: number, cs: number, b: number, ldb: number, rows: number, cols: number,
    depth: number,
  ): void;
  transpose(out: number, ldo: number, a: number, lda: number, rows: number, cols: number): void;
  activate(z: number, bias: number, rows: number, stride: number, kind: number): void;
  slope(d: number, y: number, count: number, kind: number): void;
  column_sums(out: number, d: number, rows: number, stride: number): void;
  output_loss(d: number, y: number, x: number, rows: number, stride: number, kind: number, scale: number): number;
  row_errors(out: number, y: number, x: number, rows: number, stride: number): void;
  adam(w: number, g: number, m: number, v: number, count: number, rate: number): void;
  sgd(w: number, g: number, count: number, rate: number): void;
}

export interface Heap {
  readonly numbers: Float32Array; // read it anew after `allocate`
  allocate(count: number): number; // the offset of so many zeros
}

export interface Engine {
  readonly name: "wasm" | "js";
  readonly kernels: Kernels;
  readonly heap: Heap;
}

export const pad = (width: number): number => (width + 3) & ~3;
