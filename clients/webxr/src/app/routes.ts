/** Every page of this site by its address; each module is loaded when it is first shown. */
import type { Route } from "./router";

export const ROUTES: readonly Route[] = [
  { path: "/", load: async () => (await import("../ui/account/home")).home },
  { path: "/sign-in", load: async () => (await import("../ui/account/sign-in")).signInPage },
  { path: "/setup", load: async () => (await import("../ui/account/setup")).setupPage },
  { path: "/invite", load: async () => (await import("../ui/account/invite")).invitePage },
  { path: "/pair", load: async () => (await import("../ui/account/pair")).pairPage },
  { path: "/me", load: async () => (await import("../ui/account/me")).mePage },
  { path: "/me/:tab", load: async () => (await import("../ui/account/me")).mePage },
  { path: "/admin", load: async () => (await import("../ui/account/admin")).adminPage },
  { path: "/admin/:tab", load: async () => (await import("../ui/account/admin")).adminPage },
  { path: "/start", load: async () => (await import("../ui/groups/start")).startPage },
  { path: "/g/:group", load: async () => (await import("../ui/groups/group")).groupPage },
  {
    path: "/g/:group/members",
    load: async () => (await import("../ui/groups/members")).membersPage,
  },
  { path: "/g/:group/norms", load: async () => (await import("../ui/groups/norms")).normsPage },
  {
    path: "/g/:group/settings",
    load: async () => (await import("../ui/groups/settings")).settingsPage,
  },
  {
    path: "/g/:group/moderation",
    load: async () => (await import("../ui/groups/moderation")).moderationPage,
  },
  {
    path: "/g/:group/rooms/:room",
    load: async () => (await import("../ui/groups/room-form")).roomFormPage,
  },
  {
    path: "/g/:group/events",
    load: async () => (await import("../ui/events/calendar")).calendarPage,
  },
  {
    path: "/g/:group/events/new",
    load: async () => (await import("../ui/events/event-form")).newEventPage,
  },
  { path: "/g/:group/plans", load: async () => (await import("../ui/plans/plans")).plansPage },
  { path: "/g/:group/poses", load: async () => (await import("../ui/plans/poses")).posesPage },
  {
    path: "/e/:event/edit",
    load: async () => (await import("../ui/events/event-form")).editEventPage,
  },
  {
    path: "/e/:event/:occurrence",
    load: async () => (await import("../ui/events/occurrence")).occurrencePage,
  },
  {
    path: "/e/:event/:occurrence/wait",
    load: async () => (await import("../ui/events/waiting")).waitingPage,
  },
  { path: "/plans/:plan", load: async () => (await import("../ui/plans/plan")).planPage },
];
