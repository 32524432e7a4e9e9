/** A class as the server tells of it while it goes on: nobody on stage, one's own part the audience's. */
import type { Gathering } from "../src/protocol/control";

export const LIVE: Gathering = {
  ...{ t: "gathering", event: "e1", occurrence: "20261201T183000", title: "Slow yoga" },
  ...{ template: "class", state: "live", starts_ms: 0, ends_ms: 3_600_000, lead: "host" },
  stage: { x: 0, z: -4, yaw_deg: 180 },
  ...{ people: [], audience: "near", stage_only: false, silence: false, plan: 3 },
  me: {
    role: "audience",
    hush: "none",
    check: false,
    check_seen: false,
    attends: false,
    late: false,
  },
};
