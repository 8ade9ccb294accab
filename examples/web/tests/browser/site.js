// The application as `cargo run -p verify-mfa-web` starts it, and the sandbox that it says it talks to.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startProxy } from "./proxy.js";

const PROGRAM = process.env.VERIFY_MFA_WEB ?? "../../target/debug/verify-mfa-web";

/** `isSecure`: behind a proxy that browsers reach with https. */
export async function startSite({ isSecure = false } = {}) {
  const directory = await mkdtemp(join(tmpdir(), "verify-mfa-web-"));
  const port = await freePort();
  const proxy = isSecure ? await startProxy(directory, port) : undefined;
  const base = proxy?.base ?? `http://localhost:${port}`;
  const environment = Object.entries(process.env).filter(([name]) => !name.startsWith("TWILIO_"));
  const program = spawn(PROGRAM, {
    env: {
      ...Object.fromEntries(environment),
      WEB_LISTEN: `127.0.0.1:${port}`,
      WEB_PUBLIC_URL: base,
      WEB_DATABASE: join(directory, "web.sqlite"),
      ...(isSecure && { WEB_PROXY: "127.0.0.1" }),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((ended) => program.once("exit", ended));
  let log = "";
  program.stderr.on("data", (text) => (log += text));
  const inbox = await findInbox(program);
  await answers(`http://localhost:${port}`);
  const site = new Site(base, inbox, () => log);
  site.stop = async () => {
    program.kill();
    proxy?.stop();
    await ended;
    await rm(directory, { recursive: true, force: true });
  };
  return site;
}

class Site {
  constructor(base, inbox, log) {
    Object.assign(this, { base, inbox, log });
  }

  async messages(phone) {
    const answer = await fetch(`${this.inbox}sandbox/messages?to=${phone}`);
    return (await answer.json()).messages;
  }

  /** The code that was sent last to a phone. */
  async code(phone) {
    return (await this.messages(phone))[0].code;
  }

  async wrongCode(phone) {
    return (await this.code(phone)) === "000000" ? "000001" : "000000";
  }

  async advance(seconds) {
    await this.tellSandbox("clock", { advance_seconds: seconds });
  }

  async fault(fault) {
    await this.tellSandbox("faults", fault);
  }

  async tellSandbox(resource, body) {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${this.inbox}sandbox/${resource}`, { method: "POST", headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

async function findInbox(program) {
  for await (const line of createInterface({ input: program.stdout })) {
    const found = line.match(/Read the messages at (\S+)/);
    if (found) return found[1];
  }
  throw new Error("the program ended");
}

async function answers(base) {
  for (;;) {
    const answer = await fetch(`${base}/static/style.css`).catch(() => undefined);
    if (answer?.ok) return;
  }
}
