// Runs the module, which must ask nothing of its host, and looks at its numbers.
import { readFile } from "node:fs/promises";

const module = await WebAssembly.compile(await readFile(process.argv[2]));
const asked = WebAssembly.Module.imports(module);
if (asked.length > 0) {
  console.error("the module asks its host for", asked);
  process.exit(1);
}
const { by_hand, generated } = (await WebAssembly.instantiate(module, {})).exports;
const numbers = [by_hand(), generated()];
console.log(`wasm: ran in Node ${process.version}, gave ${numbers}`);
process.exit(numbers.every((number) => number === 42) ? 0 : 1);
