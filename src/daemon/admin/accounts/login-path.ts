/** The page that says how far a login has come, with the flow's id as `flow`. */
export const LOGIN_PATH = '/admin/accounts/login'
