// The mock server's command line, on Node 20 too: it wants `glob` of
// `fs/promises`, which came with Node 22, for patterns `FOLDER/**/*.EXT` alone.
import * as fs from "node:fs/promises";
import { register } from "node:module";

const shim = `
    import { readdir } from "node:fs/promises";
    import { join } from "node:path";
    export * from "node:fs/promises";
    export async function* glob(pattern) {
        const [folder, name] = pattern.split("/**/*");
        for (const file of await readdir(folder, { recursive: true })) {
            if (file.endsWith(name)) yield join(folder, file);
        }
    }`;
const hooks = `
    const shim = "data:text/javascript," + encodeURIComponent(${JSON.stringify(shim)});
    export const resolve = (name, context, next) =>
        name === "fs/promises" && context.parentURL?.includes("/@typespec/spector/")
            ? { url: shim, shortCircuit: true }
            : next(name, context);`;
if (!("glob" in fs)) register("data:text/javascript," + encodeURIComponent(hooks));
await import(new URL("node_modules/@typespec/spector/dist/src/cli/cli.js", import.meta.url));
