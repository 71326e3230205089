// What the tests in a browser share: Chromium, pages that may reach this machine only, a door that can be shut, and the
// line to the test that plays the field.
// Takes: the gateway's address. Gives: pages, wrongs. Never: lets a request leave the machine unseen.
import { createServer, request } from "node:http";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

/** Screens that people look at. */
export const SIZES = {
  wall: { width: 1920, height: 1080 },
  wall4k: { width: 3840, height: 2160 },
  desk: { width: 1366, height: 768 },
  phone: { width: 390, height: 844 },
};

/** What was found wrong. */
export const wrong = [];

/** Notes what does not hold. */
export function check(holds, what) {
  if (!holds) wrong.push(what);
}

export const launch = (options = {}) => chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--autoplay-policy=no-user-gesture-required"],
  ...options,
});

/** A page of `base` in a language and theme. Errors of the console and requests to elsewhere are wrong. */
export async function open(browser, base, size, language, theme, options = {}) {
  const context = await browser.newContext({ viewport: SIZES[size], reducedMotion: "no-preference", ...options });
  await context.addCookies([
    { name: "tocsin_language", value: language, url: base },
    { name: "tocsin_theme", value: theme, url: base },
  ]);
  await context.route("**/*", (route) => {
    const to = new URL(route.request().url());
    if (to.origin === new URL(base).origin || to.protocol === "data:" || to.protocol === "blob:") return route.fallback();
    wrong.push(`a request leaves the gateway: ${to}`);
    return route.abort();
  });
  const page = await context.newPage();
  // A browser without a sound card cannot play; the page says so itself.
  const expected = (text) => text.includes("AudioContext");
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !expected(message.text())) wrong.push(`${size} ${language} ${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => wrong.push(`${size} ${language} ${page.url()}: ${error}`));
  return page;
}

/** Logs in once and gives the cookie: the gateway slows down whoever logs in too often. */
export async function logIn(base, user, password) {
  const answer = await fetch(`${base}/api/v1/session`, { method: "POST", body: JSON.stringify({ user, password }) });
  if (!answer.ok) throw new Error(`log-in: ${answer.status}`);
  const { token } = await answer.json();
  return { name: "tocsin_session", value: token, url: base, httpOnly: true, sameSite: "Strict" };
}

/** A way to the gateway that can be shut: connections are cut, and none is taken. */
export async function door(url) {
  let shut = false;
  const server = createServer((incoming, outgoing) => {
    if (shut) return incoming.destroy();
    const through = request(url + incoming.url, { method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    through.on("error", () => outgoing.destroy());
    outgoing.on("close", () => through.destroy());
    incoming.pipe(through);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    base: `http://127.0.0.1:${server.address().port}`,
    shut() {
      shut = true;
      server.closeAllConnections();
    },
    open() {
      shut = false;
    },
    close: () => server.close(),
  };
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Asks the test that plays the field for something; gives its answer. */
export async function ask(what, more = {}) {
  process.stdout.write(JSON.stringify({ ask: what, ...more }) + "\n");
  const { value, done } = await lines.next();
  if (done) throw new Error("the field is gone");
  return JSON.parse(value);
}

/** Tells a figure. */
export function tell(what, value) {
  process.stdout.write(JSON.stringify({ figure: what, value }) + "\n");
}

/** Ends the process: with what was wrong, if anything. */
export async function finish(browser) {
  await browser.close();
  if (wrong.length > 0) console.error(wrong.join("\n"));
  // Half-open streams of a door would keep the process alive.
  process.exit(wrong.length > 0 ? 1 : 0);
}
