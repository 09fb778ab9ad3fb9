/** Names of users may hold what paths do not like, so they go along as a parameter. */
export const userHref = (user: string, before?: number): string =>
  `/admin/points/user?${String(new URLSearchParams({user, ...(before !== undefined && {before: String(before)})}))}`
