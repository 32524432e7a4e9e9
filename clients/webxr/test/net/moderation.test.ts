import { describe, expect, it } from "vitest";
import { kindsFor, SANCTION_KINDS, usualMinutes } from "../../src/net/moderation";
import { PP } from "../../src/ui/strings-people";

describe("what a moderator can do", () => {
  it("is offered by right, the mildest first", () => {
    expect(kindsFor(() => true)).toEqual(SANCTION_KINDS);
    const rights = ["ban_members", "mute_members", "speak"];
    expect(kindsFor((right) => rights.includes(right))).toEqual(["mute", "ban"]);
    expect(kindsFor(() => false)).toEqual([]);
  });

  it("starts at a week for a ban, at ten minutes for a breath, at no length at the door", () => {
    expect(SANCTION_KINDS.map(usualMinutes)).toEqual([10, null, 10, 10_080]);
    const offered = PP.act.lengths.map(([minutes]) => minutes);
    for (const kind of SANCTION_KINDS) expect(offered).toContain(`${usualMinutes(kind) ?? ""}`);
  });
});
