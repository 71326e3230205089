import { expect, test } from "vitest";
import { fill, words } from "./words";
import type { Phrase } from "./words";

const catalogues = import.meta.glob<Record<string, unknown>>("../**/words.ts", { eager: true });

test("every text exists in both languages, with the same gaps", () => {
  const all: [string, Phrase][] = [];
  for (const module of Object.values(catalogues)) {
    for (const held of Object.values(module)) {
      if (typeof held !== "object" || held === null) continue;
      for (const [name, text] of Object.entries(held)) if (Array.isArray(text)) all.push([name, text as unknown as Phrase]);
    }
  }
  expect(all.length).toBeGreaterThan(Object.keys(words).length - 1);
  for (const [name, [zh, en]] of all) {
    expect(zh.trim() && en.trim(), name).toBeTruthy();
    expect(zh.split("{}").length, name).toBe(en.split("{}").length);
    expect(/[\u4e00-\u9fff]/.test(en) && en !== "中文", `${name}: ${en}`).toBe(false);
  }
});

test("gaps are filled one after the other, and what fills them is not read again", () => {
  expect(fill(["{} 到 {}", "{} to {}"], "a{}", "$&")).toBe("a{} 到 $&");
});
