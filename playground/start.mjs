// Trains the network that the page opens with and packs it: `npm run start-network` after a build.
//
// The file is zlib around: a 32-bit length, a header in JSON (settings, steps, curve), for each row of weights its scale
// as a 32-bit float, then all weights as signed bytes.

import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";

const STEPS = 3000;
const place = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "aecourse", "playground", "static");
const { engine } = await import(path.join(place, "playground.js"));

const digits = await engine.unpack(await readFile(path.join(place, "digits.bin")));
const config = engine.readConfig({}).config;
const trainer = new engine.Trainer(await engine.bestEngine(), digits, config);
while (trainer.step < STEPS) trainer.train();

const rows = trainer.network.layers.flatMap((l) => Array(l.inputs + 1).fill(l.outputs));
const weights = trainer.network.read();
const scales = new Float32Array(rows.length);
const bytes = new Int8Array(weights.length);
let at = 0;
rows.forEach((width, row) => {
  const part = weights.subarray(at, at + width);
  scales[row] = part.reduce((most, w) => Math.max(most, Math.abs(w)), 0) / 127 || 1;
  part.forEach((w, i) => (bytes[at + i] = Math.round(w / scales[row])));
  at += width;
});
const short = (v) => (v === null ? null : Number(v.toPrecision(5)));
const history = trainer.history.map((p) => [p.step, short(p.train), short(p.validation), short(p.error)]);
const header = Buffer.from(JSON.stringify({ config, steps: trainer.step, history }));
const length = Buffer.alloc(4);
length.writeUInt32LE(header.length);
const packed = deflateSync(Buffer.concat([length, header, Buffer.from(scales.buffer), Buffer.from(bytes.buffer)]), { level: 9 });
await writeFile(path.join(place, "start.bin"), packed);
console.log(`${trainer.step} steps, ${packed.length.toLocaleString("en")} bytes, error ${history.at(-1)[3]}`);
