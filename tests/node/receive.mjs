// receive.mjs DIR - a receiver of webhooks and a mail server, for one test. Ports go into DIR/ports (web, mail), what
// comes into DIR/hooks (a line each: path, whether the library takes it, body) and DIR/mail.N. DIR/secret holds the
// secret of /ok and /flaky, DIR/public the key of /key.
import { createServer as web } from "node:http";
import { createServer as tcp } from "node:net";
import { createPublicKey, verify } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const dir = process.argv[2];
const read = (name) => readFileSync(`${dir}/${name}`, "utf8").trim();
const seen = {};

// The form v1a is not in the library: Ed25519 by OpenSSL, over id.timestamp.body.
function keyed(body, headers) {
    const raw = Buffer.from(read("public").replace("whpk_", ""), "base64");
    const key = createPublicKey({ format: "der", type: "spki",
        key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]) });
    const text = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    const signature = headers["webhook-signature"].split(" ").find((s) => s.startsWith("v1a,")).slice(4);
    if (!verify(null, Buffer.from(text), key, Buffer.from(signature, "base64"))) throw new Error("another key");
}

const hooks = web((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
        const path = request.url, id = request.headers["webhook-id"];
        let taken = "verified";
        try {
            if (path === "/key") keyed(body, request.headers);
            else if (path !== "/gone") new Webhook(read("secret")).verify(body, request.headers);
        } catch (e) {
            taken = `refused: ${e.message}`;
        }
        seen[id] = (seen[id] || 0) + 1;
        const status = path === "/gone" ? 410 : path === "/flaky" && seen[id] === 1 ? 503 : taken === "verified" ? 204 : 400;
        appendFileSync(`${dir}/hooks`, `${path} ${status} ${taken} ${body}\n`);
        response.writeHead(status).end();
    });
});

let mails = 0;
const mail = tcp((socket) => {
    let text = "", data = null;
    const say = (line) => socket.write(`${line}\r\n`);
    socket.on("error", () => {});
    socket.on("data", (part) => {
        text += part;
        for (let end; (end = text.indexOf("\r\n")) >= 0; ) {
            const line = text.slice(0, end);
            text = text.slice(end + 2);
            if (data !== null && line === ".") {
                writeFileSync(`${dir}/mail.${mails++}`, data);
                data = null;
                say("250 taken");
            } else if (data !== null) data += `${line.startsWith("..") ? line.slice(1) : line}\n`;
            else if (/^EHLO/i.test(line)) say("250-here\r\n250 8BITMIME");
            else if (/^DATA/i.test(line)) { data = ""; say("354 go on"); }
            else if (/^QUIT/i.test(line)) { say("221 bye"); socket.end(); }
            else if (/^RCPT.*nobody@/i.test(line)) say("550 no such mailbox");
            else say("250 ok");
        }
    });
    say("220 test");
});

hooks.listen(0, "127.0.0.1", () =>
    mail.listen(0, "127.0.0.1", () => writeFileSync(`${dir}/ports`, `${hooks.address().port} ${mail.address().port}\n`)));
