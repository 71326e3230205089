// Identify and the request plan on /devices against the running demo: by the mouse a device that says who it is, by the
// keyboard one that refuses, and somebody who may not ask. Takes: address, password, folder for pictures.
import { mkdirSync } from "node:fs";
import { check, finish, launch, logIn, open } from "./browser.mjs";
import { cutLetters } from "./letters.mjs";

const [url, password, pictures] = process.argv.slice(2);
mkdirSync(pictures, { recursive: true });
const browser = await launch();
const WAIT = 45_000;

async function devices(user, path, size, language) {
  const page = await open(browser, url, size, language, "day");
  page.setDefaultTimeout(WAIT);
  await page.context().addCookies([await logIn(url, user, password)]);
  await page.goto(url + path);
  await page.waitForSelector(".identify button");
  return page;
}

/** The device is read: its plan stands there, each request with its age and how long it took. */
async function planned(page, what) {
  const asked = () => [...document.querySelectorAll(".grid tr")].map((row) => row.textContent).filter((text) => / F[1-4]/.test(text));
  await page.waitForFunction(() => [...document.querySelectorAll(".grid tr")].some((row) => / F[1-4]/.test(row.textContent) && /\d ms/.test(row.textContent)), null, { timeout: WAIT })
    .catch(async () => check(false, `${what}: no request with a round trip: ${await page.evaluate(asked)}`));
  check((await page.evaluate(asked)).length > 0, `${what}: no request plan`);
}

const answer = async (page) => {
  await page.waitForSelector(".identify .answer", { timeout: WAIT });
  return page.innerText(".identify [aria-live]");
};

// By the mouse: it says who it is.
const zhao = await devices("zhao", "/devices?device=panel-1", "desk", "en");
await planned(zhao, "panel-1");
await zhao.click(".identify button");
const told = await answer(zhao);
for (const words of ["Vendor NOTIFIER by Honeywell", "Product code MODBUS-GW", "Revision V1.24"]) check(told.includes(words), `Identify says ${told}, not ${words}`);
for (const cut of await cutLetters(zhao)) check(false, `identify: ${cut}`);
await zhao.screenshot({ path: `${pictures}/identify-en.png` });

// By the keyboard: another device is found, asked, and refuses. The answer of the first is gone.
await zhao.keyboard.press("/");
await zhao.keyboard.type("gen-1");
await zhao.keyboard.press("Enter");
await zhao.waitForFunction(() => location.search.includes("gen-1") && document.activeElement?.id === "detail");
check(await zhao.locator(".identify .answer").count() === 0, "the answer of one device stands beside another");
await planned(zhao, "gen-1");
for (let step = 0; step < 4; step += 1) {
  await zhao.keyboard.press("Tab");
  if (await zhao.evaluate(() => document.activeElement?.matches(".identify button") ?? false)) break;
}
check(await zhao.evaluate(() => document.activeElement?.matches(".identify button") ?? false), "Identify is not reached by the keyboard");
await zhao.keyboard.press("Enter");
const refused = await answer(zhao);
check(refused.includes("It has no function 43 (exception 1)"), `a device that refuses is told as: ${refused}`);
check(!/Vendor/.test(refused), `words of another device: ${refused}`);

// The same in Chinese, on a phone.
const phone = await devices("zhao", "/devices?device=panel-1", "phone", "zh");
await phone.click(".identify button");
const chinese = await answer(phone);
for (const words of ["厂商 NOTIFIER by Honeywell", "版本 V1.24"]) check(chinese.includes(words), `${chinese} lacks ${words}`);
check(await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "the answer is wider than a phone");
await phone.screenshot({ path: `${pictures}/identify-phone-zh.png` });

// Who may not ask is told why, and nothing is sent.
const li = await devices("li", "/devices?device=panel-1", "desk", "en");
check(await li.getAttribute(".identify button", "aria-disabled") === "true", "a supervisor may press Identify");
await li.click(".identify button", { force: true });
check((await li.innerText(".identify")).includes("An engineer must log in"), `a supervisor is told: ${await li.innerText(".identify")}`);
check(await li.locator(".identify .answer").count() === 0, "a supervisor was answered");
await finish(browser);
