// Compiles every group of scenarios to OpenAPI, in one process.
//   node compile.mjs PACKAGE OUT
// writes OUT/GROUP/VERSION.json (OpenAPI 3.1, or 3.2 for streams; one file per API version, api.json
// without versions) and OUT/groups.json: what came out and what the compiler said.
import { NodeHost, compile, getSourceLocation } from "@typespec/compiler";
import { getOpenAPI3 } from "@typespec/openapi3";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

const [root, out] = process.argv.slice(2);
const specs = join(root, "specs");

async function entries(folder) {
    const found = [];
    for (const entry of await readdir(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) found.push(...(await entries(path)));
        else if (entry.name === "main.tsp") found.push(path);
    }
    return found.sort();
}

function describe(diagnostic) {
    const location = diagnostic.target && getSourceLocation(diagnostic.target);
    let place = "";
    if (location?.file) {
        const { line } = location.file.getLineAndCharacterOfPosition(location.pos);
        place = `${relative(specs, location.file.path)}:${line + 1}`;
    }
    return { severity: diagnostic.severity, code: diagnostic.code, message: diagnostic.message, place };
}

// The emitter looks a parameter's examples up in a plain object, so that one
// named `constructor` finds `Object` itself, takes it for a list of length 1, and
// crashes. A length of 0 is what it means.
Object.defineProperty(Object, "length", { value: 0 });

// The documents are taken from the emitter directly: what OpenAPI cannot express
// is an error, for which the command line would write nothing at all; here the
// operations that it can express remain.
// Streams of items came with OpenAPI 3.2.
async function one(main, folder) {
    const program = await compile(NodeHost, main, { noEmit: true });
    let records = await getOpenAPI3(program, { "openapi-versions": ["3.1.0"] });
    const streams = (record) =>
        record.diagnostics?.some(({ code }) => code === "@typespec/openapi3/streams-not-supported");
    if (records.some(streams)) records = await getOpenAPI3(program, { "openapi-versions": ["3.2.0"] });
    const files = [];
    const diagnostics = [...program.diagnostics];
    for (const record of records) {
        for (const { version, document, diagnostics: more } of record.versioned ? record.versions : [record]) {
            const file = `${version ?? "api"}.json`;
            await mkdir(folder, { recursive: true });
            await writeFile(join(folder, file), JSON.stringify(document, null, 1) + "\n");
            files.push(file);
            diagnostics.push(...more);
        }
    }
    return { files, diagnostics: diagnostics.map(describe) };
}

await rm(out, { recursive: true, force: true });
const groups = [];
for (const main of await entries(specs)) {
    const name = relative(specs, dirname(main)).replaceAll("\\", "/");
    const folder = name.replaceAll("/", "-");
    const result = await one(main, join(out, folder));
    groups.push({ name, folder, ...result });
    for (const diagnostic of result.diagnostics) {
        if (diagnostic.severity === "error") console.error(`${name}: ${diagnostic.code}: ${diagnostic.message} (${diagnostic.place})`);
    }
}
await writeFile(join(out, "groups.json"), JSON.stringify(groups, null, 1));
