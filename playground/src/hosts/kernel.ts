// Questions to a notebook's kernel. The page asks, a handler there answers; a kernel that runs a cell answers later.

import type { Explorer } from "../explorer";

// What this uses of anywidget's model.
export interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[]): void;
  on(name: string, callback: (...values: never[]) => void): void;
  off(name?: string, callback?: (...values: never[]) => void): void;
}

export interface Answer {
  content: Record<string, unknown>;
  buffers: DataView[];
}

const ASK_AGAIN = 15_000; // milliseconds: a host may have lost the question
const GIVE_UP = 180_000;

let count = 0;

export class Kernel {
  private readonly waiting = new Map<string, (answer: Answer) => void>();
  private readonly hear: (content: Record<string, unknown>, buffers: DataView[]) => void;

  constructor(private readonly model: Model) {
    this.hear = (content, buffers) => {
      const id = content?.id as string;
      this.waiting.get(id)?.({ content, buffers: buffers ?? [] });
    };
    model.on("msg:custom", this.hear as never);
  }

  end(): void {
    this.model.off("msg:custom", this.hear as never);
    this.waiting.clear();
  }

  ask(question: Record<string, unknown>, numbers?: Float32Array): Promise<Answer> {
    const id = `${Date.now()}-${++count}-${Math.random().toString(36).slice(2)}`;
    const buffers = numbers ? [numbers.slice().buffer as ArrayBuffer] : [];
    return new Promise((resolve, reject) => {
      const send = () => this.model.send({ ...question, id }, undefined, buffers);
      const again = setInterval(send, ASK_AGAIN);
      const done = () => {
        clearInterval(again);
        clearTimeout(end);
        this.waiting.delete(id);
      };
      const end = setTimeout(() => {
        done();
        reject(new Error("The notebook's kernel does not answer. If it was restarted, run the cell again."));
      }, GIVE_UP);
      this.waiting.set(id, (answer) => {
        done();
        if (answer.content.error) reject(new Error(`The model failed: ${answer.content.error}`));
        else resolve(answer);
      });
      send();
    });
  }
}

export const floats = (view: DataView): Float32Array<ArrayBuffer> =>
  new Float32Array(new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice().buffer);

// A network that only the kernel can run.
export class KernelExplorer implements Explorer {
  readonly remote = true;
  onBusy: (busy: boolean) => void = () => {};
  private pending = 0;

  constructor(private readonly kernel: Kernel, readonly code: number, readonly pixels: number) {}

  encode(x: Float32Array): Promise<Float32Array> {
    return this.through("encode", x);
  }

  decode(h: Float32Array): Promise<Float32Array> {
    return this.through("decode", h);
  }

  private async through(ask: string, values: Float32Array): Promise<Float32Array> {
    if (this.pending++ === 0) this.onBusy(true);
    try {
      const { buffers } = await this.kernel.ask({ ask }, values);
      return floats(buffers[0]);
    } finally {
      if (--this.pending === 0) this.onBusy(false);
    }
  }
}
