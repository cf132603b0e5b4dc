// What `build.mjs` makes of imports that are no TypeScript.
declare module "wasm:kernels" {
  const base64: string;
  export default base64;
}
declare module "worker:*" {
  const source: string;
  export default source;
}
