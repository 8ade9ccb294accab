// What an operator puts before the application: it speaks TLS to browsers, with a certificate of this run.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";

export async function startProxy(directory, port) {
  const server = createServer(certificate(directory), (asked, answer) => forward(asked, answer, port));
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { base: `https://localhost:${server.address().port}`, stop };
}

function forward(asked, answer, port) {
  const { method, url: path, socket } = asked;
  const headers = { ...asked.headers, "x-forwarded-for": socket.remoteAddress };
  const onward = request({ host: "127.0.0.1", port, method, path, headers }, (answered) => {
    answer.writeHead(answered.statusCode, answered.headers);
    answered.pipe(answer);
  });
  onward.on("error", () => answer.destroy());
  asked.pipe(onward);
}

function certificate(directory) {
  const [key, cert] = ["key.pem", "certificate.pem"].map((name) => join(directory, name));
  const options = "req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 1 -subj /CN=localhost";
  const name = "subjectAltName=DNS:localhost";
  execFileSync("openssl", [...options.split(" "), "-addext", name, "-keyout", key, "-out", cert], { stdio: "pipe" });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}
