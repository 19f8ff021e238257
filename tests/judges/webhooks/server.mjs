// Signs and verifies webhooks by vendors' own libraries. Started by start-webhooks
// in the folder of the installed packages:
// POST /LIBRARY/sign    {secret, id, timestamp, body}  -> the headers
// POST /LIBRARY/verify  {secret, headers, body}        -> true or false
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, host, port] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${folder}/package.json`));
const octokit = await import(pathToFileURL(`${folder}/node_modules/@octokit/webhooks-methods/dist-node/index.js`));
const { Webhook } = require("standardwebhooks");
const Stripe = require("stripe");
const stripe = new Stripe("sk_test_none");

const libraries = {
  octokit: {
    sign: async ({ secret, body }) => ({ "x-hub-signature-256": await octokit.sign(secret, body) }),
    verify: ({ secret, headers, body }) => octokit.verify(secret, body, headers["x-hub-signature-256"]),
  },
  stripe: {
    sign: ({ secret, timestamp, body }) => ({
      "stripe-signature": stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp }),
    }),
    verify: ({ secret, headers, body }) =>
      Boolean(stripe.webhooks.constructEvent(body, headers["stripe-signature"], secret)),
  },
  standardwebhooks: {
    sign: ({ secret, id, timestamp, body }) => ({
      "webhook-id": id,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": new Webhook(secret).sign(id, new Date(timestamp * 1000), body),
    }),
    verify: ({ secret, headers, body }) => Boolean(new Webhook(secret).verify(body, headers)),
  },
};

createServer(async (request, response) => {
  const answer = (status, value) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(value));
  };
  const [, library, action] = request.url.split("/");
  if (request.method === "GET") return answer(200, Object.keys(libraries));
  let text = "";
  for await (const piece of request) text += piece;
  try {
    answer(200, await libraries[library][action](JSON.parse(text)));
  } catch (error) {
    // The libraries refuse by throwing.
    console.error(error);
    answer(action === "verify" ? 200 : 500, false);
  }
}).listen(Number(port), host);
