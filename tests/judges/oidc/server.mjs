// An OAuth 2 and OpenID Connect server, npm `oidc-provider` as it comes, and a small API
// that takes its tokens. Started by start-oidc in the folder of the installed packages:
// GET  /api         {client, scope} of the token; 401 without one that is valid
// POST /api/expire  makes the token of the request invalid
// GET  /api/events  how often each event of the server has happened
// GET  /api/keys    the private keys of the clients that sign, by algorithm, as PEM
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const [folder, host, port] = process.argv.slice(2);
const { Provider } = await import(pathToFileURL(`${folder}/node_modules/oidc-provider/lib/index.js`));
const issuer = `http://${host}:${port}`;

const service = { grant_types: ["client_credentials"], redirect_uris: [], response_types: [], scope: "things:read" };
const person = {
  token_endpoint_auth_method: "none", application_type: "native", redirect_uris: ["http://127.0.0.1/back"],
  response_types: ["code"], scope: "openid offline_access things:read",
};
const keys = {}, signing = [];
for (const [algorithm, kind, options] of [
  ["RS256", "rsa", { modulusLength: 2048 }], ["PS256", "rsa", { modulusLength: 2048 }],
  ["ES256", "ec", { namedCurve: "P-256" }], ["ES384", "ec", { namedCurve: "P-384" }], ["Ed25519", "ed25519", {}],
]) {
  const { publicKey, privateKey } = generateKeyPairSync(kind, options);
  keys[algorithm] = privateKey.export({ type: "pkcs8", format: "pem" });
  const alg = algorithm === "Ed25519" ? "EdDSA" : algorithm;
  signing.push({
    ...service, client_id: algorithm, token_endpoint_auth_method: "private_key_jwt",
    token_endpoint_auth_signing_alg: alg,
    jwks: { keys: [{ ...publicKey.export({ format: "jwk" }), kid: algorithm, use: "sig", alg }] },
  });
}
const provider = new Provider(issuer, {
  clients: [
    { ...service, client_id: "basic:1", client_secret: "s3cret +%/&=:", token_endpoint_auth_method: "client_secret_basic" },
    { ...service, client_id: "post", client_secret: "s3cret +%/&=:", token_endpoint_auth_method: "client_secret_post" },
    { ...person, client_id: "app", grant_types: ["authorization_code", "refresh_token"] },
    {
      ...person, client_id: "tv", redirect_uris: [], response_types: [],
      grant_types: ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
    },
    ...signing,
  ],
  scopes: ["openid", "offline_access", "things:read", "things:write"],
  features: {
    clientCredentials: { enabled: true }, deviceFlow: { enabled: true }, devInteractions: { enabled: true },
    revocation: { enabled: true },
  },
  enabledJWA: { clientAuthSigningAlgValues: ["RS256", "PS256", "ES256", "ES384", "EdDSA"] },
  rotateRefreshToken: true,
  cookies: { keys: ["k3y"] },
});

const events = {};
for (const name of ["access_token.saved", "client_credentials.saved", "refresh_token.saved",
  "refresh_token.consumed", "refresh_token.destroyed", "access_token.destroyed", "grant.revoked", "grant.error"]) {
  provider.on(name, () => { events[name] = (events[name] ?? 0) + 1; });
}

async function api(request) {
  if (request.url === "/api/events") return [200, events];
  if (request.url === "/api/keys") return [200, keys];
  const value = (request.headers.authorization ?? "").replace(/^Bearer /, "");
  const token = (await provider.AccessToken.find(value)) ?? (await provider.ClientCredentials.find(value));
  if (!token?.isValid) return [401, { error: "invalid_token" }];
  if (request.url === "/api/expire") await token.destroy();
  return [200, { client: token.clientId, scope: token.scope ?? "" }];
}

const server = provider.callback();
createServer(async (request, response) => {
  if (!request.url.startsWith("/api")) return server(request, response);
  const [status, value] = await api(request);
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}).listen(Number(port), host);
