// The inner loops in WebAssembly with SIMD, compiled from `assembly/` and carried inside this module.

import binary from "wasm:kernels";
import { type Engine, type Heap, type Kernels } from "./kernels";
import { plainEngine } from "./plain";

const PAGE = 65536;
const START = 16384; // bytes that the compiled code may claim for itself

class WasmHeap implements Heap {
  numbers: Float32Array;
  private used = START / 4;

  constructor(private memory: WebAssembly.Memory) {
    this.numbers = new Float32Array(memory.buffer);
  }

  allocate(count: number): number {
    const at = this.used;
    this.used = (at + count + 3) & ~3;
    const missing = this.used * 4 - this.memory.buffer.byteLength;
    if (missing > 0) {
      this.memory.grow(Math.ceil(missing / PAGE));
      this.numbers = new Float32Array(this.memory.buffer);
    }
    return at;
  }
}

let compiled: Promise<WebAssembly.Module> | undefined;

export async function wasmEngine(): Promise<Engine> {
  compiled ??= WebAssembly.compile(Uint8Array.from(atob(binary), (c) => c.charCodeAt(0)));
  const instance = await WebAssembly.instantiate(await compiled, {});
  const { memory, ...kernels } = instance.exports as Record<string, unknown>;
  return { name: "wasm", kernels: kernels as unknown as Kernels, heap: new WasmHeap(memory as WebAssembly.Memory) };
}

// The fast engine, or where the browser lacks SIMD (or the plain one is asked for) the plain one.
export async function bestEngine(plain = false): Promise<Engine> {
  if (plain) return plainEngine();
  return wasmEngine().catch(() => plainEngine());
}
