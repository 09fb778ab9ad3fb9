/** Whether a user id stands where it is put: nothing in it breaks, hides or turns the text around it. */
export const isShowableId = (id: string): boolean => !/\p{C}/u.test(id)

/** Whether a login does, and can be a word of a command and a part of a path besides. */
export const isShowableLogin = (login: string): boolean => !/[\s\p{C}/]/u.test(login)
