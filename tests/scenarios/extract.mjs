// Writes what the mock server expects, scenario by scenario, as data.
//   node extract.mjs PACKAGE BASE_URL >scenarios.json
// Every step of a scenario: method, uri, the query, path parameters, headers
// and body of the request, and the response. Bodies are `{type}`, `{type, text}`,
// `{type, hex}` or `{type, parts, files}`.
import { expandDyns } from "@typespec/spec-api";
import { readdir } from "node:fs/promises";
import { join, relative, dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [root, baseUrl] = process.argv.slice(2);
const config = { baseUrl };
const specs = resolve(root, "dist/specs");

async function entries(folder) {
    const found = [];
    for (const entry of await readdir(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) found.push(...(await entries(path)));
        else if (entry.name === "mockapi.js") found.push(path);
    }
    return found.sort();
}

function body(value) {
    if (value === undefined) return undefined;
    const type = value.contentType;
    if (value.kind === "multipart") {
        const files = (value.files ?? []).map((file) => ({
            name: file.fieldname,
            filename: file.originalname,
            type: file.mimetype,
            hex: file.buffer.toString("hex"),
        }));
        return { type, parts: expandDyns(value.parts ?? {}, config), files };
    }
    let raw = value.rawContent;
    if (value.streamChunks !== undefined) raw = Buffer.concat(value.streamChunks);
    if (raw === undefined) return { type };
    if (Buffer.isBuffer(raw)) {
        const text = raw.toString("utf8");
        return Buffer.from(text, "utf8").equals(raw) ? { type, text } : { type, hex: raw.toString("hex") };
    }
    return { type, text: typeof raw === "string" ? raw : raw.serialize(config) };
}

function step(api) {
    const request = api.request ?? {};
    return {
        method: api.method.toUpperCase(),
        uri: api.uri,
        query: expandDyns(request.query ?? {}, config),
        path: expandDyns(request.pathParams ?? {}, config),
        headers: expandDyns(request.headers ?? {}, config),
        body: body(request.body),
        response: {
            status: api.response.status,
            headers: expandDyns(api.response.headers ?? {}, config),
            body: body(api.response.body),
        },
    };
}

const scenarios = [];
for (const file of await entries(specs)) {
    const module = await import(pathToFileURL(file).href);
    const group = relative(specs, dirname(file)).replaceAll("\\", "/");
    for (const [name, scenario] of Object.entries(module.Scenarios)) {
        scenarios.push({
            group,
            name,
            pass: scenario.passCondition,
            code: scenario.code,
            keys: scenario.keys,
            steps: scenario.apis.map(step),
        });
    }
}
process.stdout.write(JSON.stringify(scenarios, null, 1) + "\n");
