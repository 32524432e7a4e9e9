/** The list of spaces a room can be set in. A new space is one folder and one line here. */
import type { SpaceDesign } from "../space";
import { campfire } from "./campfire";
import { classroom } from "./classroom";
import { gallery } from "./gallery";
import { studio } from "./studio";
import { terrace } from "./terrace";

const DESIGNS = new Map<string, SpaceDesign>(
  [campfire, studio, gallery, classroom, terrace].map((design) => [design.id, design]),
);

/** Find a space by id; unknown ids get the campfire, so that an old client still shows a place. */
export function spaceDesign(id: string): SpaceDesign {
  return DESIGNS.get(id) ?? campfire;
}

/** Every space this client can show. */
export function knownSpaces(): string[] {
  return [...DESIGNS.keys()];
}
