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
    await page.screenshot({ path: `${pictures}/phone${path.replace(/[^a-z]+/gi, "-")}-${language}.png`, fullPage: true });
  }
  await page.context().close();
}
await finish(browser);
