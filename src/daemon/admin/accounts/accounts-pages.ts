import type {Admin} from '../admin-env.js'
import {addAccountListPage} from './account-list-page.js'
import {addAccountPage} from './account-page.js'
import {addLoginPage} from './login-page.js'
import {addLoginPlanPage} from './login-plan-page.js'
import {addRefreshAction} from './refresh-action.js'
import {addRemovalPage} from './removal-page.js'

/** The section Accounts. */
export function addAccountPages(admin: Admin): void {
  addAccountListPage(admin)
  addAccountPage(admin)
  addRefreshAction(admin)
  addRemovalPage(admin)
  addLoginPlanPage(admin)
  addLoginPage(admin)
}
