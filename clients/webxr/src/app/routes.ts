/** Every page of this site by its address; each module is loaded when it is first shown. */
import type { Route } from "./router";

export const ROUTES: readonly Route[] = [
  { path: "/", load: async () => (await import("../ui/account/home")).home },
];
