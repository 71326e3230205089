// Which colours a symbol has.
//
// Takes: categories and states as the gateway names them.
// Gives: the tone of the shared symbols.
// Never: a colour; those stand in tokens.css.

import type { Category, StateWord } from "../shared/feed/types";

/** Tones of the shared symbols. */
export type SymbolTone = "fire" | "sup" | "fault" | "act" | "dis" | "ok" | "lost" | "off" | "inverse";

const TONES: Readonly<Record<Category | StateWord | "power" | "link", SymbolTone>> = {
  fire: "fire", discharge: "fire", gas: "fire", emergency: "fire", prealarm: "sup", supervisory: "sup",
  start: "act", feedback: "act", delay: "act", action: "act",
  fault: "fault", "mains-fault": "fault", "backup-fault": "fault", power: "fault", limit: "fault", self: "fault",
  "link-fault": "lost", "link-lost": "lost", link: "lost", unknown: "lost",
  disabled: "dis", test: "dis", normal: "off",
};

/** The tone of a category, a state word or a lamp. */
export function toneOf(name: string): SymbolTone {
  return (TONES as Readonly<Record<string, SymbolTone | undefined>>)[name] ?? "off";
}
