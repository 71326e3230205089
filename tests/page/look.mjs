// Looks at the console's pages in Chromium. Takes: address, scene, password, folder for pictures.
// Fails on: a console error or policy violation, a page wider than its screen, a small target on a phone,
// a stale page that looks live, a page that needs a script.
import { mkdirSync } from "node:fs";
import { createServer, request } from "node:http";
import { chromium } from "playwright-core";

const [url, scene, password, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const SIZES = { wall: { width: 1920, height: 1080 }, phone: { width: 390, height: 844 } };
const wrong = [];
const check = (holds, what) => { if (!holds) wrong.push(what); };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run"],
});

async function open(base, size, language, theme, options = {}) {
  const context = await browser.newContext({ viewport: SIZES[size], ...options });
  await context.addCookies([
    { name: "tocsin_language", value: language, url: base },
    { name: "tocsin_theme", value: theme, url: base },
  ]);
  const page = await context.newPage();
  // A browser that has not been touched yet blocks sound; the page says so itself.
  const expected = (text) => text.includes("AudioContext was not allowed to start");
  page.on("console", (message) => { if (["error", "warning"].includes(message.type()) && !expected(message.text())) wrong.push(`${size} ${language}: ${message.text()}`); });
  page.on("pageerror", (error) => wrong.push(`${size} ${language}: ${error}`));
  return page;
}

// One log-in per scene: the gateway slows down whoever logs in too often.
let session = null;
async function logIn(page, base) {
  if (session) {
    await page.context().addCookies([session]);
    await page.goto(base + "/phone");
    return;
  }
  await page.goto(base + "/login");
  await page.fill("[name=user]", "wang");
  await page.fill("[name=password]", password);
  await Promise.all([page.waitForURL((to) => to.pathname !== "/login"), page.click("button.big")]);
  await page.goto(base + "/phone");
  session = (await page.context().cookies(base)).find((cookie) => cookie.name === "tocsin_session");
}

async function fits(page, what) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(wide <= 0, `${what} is ${wide} px wider than its screen`);
}

async function targets(page, what) {
  const small = await page.evaluate(() => [...document.querySelectorAll("button, .button, input:not([type=hidden]), select, footer a")]
    .filter((element) => element.checkVisibility())
    .map((element) => ({ box: element.getBoundingClientRect(), text: element.textContent.trim() }))
    .filter(({ box }) => box.height < 43.5)
    .map(({ box, text }) => `${text} (${box.height} px)`));
  check(small.length === 0, `${what} has targets below 44 px: ${small}`);
}

const STATE = { normal: ["正常", "Normal"], fire: ["火警", "Fire"], isolated: ["火警", "Fire"], beside: ["火警", "Fire"] }[scene];

