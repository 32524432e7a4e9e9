/** How somebody looks whose colours are not known: an account that is gone, an answer without them. */
export const PLAIN_LOOK = { primary: "#a89aa6", secondary: "#f6ecdd", pattern: 0 } as const;
