/** What is wrong with a design, part by part, in words: the server's rules, told before it is asked. */
import type { Design } from "../../../protocol/control.gen";
import { ARRANGE as A } from "../../strings-arrange";
import {
  ARRIVAL_CLEAR_M,
  apartM,
  distance,
  halfWidthOf,
  overlap,
  reachOf,
  type Spot,
  tooClose,
  tooNarrow,
  within,
  ZONE_LEAST_M,
} from "./geometry";
import type { PartKind } from "./plan";

interface Fault {
  /** The parts it is about, to mark them. */
  parts: { kind: PartKind; index: number }[];
  text: string;
}

/** Everything that is wrong, the first the most telling; empty when the design stands. */
export function faultsOf(design: Design): Fault[] {
  return [...outside(design), ...closePlaces(design), ...zones(design), ...arrivals(design)];
}

function outside(design: Design): Fault[] {
  const reach = reachOf(design);
  const far = (spot: Spot) => Math.abs(spot.x) > reach || Math.abs(spot.z) > reach;
  const of = (kind: PartKind, spots: readonly Spot[]) =>
    spots.flatMap((spot, index) =>
      far(spot) ? [{ parts: [{ kind, index }], text: A.fault.outside(A.part(kind, index)) }] : [],
    );
  return [
    ...of("place", design.places),
    ...of("object", design.objects),
    ...of("spawn", design.spawn),
  ];
}

function closePlaces({ places }: Design): Fault[] {
  const out: Fault[] = [];
  places.forEach((a, i) => {
    places.slice(i + 1).forEach((b, later) => {
      const j = i + 1 + later;
      if (!tooClose(a, b)) return;
      out.push({
        parts: [
          { kind: "place", index: i },
          { kind: "place", index: j },
        ],
        text: A.fault.close(
          A.part("place", i),
          A.part("place", j),
          distance(a, b),
          apartM(a.kind, b.kind),
        ),
      });
    });
  });
  return out;
}

function zones(design: Design): Fault[] {
  const half = halfWidthOf(design);
  const out: Fault[] = [];
  design.zones.forEach((zone, index) => {
    const parts: Fault["parts"] = [{ kind: "zone", index }];
    if (Math.max(-zone.x0, -zone.z0, zone.x1, zone.z1) > half) {
      out.push({ parts, text: A.fault.outside(zone.name) });
    }
    if (tooNarrow(zone)) {
      out.push({ parts, text: A.fault.narrow(zone.name, ZONE_LEAST_M) });
    }
    design.zones.forEach((other, later) => {
      if (later <= index || !overlap(zone, other)) return;
      if (zone.kind !== "private" && other.kind !== "private") return;
      out.push({
        parts: [...parts, { kind: "zone", index: later }],
        text: A.fault.overlap(zone.name, other.name),
      });
    });
  });
  return out;
}

function arrivals(design: Design): Fault[] {
  return design.spawn.flatMap((point, index) => {
    const parts: Fault["parts"] = [{ kind: "spawn", index }];
    const name = A.part("spawn", index);
    const on = design.places.findIndex((place) => distance(place, point) < ARRIVAL_CLEAR_M - 1e-6);
    if (on >= 0) {
      return [{ parts, text: A.fault.arrival(name, A.part("place", on), ARRIVAL_CLEAR_M) }];
    }
    const zone = design.zones.find((each) => each.kind === "private" && within(each, point));
    return zone === undefined ? [] : [{ parts, text: A.fault.arrivalPrivate(name, zone.name) }];
  });
}
