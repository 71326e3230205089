// Language and theme go with the account: chosen at one browser, found at the log-in of another.
// Takes: address, name, password, folder for pictures.
import { check, finish, launch, open } from "./browser.mjs";

const [url, user, password, pictures] = process.argv.slice(2);
const browser = await launch();

/** What the document says of itself. */
const shown = (page) => page.evaluate(() => `${document.documentElement.lang} ${document.documentElement.dataset.theme}`);
const is = async (page, wanted, what) => check(await shown(page) === wanted, `${what}: ${await shown(page)}, not ${wanted}`);

/** By the form of the page, as a person does. */
async function logIn(page) {
  await page.goto(`${url}/login`);
  await page.fill("input[name=user]", user);
  await page.fill("input[name=password]", password);
  await Promise.all([page.waitForURL(`${url}/`), page.click("main button.go")]);
  await page.waitForSelector(".window");
}

/** Presses a switch of an app and waits for the page that it brings. */
async function press(page, action, wanted) {
  await page.click(`form[action="${action}"] button`);
  await page.waitForFunction((held) => `${document.documentElement.lang} ${document.documentElement.dataset.theme}` === held && document.readyState === "complete", wanted)
    .catch(async () => check(false, `${action} at ${page.url()}: ${await shown(page)}, not ${wanted}`));
}

const first = await open(browser, url, "desk", "zh", "day");
await logIn(first);
await is(first, "zh-CN day", "before anything is chosen");
await press(first, "/language", "en day");
await first.waitForSelector(".foot .switches");
await press(first, "/theme", "en night");

const second = await open(browser, url, "desk", "zh", "day");
await second.goto(`${url}/`);
await second.waitForSelector(".window");
await is(second, "zh-CN day", "another machine, nobody logged in");
await logIn(second);
await is(second, "en night", "another machine, logged in");
for (const [path, ready] of [["/trends", ".stretch .switches"], ["/devices", ".health .switches"], ["/phone", "footer .switches"], ["/account", "footer .switches"]]) {
  await second.goto(url + path);
  await second.waitForSelector(ready);
  await is(second, "en night", path);
  await press(second, "/language", "zh-CN night");
  check(new URL(second.url()).pathname === path, `${path}: the switch leads to ${second.url()}`);
  await second.waitForSelector(ready);
  await press(second, "/language", "en night");
  await second.waitForSelector(ready);
  await second.screenshot({ path: `${pictures}/looks${path.replace("/", "-")}.png` });
}

// At the desk, without a new page: the theme at once, and the page anew for the language.
const third = await open(browser, url, "desk", "zh", "day");
await third.goto(`${url}/`);
await third.waitForSelector(".window");
await third.keyboard.press("3");
await third.waitForFunction(() => document.activeElement?.id === "keypad-code");
await third.keyboard.type("12*");
await third.click("#log-in");
await third.fill(".login input[name=user]", user);
await third.fill(".login input[name=password]", password);
await third.click(".login .act-go");
await third.waitForFunction(() => document.documentElement.lang === "en" && document.body.dataset.user, null, { timeout: 30_000 })
  .catch(async () => check(false, `a log-in at the desk: ${await shown(third)}`));
await is(third, "en night", "a log-in at the desk");
// What was begun is still there, and the next digit goes on where the last was typed.
await third.waitForFunction(() => document.activeElement?.id === "keypad-code").catch(() => check(false, "the half-typed code has not the focus again"));
await third.keyboard.type("3");
check(await third.inputValue("#keypad-code") === "12*3", `half a secondary code: ${await third.inputValue("#keypad-code").catch(() => "gone")}`);
// A switch keeps it as well; opened anew, the desk begins at the alarms.
await press(third, "/language", "zh-CN night");
await third.waitForFunction(() => document.activeElement?.id === "keypad-code").catch(() => check(false, "a switch leaves the keypad"));
check(await third.inputValue("#keypad-code") === "12*3", "a switch takes half a code away");
await third.goto(`${url}/trends`);
await third.goto(`${url}/`);
await third.waitForSelector(".window");
check(await third.getAttribute("#tab-alarm", "aria-selected") === "true", "a desk that is opened begins elsewhere");
await finish(browser);
