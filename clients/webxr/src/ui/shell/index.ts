/**
 * What every page of the community is made of.
 *
 * A page is `(root, context) => end` (see `app/router.ts`). It calls `pageFrame(root, context, …)`
 * once, puts its own things into the `main` that comes back, and returns what ends it: stop
 * subscriptions and timers there; elements go by themselves. Write actions through `run` or
 * `submitting`, which show progress, turn a `Problem` into a sentence beside what was pressed, and
 * keep what was typed.
 *
 * - `pageFrame`: header, my groups, account menu, heading with focus, title of the window
 * - `field`, `choice`, `area`, `checkRow`: labelled inputs with help and a place for what is wrong
 * - `formOf`: a form with a summary of problems and a button that is busy while it works
 * - `confirmDialog`: asks before something that cannot be taken back
 * - `pressAndHold`: a deliberate yes, with another way for who cannot hold
 * - `loading`: what is asked for once, with grey bars meanwhile and a way to try again
 * - `pager`: a list that shows more
 * - `section`, `part`, `card`, `act`, `linkButton`, `note`: headings, buttons, links, notes
 * - `emptyState`, `skeleton`, `tabs`, `copyBox`, `personCard`
 * - `ago`, `until`, `dateTime`: times in the reader's own words
 */
export { confirmDialog, openDialog } from "./dialog";
export {
  area,
  checkRow,
  choice,
  type Field,
  field,
  formOf,
  numberField,
  run,
  searchForm,
  submitting,
} from "./forms";
export { type Frame, pageFrame } from "./frame";
export { loading, pager } from "./pager";
export {
  act,
  card,
  copyBox,
  emptyState,
  linkButton,
  note,
  part,
  personCard,
  problemNote,
  section,
  skeleton,
  tabs,
} from "./pieces";
export { pressAndHold } from "./press-and-hold";
export { ago, dateTime, until } from "./time";
