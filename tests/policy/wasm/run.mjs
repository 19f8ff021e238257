// Runs the module, which must ask nothing of its host, and looks at its number.
import { readFile } from "node:fs/promises";

const module = await WebAssembly.compile(await readFile(process.argv[2]));
const asked = WebAssembly.Module.imports(module);
if (asked.length > 0) {
  console.error("the module asks its host for", asked);
  process.exit(1);
}
const number = (await WebAssembly.instantiate(module, {})).exports.run();
console.log(`wasm: ran in Node ${process.version}, gave ${number}`);
process.exit(number === 42 ? 0 : 1);