for (const [language, theme] of [["zh", "day"], ["en", "night"]]) {
  for (const size of Object.keys(SIZES)) {
    const name = `${scene}-${size}-${language}`;
    const page = await open(url, size, language, theme);
    await logIn(page, url);
    await page.waitForFunction(() => document.querySelectorAll(".fuse i").length === 15);
    check((await page.textContent("h1")).includes(STATE[language === "zh" ? 0 : 1]), `${name}: the banner says ${await page.textContent("h1")}`);
    check(await page.getAttribute("html", "lang") === (language === "zh" ? "zh-CN" : "en"), `${name}: lang`);
    await fits(page, name);
    if (scene === "beside") {
      const line = await page.evaluate(() => { const one = document.querySelector(".beside"); return one && one.checkVisibility() ? one.scrollWidth - one.clientWidth : null; });
      check(line !== null && line <= 0, `${name}: the fire beside the isolated first alarm is not to be read`);
    }
    const drawn = await page.evaluate(() => [...document.querySelectorAll("svg.sym")].filter((one) => one.checkVisibility() && one.getBBox().width === 0).length);
    check(drawn === 0, `${name}: ${drawn} symbols are not drawn`);
    if (size === "phone") await targets(page, name);
    await page.screenshot({ path: `${folder}/${name}.png`, fullPage: size === "phone" });
    if (size === "wall") {
      const [word, sign] = await page.evaluate(() => [".banner h1", ".sign b"].map((one) => {
        const element = document.querySelector(one);
        return element ? parseFloat(getComputedStyle(element).fontSize) : Infinity;
      }));
      check(word >= 92 && sign >= 130, `${name}: the banner cannot be read from five metres: ${word} px, ${sign} px`);
    }
    for (const path of ["/devices/plain", "/journal", "/duty", "/forms/patrol", "/forms/plan", "/forms/maintenance", "/forms/handling"]) {
      await page.goto(url + path);
      await fits(page, name + path);
      const ours = path === "/duty" || path.startsWith("/forms/");
      if (ours && size === "phone") await targets(page, name + path);
      if (scene === "fire") await page.screenshot({ path: `${folder}/${name}${path.replaceAll("/", "-")}.png`, fullPage: ours });
    }
    // A printed form has its table and its signatures, and nothing of the console.
    await page.emulateMedia({ media: "print" });
    check(await page.isVisible(".form-signatures") && await page.isVisible(".form-head"), `${name}: a printed form lacks its head or its signatures`);
    check(await page.isHidden(".banner") && await page.isHidden(".form-tabs") && await page.isHidden("body > footer"), `${name}: the console is printed with the form`);
    if (scene === "fire" && size === "wall") await page.screenshot({ path: `${folder}/${name}-printed.png`, fullPage: true });
    await page.emulateMedia({ media: "screen" });
    if (scene !== "normal") {
      await page.goto(url + "/phone");
      await page.click("tbody tr:first-child .c-place a");
      await page.waitForSelector("dl");
      await fits(page, name + " alarm");
      if (size === "phone") await targets(page, name + " alarm");
      await page.screenshot({ path: `${folder}/${name}-alarm.png`, fullPage: true });
    }
    await page.context().close();
  }
}

// Without a script the page is whole and refreshes itself.
const plain = await open(url, "wall", "zh", "day", { javaScriptEnabled: false });
await plain.goto(url + "/phone");
check((await plain.textContent("h1")).includes(STATE[0]), "without a script the banner is missing");
check(await plain.locator("noscript meta[http-equiv=refresh], meta[http-equiv=refresh]").count() === 1, "without a script nothing refreshes");
await plain.context().close();

// A feed that dies is announced within 15 s, in words. The gateway is reached through a door that can be shut.
if (scene === "fire") {
  let shut = false;
  const door = createServer((incoming, outgoing) => {
    if (shut) return incoming.destroy();
    const through = request(url + incoming.url, { method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    through.on("error", () => outgoing.destroy());
    incoming.pipe(through);
  });
  await new Promise((done) => door.listen(0, "127.0.0.1", done));
  const base = `http://127.0.0.1:${door.address().port}`;
  const page = await open(base, "wall", "zh", "day");
  page.removeAllListeners("console");
  await page.clock.install();
  await page.goto(base + "/phone");
  await page.waitForFunction(() => document.querySelectorAll(".fuse i").length === 15);
  check(await page.isHidden("#feed-lost"), "the feed is said to be lost while it lives");
  shut = true;
  door.closeAllConnections();
  await page.clock.runFor(16_000);
  await page.waitForSelector("#feed-lost:not([hidden])", { timeout: 30_000 }).catch(() => check(false, "a dead feed is not announced"));
  check((await page.textContent("#feed-lost")).includes("本屏不再更新"), "the words of a dead feed");
  check(await page.locator("body.feed-lost").count() === 1, "a stale page is not greyed");
  await page.screenshot({ path: `${folder}/lost-wall-zh.png` });
  await page.context().close();
  door.close();
}

await browser.close();
if (wrong.length > 0) console.error(wrong.join("\n"));
// The door's half-open streams would keep the process alive.
process.exit(wrong.length > 0 ? 1 : 0);
