// Leaving a question of the desk by Escape.
// Takes: a page, what asks. Gives: wrongs: a question that stays, an act that was done, a focus that is elsewhere.
import { check } from "./browser.mjs";

/** What has the focus. */
export const focused = (page) => page.evaluate(() => document.activeElement?.outerHTML.slice(0, 120) ?? "");

/** Escape leaves a question without an act, and the focus is where it was asked. */
export async function leaves(page, what, ask) {
  const before = await page.locator(".step:not(.foreign)").allTextContents();
  const from = await focused(page);
  await ask();
  await page.waitForSelector(".confirm").catch(() => check(false, `${what}: nothing is asked`));
  await page.keyboard.press("Escape");
  await page.waitForSelector(".confirm", { state: "detached" }).catch(() => check(false, `${what}: Escape does not leave it`));
  await page.waitForFunction((place) => document.activeElement?.outerHTML.slice(0, 60) === place, from.slice(0, 60), { timeout: 45_000 }).catch(async () => check(false, `${what}: the focus goes from ${from} to ${await focused(page)}`));
  const added = (await page.locator(".step:not(.foreign)").allTextContents()).filter((text) => !before.includes(text));
  check(added.every((text) => before.some((old) => old.slice(8, 20) === text.slice(8, 20))), `${what}: Escape acts: ${added}`);
}
