import type {Admin} from '../admin-env.js'
import {addTopPage} from './top-page.js'
import {addUserPage} from './user-page.js'

/** The section Points. */
export function addPointsPages(admin: Admin): void {
  addTopPage(admin)
  addUserPage(admin)
}
