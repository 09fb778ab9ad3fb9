/** The values of a repeated flag; each may hold several, separated by white space. */
export const splitWords = (values: readonly string[] | undefined): string[] =>
  (values ?? []).flatMap((value) => value.split(/\s+/)).filter((word) => word !== '')
