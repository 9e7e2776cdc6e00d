// mail.mjs DIR - a third party's mail server, for one test: it takes mail only within TLS (DIR/key.pem, DIR/cert.pem) and
// from the user tenure with the password in DIR/password. Its port goes into DIR/port, each mail into DIR/mail.N, and who
// was let in or not into DIR/users.
import { SMTPServer } from "smtp-server";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";

const dir = process.argv[2];
const read = (name) => readFileSync(`${dir}/${name}`, "utf8").trim();
let mails = 0;

const server = new SMTPServer({
    key: read("key.pem"),
    cert: read("cert.pem"),
    onAuth(auth, session, done) {
        const good = session.secure && auth.username === "tenure" && auth.password === read("password");
        appendFileSync(`${dir}/users`, `${auth.username} ${session.secure ? "tls" : "clear"} ${good ? "in" : "refused"}\n`);
        done(good ? null : new Error("wrong password"), good ? { user: auth.username } : undefined);
    },
    onData(stream, session, done) {
        let text = "";
        stream.on("data", (part) => (text += part));
        stream.on("end", () => {
            writeFileSync(`${dir}/mail.${mails++}`, text);
            done();
        });
    },
});
server.on("error", () => {}); // a client that hangs up
server.listen(0, "127.0.0.1", () => writeFileSync(`${dir}/port`, `${server.server.address().port}\n`));
