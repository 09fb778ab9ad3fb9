import {Hono} from 'hono'

import type {ApiApp} from '../api/api-app.js'
import {addAccountPages} from './accounts/accounts-pages.js'
import {addActivityPages} from './activity/activity-pages.js'
import type {AdminDeps} from './admin-deps.js'
import type {Admin, AdminContext, AdminEnv} from './admin-env.js'
import {addAdminFiles} from './admin-files.js'
import {guardPages} from './guard-pages.js'
import {addHealthPages} from './health/health-pages.js'
import {refuseOtherMethods} from './refuse-methods.js'
import {requireSession} from './require-session.js'
import {showFailure, showNotHere} from './show-failure.js'
import {addPointsPages} from './points/points-pages.js'
import {addProviderPages} from './providers/providers-pages.js'
import {addSignInPages} from './sign-in-pages.js'
import {addSignOutPages} from './sign-out-pages.js'
import {addTokenPages} from './tokens/token-pages.js'

/** The admin page (design 9): who may look at it is asked before any page of it is made. */
export function addAdminPages(api: ApiApp, deps: AdminDeps): void {
  const app = new Hono<AdminEnv>()
  const admin: Admin = {app, deps}
  app.onError((error, context: AdminContext) => showFailure(error, context, deps))
  const onAll = ['/admin', '/admin/*']
  app.on('ALL', onAll, guardPages, refuseOtherMethods)
  addAdminFiles(app)
  addSignInPages(app, deps)
  app.on('ALL', onAll, requireSession(deps))
  app.get('/admin', (context) => context.redirect('/admin/accounts', 303))
  addPagesOf(admin)
  app.all('/admin/*', showNotHere)
  api.route('/', app)
}

/** All pages; each part of it adds its own. */
function addPagesOf(admin: Admin): void {
  addSignOutPages(admin)
  addAccountPages(admin)
  addActivityPages(admin)
  addHealthPages(admin)
  addProviderPages(admin)
  addTokenPages(admin)
  addPointsPages(admin)
}
