import { expect, test } from "vitest";
import type { Sent } from "../../shared/feed/types";
import { same } from "../sample";
import { lastOf, leastRole, matches, off, offersOf, worthListing } from "./offer";
import type { Equipped, Offer } from "./offer";

const offer = (point: string, verb: string, danger: Offer["danger"] = "plain"): Offer => ({ point, verb, name: same(`${point} ${verb}`), danger, role: "operator", feedback: true, ttl_s: 5 });
const device = (id: string, kind: string, control: boolean, ...commands: Offer[]): Equipped => ({ id, name: same(id), place: { building: null, floor: null, zone: null, text: same("") }, class: kind, control, commands });

test("panels come first, then what may be commanded; what has neither keys nor commands is not listed", () => {
  const all = [device("meter-1", "meter", false), device("fan-1", "smoke-fan", false, offer("fan-1", "start")), device("gen-1", "generator", true, offer("gen-1", "start")), device("panel-1", "panel", false)];
  expect(worthListing(all).map((one) => one.id)).toEqual(["panel-1", "gen-1", "fan-1"]);
});

test("an element's commands stand at each of its values and are listed once", () => {
  const vent = [offer("vents-1/v1", "start"), offer("vents-1/v1", "stop")];
  const found = offersOf(device("vents-1", "vents", true, offer("vents-1", "self-test")), [{ commands: vent }, {}, { commands: vent }]);
  expect(found.map((one) => `${one.point} ${one.verb}`)).toEqual(["vents-1 self-test", "vents-1/v1 start", "vents-1/v1 stop"]);
});

test("what is refused says why, and the release of agent is never offered", () => {
  const gas = device("gas-1", "gas", true);
  expect(off(offer("gas-1", "start", "discharge"), gas)).toBe("只能由联动释放");
  expect(off(offer("gas-1", "abort"), gas)).toBeNull();
  expect(off(offer("fan-1", "start"), device("fan-1", "fan", false))).toBe("该设备未允许远程操作");
  expect(leastRole({ ...offer("a", "b"), role: "engineer" })).toBe("engineer");
});

test("the last of its kind is the newest, and words are found in any order", () => {
  const sent = [{ id: "1-9", point: "gen-1", verb: "stop" }, { id: "1-8", point: "gen-1", verb: "start" }, { id: "1-2", point: "gen-1", verb: "start" }] as unknown as Sent[];
  expect(lastOf(offer("gen-1", "start"), sent)?.id).toBe("1-8");
  expect(lastOf(offer("gen-2", "start"), sent)).toBeNull();
  expect([matches("fan ROOF", ["Roof smoke fan", null]), matches("fan cellar", ["Roof fan"]), matches(" ", [])]).toEqual([true, false, true]);
});
