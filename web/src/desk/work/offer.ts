// What devices and points can be commanded, as the gateway offers it.
//
// Takes: `GET devices`, `GET points?device=`, the newest commands of the feed.
// Gives: the devices worth listing, the commands of one, how each stands, why it would be refused.
// Never: hides a command that is refused.

import type { Place, Sent } from "../../shared/feed/types";
import { say } from "../../shared/words";
import type { Text } from "../../shared/words";
import { roleOf } from "../who";
import type { Role } from "../who";
import { work } from "./words";

/** One thing that can be commanded. */
export interface Offer {
  readonly point: string;
  readonly verb: string;
  readonly name: Text;
  readonly danger: "plain" | "armed" | "discharge";
  readonly role: string;
  readonly feedback: boolean;
  readonly ttl_s: number;
}

/** A device as it is listed. */
export interface Equipped {
  readonly id: string;
  readonly name: Text;
  readonly place: Place;
  readonly class: string;
  readonly control: boolean;
  readonly commands: readonly Offer[];
}

interface Listed {
  readonly commands?: readonly Offer[];
}

/** Whether a device has keys of a panel. */
export const isPanel = (device: Equipped): boolean => device.class === "panel";

/** Devices that have keys or commands, those that may be commanded first. */
export function worthListing(devices: readonly Equipped[]): readonly Equipped[] {
  const rank = (one: Equipped): number => (isPanel(one) ? 0 : one.control ? 1 : 2);
  return devices.filter((one) => isPanel(one) || one.control || one.commands.length > 0).sort((one, other) => rank(one) - rank(other));
}

/** The commands of a device and of its elements, each once: an element's stand at each of its values. */
export function offersOf(device: Equipped, points: readonly Listed[]): readonly Offer[] {
  const found = new Map<string, Offer>();
  for (const offer of [...device.commands, ...points.flatMap((point) => point.commands ?? [])]) {
    const key = `${offer.point} ${offer.verb}`;
    if (!found.has(key)) found.set(key, offer);
  }
  return [...found.values()];
}

/** Whether every word that was typed is in one of these texts. */
export function matches(typed: string, texts: readonly (string | null)[]): boolean {
  const held = texts.join("\n").toLowerCase();
  return typed.trim().toLowerCase().split(/\s+/).every((word) => held.includes(word));
}

/** The last command of this kind. */
export function lastOf(offer: Offer, sent: readonly Sent[]): Sent | null {
  return sent.find((one) => one.point === offer.point && one.verb === offer.verb) ?? null;
}

/** Why a command would be refused whoever asks. */
export function off(offer: Offer, device: Equipped): string | null {
  if (!device.control) return say(work.controlOff);
  return offer.danger === "discharge" && offer.verb === "start" ? say(work.byLinkage) : null;
}

/** The least role that may. */
export const leastRole = (offer: Offer): Role => roleOf(offer.role);
