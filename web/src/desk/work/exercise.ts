// What a test is of, as the gateway wants it said.
//
// Takes: the kind of a scope and a name, as they were typed.
// Gives: the scope of a request.
// Never: guesses what is no scope.

/** What a test is of, from what was typed; null for what is no loop. */
export function tested(scope: string, which: string): object | null {
  const name = which.trim();
  if (scope === "zone") return { zone: name };
  if (scope === "device") return { device: name };
  if (scope === "point") return { points: [name] };
  const found = /^(\S+)\s+(\d+)$/.exec(name);
  return found ? { loop: { device: found[1], number: Number(found[2]) } } : null;
}
