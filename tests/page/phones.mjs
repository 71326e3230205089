// Every page that the server draws, on a phone, in both languages: none is wider than the screen, no letter is cut, what is
// touched is large enough for a finger, and a row that became a card says what each of its cells is.
// Takes: address, user, password, folder for pictures, then paths.
import { mkdirSync } from "node:fs";
import { check, finish, launch, logIn, open } from "./browser.mjs";
import { cutLetters } from "./letters.mjs";

const [url, user, password, pictures, ...paths] = process.argv.slice(2);
mkdirSync(pictures, { recursive: true });
const browser = await launch();
const session = await logIn(url, user, password);

const faults = () => {
  const touched = "button, .button, input:not([type=hidden]), select, summary, footer a";
  const small = [...document.querySelectorAll(touched)].filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 43.5)
    .map((one) => `${one.textContent.trim().slice(0, 30) || one.name} is ${one.getBoundingClientRect().height.toFixed(0)} px high`);
  const silent = [...document.querySelectorAll(":is(.form-table, .report table, .device-rows, .device-values) td")].filter((cell) => {
    const head = cell.closest("table").querySelector("thead");
    const says = cell.dataset.label || cell.querySelector("button, form") || !cell.textContent.trim() || !head || head.checkVisibility();
    return cell.checkVisibility() && !says;
  }).map((cell) => `nothing says what "${cell.textContent.trim().slice(0, 30)}" is`);
  const wide = document.documentElement.scrollWidth - innerWidth;
  return [...(wide > 0 ? [`${wide} px wider than the screen`] : []), ...small, ...silent];
};

for (const language of ["zh", "en"]) {
  const page = await open(browser, url, "phone", language, "day");
  await page.context().addCookies([session]);
  for (const path of paths) {
    await page.goto(url + path, { waitUntil: "load" });
    for (const fault of [...await page.evaluate(faults), ...await cutLetters(page)]) check(false, `${path} ${language}: ${fault}`);
    // What folds out is filled in on a phone as well.
    await page.evaluate(() => { for (const one of document.querySelectorAll("details")) one.open = true; });
    for (const fault of await page.evaluate(faults)) check(false, `${path} ${language}, folded out: ${fault}`);
    await page.screenshot({ path: `${pictures}/phone${path.replace(/[^a-z]+/gi, "-")}-${language}.png`, fullPage: true });
  }
  await page.context().close();
}

// A round is recorded with the thumb: an item in order is one press, what was found is asked for where something was found.
const round = await open(browser, url, "phone", "zh", "day");
await round.context().addCookies([session]);
await round.goto(`${url}/duty`);
// A plan that is due stands open already.
if (await round.locator(".plan").first().getAttribute("open") === null) await round.locator(".plan > summary").first().click();
const items = round.locator(".plan").first().locator(".item");
const last = (await items.count()) - 1;
check(last > 0, "the first plan has one item: this proves little");
for (let at = 0; at <= last; at += 1) await items.nth(at).locator(`.choice >> nth=${at === last ? 1 : 0}`).click();
check(await items.first().locator("input[name^=words]").isHidden(), "an item in order asks what was found");
await items.nth(last).locator("input[name^=words]").fill("门关不严");
await Promise.all([round.waitForURL(`${url}/duty**`), round.locator(".plan").first().locator("button.go").click()]);
await round.waitForSelector(`.plan summary:has-text("${user}")`).catch(() => check(false, "the round is not recorded"));
await round.context().close();

// The one act that an alarm asks for is at the thumb as soon as its page is open, and one press does it.
const call = await open(browser, url, "phone", "zh", "night");
await call.context().addCookies([session]);
await call.goto(url + paths.find((path) => path.startsWith("/alarm/")));
const button = call.locator(".thumb button");
const box = await button.boundingBox();
check(box !== null && box.y + box.height <= 844 && box.height >= 44, `the acknowledgement is not at the thumb: ${JSON.stringify(box)}`);
await Promise.all([call.waitForLoadState("load"), button.click()]);
await call.waitForSelector(".thumb", { state: "detached" }).catch(() => check(false, "it is not acknowledged by one press"));
check((await call.textContent(".one-alarm dl")).includes(user), "nobody is named for the acknowledgement");
await finish(browser);
