// The devices page before a device is chosen: what gives nothing with its reason, every bus with its use, and the way to each.
// Takes: address, user, password, folder for pictures, a device that is lost, its name in both languages, one whose requests failed.
import { check, finish, launch, logIn, open } from "./browser.mjs";
import { cutLetters } from "./letters.mjs";

const [url, user, password, pictures, lost, zh, en, failed] = process.argv.slice(2);
const browser = await launch();
const session = await logIn(url, user, password);
for (const [language, name, says] of [["zh", zh, ["已 4 秒无应答"]], ["en", en, ["no answer for 4 s"]]]) {
  const page = await open(browser, url, "wall", language, language === "zh" ? "day" : "night");
  await page.context().addCookies([session]);
  await page.goto(`${url}/devices`);
  await page.waitForSelector(".overview .part table");
  const parts = await page.locator(".overview .part").allInnerTexts();
  check(parts.length === 4, `${language}: ${parts.length} parts`);
  check(parts[0].includes(name), `${language}: the lost device is not first: ${parts[0]}`);
  check(says.some((one) => parts[0].includes(one)), `${language}: no reason: ${parts[0]}`);
  const buses = await page.evaluate(async () => (await (await fetch("/api/v1/health")).json()).buses.length);
  check(await page.locator(".overview .part:nth-of-type(3) tbody tr").count() === buses, `${language}: not every bus is listed`);
  check(parts[3].includes("100") && /\S/.test(parts[3]), `${language}: the failure of ${failed} is not told: ${parts[3]}`);
  for (const cut of await cutLetters(page)) check(false, `overview ${language}: ${cut}`);
  await page.screenshot({ path: `${pictures}/devices-overview-${language}.png` });
  // The way to it and back, by the keyboard.
  await page.locator(".overview .to").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction((id) => location.search.includes(id), lost).catch(() => check(false, `${language}: the row does not lead to ${lost}`));
  await page.keyboard.press("Escape");
  await page.waitForSelector(".overview .part table");
  await page.context().close();
}
await finish(browser);
